import { layOutMemory } from '../../kernel/memory/layout.ts';
import { defaultPopulations } from '../../kernel/memory/population.ts';
import { PAGE_SIZE } from '../../kernel/memory/sizes.ts';
import { formatMachineFile } from '../../machine-file/format.ts';
import type { HelpfulCommand } from '../command.ts';
import type { CliContext } from '../context.ts';
import { describedMemory, MEMORY_OPTIONS } from '../options/memory.ts';
import { declare } from '../options/declare.ts';
import { resolveSettings } from '../options/settings.ts';

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
