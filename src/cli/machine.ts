import type { Argv, CommandModule } from 'yargs';
import { layOut } from '../kernel/memory/layout.ts';
import { defaultPopulations } from '../kernel/memory/population.ts';
import { PAGE_SIZE } from '../kernel/memory/sizes.ts';
import { formatMachineFile } from '../tree/machine-file/format.ts';
import type { Host } from './host.ts';
import { describedMemory, memoryOptions } from './memory-options.ts';

function options<T>(argv: Argv<T>) {
  return memoryOptions(argv, 'The machine:')
    .example('$0 machine --memory 32G > my.machine', 'something to begin with')
    .example('$0 machine --machine my.machine', 'whether it is right, and what it comes to');
}

/** `vmsysctld machine`: the whole description of a machine, as `--machine` takes it. */
export function machineCommand(host: Host): CommandModule<object, ReturnType<typeof options> extends Argv<infer A> ? A : never> {
  return {
    command: 'machine',
    describe: 'print a machine as a file that --machine takes, or check one',
    builder: (argv) => options(argv),
    async handler(args) {
      const { description, memoryBytes } = await describedMemory(args);
      const { regions, processes } = layOut(description);
      const populations = description.populations ?? defaultPopulations(memoryBytes / PAGE_SIZE, processes);
      host.print(formatMachineFile({ ...description, regions, processes, populations }).trimEnd());
    },
  };
}
