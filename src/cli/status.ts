import type { Argv, CommandModule } from 'yargs';
import { ExitStatus, type Host } from './host.ts';
import { statusLines, statusObject } from './status-forms.ts';
import { whichMachine } from './which-machine.ts';

/** Exit status where the machine has panicked. */
const PANICKED = 3;

function options<T>(argv: Argv<T>) {
  return argv
    .positional('MNT', { describe: 'where the machine is mounted; may be left out where there is one only', type: 'string' })
    .option('json', { describe: 'one JSON object', type: 'boolean', default: false })
    .example('$0 status /mnt', 'whether it lives, and what was done to it')
    .example('$0 status --json /mnt | jq .memory_failures', 'for scripts; exit status 3: it has panicked');
}

/** `vmsysctld status [MNT]`: the state of a machine, whoever mounted it. */
export function statusCommand(host: Host): CommandModule<object, ReturnType<typeof options> extends Argv<infer A> ? A : never> {
  return {
    command: 'status [MNT]',
    describe: 'show a mounted machine: what it is, whether it lives, what was done to it',
    builder: (argv) => options(argv),
    async handler(args) {
      const look = await whichMachine('status', args.MNT);
      if (args.json) host.print(JSON.stringify(statusObject(look), undefined, 2));
      else for (const line of statusLines(look)) host.print(line);
      if (look.status.life.state !== 'running') throw new ExitStatus(PANICKED);
    },
  };
}
