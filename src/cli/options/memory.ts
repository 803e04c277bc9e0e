import { shellWord } from '../../daemon/shell-word.ts';
import type { MachineDescription } from '../../kernel/memory/layout.ts';
import { LEAST_MEMORY, MOST_MEMORY } from '../../kernel/memory/sizes.ts';
import type { MachineFile } from '../../machine-file/parse.ts';
import { parseSize } from '../../language/sizes.ts';
import { takes } from '../../language/words.ts';
import { UsageError } from '../exit-status.ts';
import { readWhole } from '../read-file.ts';
import { file, type OptionTable } from './option.ts';
import type { Setting, Settings } from './settings.ts';

const group = 'The machine';

/** Options that say what memory a machine has. */
export const MEMORY_OPTIONS = {
  memory: {
    kind: 'text', value: 'SIZE', group, describe: 'RAM, 128M to 64T', read: size, fallback: 1024 ** 3, shownFallback: '1G', configured: 'at the next start',
  },
  machine: { ...file(), group, describe: 'where RAM is, what is in it, and who runs', fallback: undefined, configured: 'at the next start' },
} as const satisfies OptionTable;

/** What those options came to: the machine's memory, and how much of it is RAM, in bytes. @throws UsageError */
export async function describedMemory(
  { memory, machine }: Settings<typeof MEMORY_OPTIONS>,
): Promise<{ readonly description: MachineDescription; readonly memoryBytes: number }> {
  const { value: path, called = '' } = machine;
  if (path === undefined) return { description: { memoryBytes: memory.value }, memoryBytes: memory.value };
  const { description, saysMemory, memoryBytes } = await readMachineFile(path, called, memory.value);
  if (saysMemory && excludes(memory, called)) {
    const name = memory.called?.replace(/^.* /, '') ?? '';
    throw new UsageError(`${memory.called} and ${called} exclude each other here: ${shellWord(path)} says how much RAM there is, leave ${name} out`);
  }
  return { description, memoryBytes };
}

/** The machine that a file describes, and its RAM in bytes: `memoryBytes` where the file gives no size. @throws UsageError of one line, `FILE:LINE: …` */
async function readMachineFile(path: string, called: string, memoryBytes: number): Promise<MachineFile & { readonly memoryBytes: number }> {
  // The parser takes the model with it, so it is loaded only where there is such a file.
  const { LONGEST_MACHINE_FILE, parseMachineFile } = await import('../../machine-file/parse.ts');
  const { layOutMemory } = await import('../../kernel/memory/layout.ts');
  const read = await readWhole(path, { called, longest: LONGEST_MACHINE_FILE, noSuch: 'description of a machine' });
  const parsed = parseMachineFile(read?.bytes ?? new Uint8Array(), memoryBytes);
  if ('error' in parsed) throw new UsageError(`${shellWord(path)}:${parsed.error.line}: ${parsed.error.message}`);
  return { ...parsed, memoryBytes: layOutMemory(parsed.description).memoryBytes };
}

/** Whether memory was said in a way that a machine file must not contradict: one of the command line takes the place of what a configuration file says. */
function excludes({ called }: Setting, machine: string): boolean {
  return called !== undefined && (isOption(called) || !isOption(machine));
}

function isOption(called: string): boolean {
  return called.startsWith('--');
}

function size(text: string, called: string): number {
  const bytes = parseSize(text);
  if (bytes !== undefined && bytes >= LEAST_MEMORY && bytes <= MOST_MEMORY) return bytes;
  throw new UsageError(takes(called, '128M to 64T, such as 32G', text));
}
