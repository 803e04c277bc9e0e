import { open } from 'node:fs/promises';
import { isErrnoName } from '../abi/errno.ts';
import { whyNot } from '../abi/errno-words.ts';
import { shellWord } from '../abi/printable.ts';
import { writeSize } from '../language/values.ts';
import { UsageError } from './exit-status.ts';

/** A file that was read. */
export interface FileRead {
  readonly bytes: Uint8Array;
  /** Whether it can be read another time: a pipe cannot. */
  readonly lasting: boolean;
}

/** How a file is to be read. */
export interface Reading {
  /** What messages call the place where the file was named, if it was. */
  readonly called?: string;
  /** More is too much, bytes; and what a file so long is not. */
  readonly longest: number;
  readonly noSuch: string;
  /** Errors of open(2) that mean there is no file to be read. */
  readonly none?: readonly string[];
}

/** All of a file, also of a pipe, which has no size; of one that does not end, no more than is too much. Undefined for none. @throws UsageError */
export async function readWhole(path: string, { called, longest, noSuch, none = [] }: Reading): Promise<FileRead | undefined> {
  const where = called === undefined ? '' : `${called}: `;
  const chunks: Buffer[] = [];
  let length = 0;
  let lasting: boolean;
  try {
    const handle = await open(path);
    lasting = !(await handle.stat()).isFIFO();
    // It closes the file when it ends, however it does.
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

/** Why a call for a file failed: `it does not exist`. For what is no failed system call, its own message in one line. */
export function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code !== undefined && isErrnoName(code) ? `it ${whyNot(code)}` : message.replaceAll('\n', ' ');
}
