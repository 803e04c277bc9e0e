// The commands, one a file: each names its options and its help, parses, calls what does the work, and prints. The folder may import all
// of src but the library. Start here, with the shortest; mount.ts is the longest. replay/ has the files, pipes and reports of replay.
import { layOutMemory } from '../../kernel/memory/layout.ts';
import { defaultPopulations } from '../../kernel/memory/population.ts';
import { PAGE_SIZE } from '../../kernel/memory/frames.ts';
import { formatMachineFile } from '../../machine-file/format.ts';
import type { CliContext, HelpfulCommand } from '../command.ts';
import { describedMemory, MEMORY_OPTIONS } from '../options/machine.ts';
import { declare, resolveSettings } from '../options/option.ts';

/** `vmsysctld machine`: the whole description of a machine, as `--machine` takes it. */
export function machineCommand(context: CliContext): HelpfulCommand {
  return {
    command: 'machine',
    builder: (argv) => declare(argv, MEMORY_OPTIONS),
    help: {
      usage: 'machine [--memory SIZE | --machine FILE]',
      about: 'Prints the whole description of a machine, as a file that --machine takes.',
      options: MEMORY_OPTIONS,
      operands: { completion: { with: 'words', words: [] }, most: 0 },
      examples: [
        ['machine --memory 32G > my.machine', 'something to begin with'],
        ['machine --machine my.machine', 'whether it is right'],
      ],
    },
    async handler(given) {
      const { description, memoryBytes } = await describedMemory(resolveSettings(MEMORY_OPTIONS, given));
      const { regions, processes, dimms } = layOutMemory(description);
      const populations = description.populations ?? defaultPopulations(memoryBytes / PAGE_SIZE, processes);
      context.print(formatMachineFile({ ...description, regions, processes, populations, dimms }).trimEnd());
    },
  };
}
