import { TRANSPORT_NAMES } from '../../fuse/transport-names.ts';
import { LOG_FORMAT, VERBOSE } from './machine.ts';
import { file, nonEmpty, oneOf, type OptionTable } from './option.ts';

const group = 'The daemon';

/** Options of `vmsysctld mount` beside those of the machine. */
export const MOUNT_OPTIONS = {
  log: { ...file(), group, describe: 'the dmesg-style log', fallback: undefined, configured: 'at once' },
  'log-format': { ...LOG_FORMAT, group },
  subtree: {
    kind: 'text', value: 'PATH', group, describe: 'mount this directory of the tree alone', read: nonEmpty, fallback: undefined, configured: 'at the next start',
  },
  'allow-other': { kind: 'flag', group, describe: 'let users other than you and root in', configured: 'at the next start' },
  transport: { ...oneOf(TRANSPORT_NAMES), value: 'HOW', group, describe: 'who serves it', fallback: 'auto', configured: 'at the next start' },
  verbose: { ...VERBOSE, group },
} as const satisfies OptionTable;
