import { printableJson } from '../../abi/printable.ts';
import type { HelpfulCommand } from '../command.ts';
import type { CliContext } from '../context.ts';
import { ExitStatus } from '../exit-status.ts';
import { declare } from '../options/declare.ts';
import type { OptionTable } from '../options/option.ts';
import { valuesOf } from '../options/settings.ts';
import { statusLines, statusObject } from './status-forms.ts';
import { whichMachine } from './which-machine.ts';

/** Exit status where the machine has panicked. */
const PANICKED = 3;

const STATUS_TABLE = {
  json: { kind: 'flag', describe: 'one JSON object' },
} as const satisfies OptionTable;

/** `vmsysctld status [MNT]`: the state of a machine, whoever mounted it. */
export function statusCommand(context: CliContext): HelpfulCommand {
  return {
    command: 'status [MNT]',
    builder: (argv) => declare(argv, STATUS_TABLE),
    help: {
      usage: 'status [options] [MNT]',
      about: 'Shows the machine that is mounted on MNT: what it is, whether it lives, and what\nwas done to it. MNT may be left out where there is one only. Exits with 0 where\nit lives, 3 where it has panicked.',
      options: STATUS_TABLE,
      operands: { completion: { with: 'directories', words: [] }, most: 1 },
      examples: [
        ['status /mnt', 'for people'],
        ['status --json /mnt | jq .memory_failures', 'for scripts'],
      ],
    },
    async handler(given) {
      const { json } = valuesOf(STATUS_TABLE, given);
      const observed = await whichMachine('status', given['MNT'] as string | undefined);
      if (json) context.print(printableJson(JSON.stringify(statusObject(observed), undefined, 2)));
      else for (const line of statusLines(observed)) context.print(line);
      if (observed.status.state !== 'running') throw new ExitStatus(PANICKED);
    },
  };
}
