import { createReadStream } from 'node:fs';
import { shellWord } from '../daemon/mount-point.ts';
import { LONGEST_MACHINE_FILE, type MachineFile, parseMachineFile } from '../tree/machine-file/parse.ts';
import { UsageError } from './host.ts';

/** Why a file cannot be read, in words. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file', EACCES: 'permission denied', EPERM: 'permission denied', EISDIR: 'it is a directory',
  ENOTDIR: 'part of its path is no directory', ELOOP: 'its links lead in a circle', ENAMETOOLONG: 'its name is too long',
};

/** The machine that a file describes; `memoryBytes` is its RAM where the file says nothing of it. @throws UsageError in one line, `FILE:LINE: …` */
export async function readMachineFile(path: string, memoryBytes: number): Promise<MachineFile> {
  const parsed = parseMachineFile(await readWhole(path), memoryBytes);
  if ('error' in parsed) throw new UsageError(`${shellWord(path)}:${parsed.error.line}: ${parsed.error.message}`);
  return parsed;
}

/** All of a file, also of a pipe, which has no size; of one that does not end, no more than is too much. */
async function readWhole(path: string): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of createReadStream(path, { end: LONGEST_MACHINE_FILE })) {
      chunks.push(chunk as Buffer);
      length += (chunk as Buffer).length;
    }
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new UsageError(`--machine: cannot read ${shellWord(path)}: ${REASONS[code] ?? message.replaceAll('\n', ' ')}`);
  }
  if (length > LONGEST_MACHINE_FILE) throw new UsageError(`--machine: ${shellWord(path)} is longer than 1M, which no description of a machine is`);
  return Buffer.concat(chunks);
}
