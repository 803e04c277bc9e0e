// The commands, one a file: each names its options and its help, parses, calls what does the work, and prints. The folder may import all
// of src but the library. Start here, with the shortest; mount.ts is the longest. replay/ has the files, pipes and reports of replay.
import { layOutMemory } from '../../kernel/memory/layout.ts';
import { defaultPopulations } from '../../kernel/memory/population.ts';
import { PAGE_SIZE } from '../../kernel/memory/frames.ts';
import { formatMachineFile } from '../../machine-file/format.ts';
import type { CliContext, HelpfulCommand } from '../command.ts';
import { describedMemory, MEMORY_OPTIONS } from '../options/machine.ts';
import { UsageError } from '../exit-status.ts';
import { type OptionTable, resolveSettings } from '../options/option.ts';

const MACHINE_TABLE = {
  ...MEMORY_OPTIONS,
  'from-host': { kind: 'flag', group: 'The machine', describe: 'this host: RAM, sysctls, interfaces, kernel' },
} as const satisfies OptionTable;

/** `vmsysctld machine`: the whole description of a machine, as `--machine` takes it. */
export function machineCommand(context: CliContext): HelpfulCommand {
  return {
    help: {
      usage: 'machine [--memory SIZE | --machine FILE | --from-host]',
      about: 'Prints the whole description of a machine, as a file that --machine takes.',
      options: MACHINE_TABLE,
      operands: { completion: { with: 'words', words: [] }, most: 0 },
      examples: [
        ['machine --memory 32G > my.machine', 'a file to start from'],
        ['machine --machine my.machine', 'check a file'],
        ['machine --from-host > web1.machine', 'this host, for use elsewhere'],
      ],
    },
    async run(given) {
      const settings = resolveSettings(MACHINE_TABLE, given);
      if (settings['from-host'].value) {
        const other = [settings.memory, settings.machine].find(({ called }) => called !== undefined)?.called;
        if (other !== undefined) throw new UsageError(`--from-host and ${other} exclude each other: give one of them`);
        const { hostMachineFile } = await import('../../daemon/host-machine.ts');
        return context.print(hostMachineFile().trimEnd());
      }
      const { description, memoryBytes, file: { profile, interfaces, modules, sysctls } } = await describedMemory(settings);
      const texts = (named: typeof sysctls): string[] => named.map(({ text }) => text);
      const { regions, processes, dimms } = layOutMemory(description);
      const populations = description.populations ?? defaultPopulations(memoryBytes / PAGE_SIZE, processes);
      context.print(formatMachineFile({ ...description, regions, processes, populations, dimms }, {
        ...(profile !== undefined && { profile }), interfaces: texts(interfaces), modules: texts(modules), sysctls: texts(sysctls),
      }).trimEnd());
    },
  };
}
