import { open } from 'node:fs/promises';
import { isErrnoName } from '../abi/errno.ts';
import { whyNot } from '../abi/errno-words.ts';
import { shellWord } from '../abi/printable.ts';
import { writeSize } from '../language/values.ts';
import { UsageError } from './exit-status.ts';

/** A file that was read. */
export interface FileRead {
  readonly bytes: Uint8Array;
  /** Whether it can be read again: a pipe cannot. */
  readonly lasting: boolean;
}

/** How to read a file. */
export interface Reading {
  /** The place that names the file, for messages. Absent: a default file. */
  readonly called?: string;
  /** The longest length, in bytes; and what no longer file is, for the message. */
  readonly longest: number;
  readonly noSuch: string;
  /** Errors of open(2) that mean that there is no file to read. */
  readonly none?: readonly string[];
}

/** Reads a whole file, or a pipe, but never much more than the longest length. Undefined if there is no file. @throws UsageError */
export async function readWhole(path: string, { called, longest, noSuch, none = [] }: Reading): Promise<FileRead | undefined> {
  const where = called === undefined ? '' : `${called}: `;
  const chunks: Buffer[] = [];
  let length = 0;
  let lasting: boolean;
  try {
    const handle = await open(path);
    lasting = !(await handle.stat()).isFIFO();
    // The stream closes the file in every case.
    for await (const chunk of handle.createReadStream({ end: longest })) {
      chunks.push(chunk as Buffer);
      length += (chunk as Buffer).length;
    }
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (none.includes(code)) return undefined;
    throw new UsageError(`${where}cannot read ${shellWord(path)}: ${reason(error)}`);
  }
  if (length > longest) throw new UsageError(`${where}${shellWord(path)} is longer than ${writeSize(longest)}, which no ${noSuch} is`);
  return { bytes: Buffer.concat(chunks), lasting };
}

/** Why a system call on a file failed: `it does not exist`. For any other error, its own message in one line. */
export function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code !== undefined && isErrnoName(code) ? `it ${whyNot(code)}` : message.replaceAll('\n', ' ');
}
