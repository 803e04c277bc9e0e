import { CONFIG_OPTIONS } from '../config/config.ts';
import type { HelpfulCommand } from '../help/help.ts';
import type { Host } from '../context.ts';
import { MACHINE_OPTIONS } from '../options/machine.ts';
import { MOUNT_OPTIONS } from '../options/mount.ts';
import { declare } from '../options/declare.ts';
import type { OptionTable } from '../options/option.ts';

const HINTS = { hints: { kind: 'flag', hidden: true, describe: 'say what to try' } } as const satisfies OptionTable;

export const MOUNT_TABLE = { ...MACHINE_OPTIONS, ...MOUNT_OPTIONS, ...CONFIG_OPTIONS, ...HINTS } as const satisfies OptionTable;

/** `vmsysctld mount MNT`: the daemon, in the foreground, until a signal or somebody's umount ends it. */
export function mountCommand(host: Host): HelpfulCommand {
  return {
    command: 'mount <MNT>',
    builder: (argv) => declare(argv.positional('MNT', { type: 'string' }), MOUNT_TABLE),
    help: {
      usage: 'mount MNT [options]',
      about: 'Mounts an emulated machine on MNT, an empty directory, and serves it in the\nforeground. SIGTERM unmounts it; SIGHUP opens the log anew and reads --config.',
      options: MOUNT_TABLE,
      operands: { completion: { with: 'directories', words: [] }, most: 1 },
      needs: 'a directory to mount on',
      examples: [
        ['mount /mnt --profile 7.3 --memory 32G', 'as merged, a large machine'],
        ['mount /mnt --sysctl vm.panic_on_oom=1', 'set from boot on'],
      ],
    },
    async handler({ MNT, ...given }) {
      const { runMount } = await import('./run-mount.ts');
      await runMount(host, String(MNT), given);
    },
  };
}
