import { shellWord } from '../../daemon/shell-word.ts';
import { layOut } from '../../kernel/memory/layout.ts';
import { LONGEST_MACHINE_FILE, type MachineFile, parseMachineFile } from '../../machine-file/parse.ts';
import { UsageError } from '../context.ts';
import { readWhole } from '../read-file.ts';

/**
 * The machine that a file describes, and its RAM in bytes: `memoryBytes` where the file says nothing of it. `called` is what messages call the
 * place where the file was named. @throws UsageError in one line, `FILE:LINE: …`
 */
export async function readMachineFile(path: string, called: string, memoryBytes: number): Promise<MachineFile & { readonly memoryBytes: number }> {
  const read = await readWhole(path, { called, longest: LONGEST_MACHINE_FILE, noSuch: 'description of a machine' });
  const parsed = parseMachineFile(read?.bytes ?? new Uint8Array(), memoryBytes);
  if ('error' in parsed) throw new UsageError(`${shellWord(path)}:${parsed.error.line}: ${parsed.error.message}`);
  return { ...parsed, memoryBytes: layOut(parsed.description).memoryBytes };
}
