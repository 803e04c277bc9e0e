import type { Argv } from 'yargs';
import { shellWord } from '../daemon/mount-point.ts';
import { layOut, type MachineDescription } from '../kernel/memory/layout.ts';
import { LEAST_MEMORY, MOST_MEMORY } from '../kernel/memory/sizes.ts';
import { parseSize } from '../tree/grammar/sizes.ts';
import { UsageError } from './host.ts';
import { once } from './once.ts';
import { readMachineFile } from './read-machine-file.ts';

/** RAM of a machine of which nothing is said: bytes. */
const DEFAULT_MEMORY = 1024 ** 3;

/** Options that say what memory a machine has. */
export function memoryOptions<T>(argv: Argv<T>, group: string) {
  return argv
    .option('memory', {
      group,
      describe: 'RAM, such as 32G; 128M to 64T',
      type: 'string',
      requiresArg: true,
      defaultDescription: '1G',
      coerce: size,
    })
    .option('machine', {
      group,
      describe: 'a file that says where RAM is, what is in it, and who runs',
      type: 'string',
      requiresArg: true,
      coerce: once('machine'),
    });
}

/** What those options came to: the machine's memory, and how much of it is RAM, in bytes. @throws UsageError */
export async function describedMemory(
  { memory, machine }: { readonly memory: number | undefined; readonly machine: string | undefined },
): Promise<{ readonly description: MachineDescription; readonly memoryBytes: number }> {
  const memoryBytes = memory ?? DEFAULT_MEMORY;
  if (machine === undefined) return { description: { memoryBytes }, memoryBytes };
  const { description, saysMemory } = await readMachineFile(machine, memoryBytes);
  if (saysMemory && memory !== undefined) {
    throw new UsageError(`--memory and --machine exclude each other here: ${shellWord(machine)} says how much RAM there is, leave --memory out`);
  }
  return { description, memoryBytes: layOut(description).memoryBytes };
}

function size(given: string | readonly string[]): number {
  const text = once('memory')(given);
  const bytes = parseSize(text);
  if (bytes !== undefined && bytes >= LEAST_MEMORY && bytes <= MOST_MEMORY) return bytes;
  throw new UsageError(`--memory takes 128M to 64T, such as 32G, not '${text}'`);
}
