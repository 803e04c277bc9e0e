import { createReadStream, readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { LineWindows } from '../../replay/scan/line-windows.ts';
import { MAGIC_BYTES, packingOf, unpacked } from './compression.ts';
import { type Input, STDIN } from './inputs.ts';

/** Told now and then how many bytes of the input itself, packed or not, have been read since the last time. Answers whether to go on. */
export type OnRead = (bytes: number) => boolean;

const READS_A_TURN = 16;

/** Reads an input to its end into `into`. Errors are those of system calls, and of compression.ts. */
export async function readInput(input: Input, stdin: Readable, into: LineWindows, onRead: OnRead): Promise<void> {
  if (input.name === STDIN) {
    await readStream(stdin, STDIN, into, onRead);
    return;
  }
  const file = await open(input.name, 'r');
  try {
    const first = new Uint8Array(MAGIC_BYTES);
    // What is no regular file has no beginning to go back to.
    const isFile = (await file.stat()).isFile();
    const { bytesRead } = isFile ? await file.read(first, 0, MAGIC_BYTES, 0) : { bytesRead: 0 };
    if (isFile && !packingOf(first.subarray(0, bytesRead))) await readPlain(file, into, onRead);
    else await readStream(createReadStream('', { fd: file.fd, autoClose: false, start: isFile ? 0 : undefined, highWaterMark: 1 << 18 }), input.name, into, onRead);
  } finally {
    await file.close();
  }
}

/** Straight into the memory that is searched, without a copy, and without a turn over another thread that costs more than the reading. */
async function readPlain(file: FileHandle, into: LineWindows, onRead: OnRead): Promise<void> {
  for (let read = 1; ; read += 1) {
    const space = into.space();
    const bytesRead = readSync(file.fd, space, 0, space.length, null);
    if (bytesRead === 0) return;
    into.wrote(bytesRead);
    if (!onRead(bytesRead)) return;
    // Nothing else gets a turn while this runs: not even the news that nobody reads what is written.
    if (read % READS_A_TURN === 0) await setImmediate();
  }
}

async function readStream(stream: Readable, name: string, into: LineWindows, onRead: OnRead): Promise<void> {
  const pieces = counted(stream, onRead);
  const first = await firstBytes(pieces);
  const packing = packingOf(first);
  const content = rest(first, pieces);
  for await (const piece of packing ? unpacked(packing, Readable.from(content, { objectMode: false }), name) : content) into.push(piece);
}

async function* counted(stream: Readable, onRead: OnRead): AsyncGenerator<Uint8Array> {
  for await (const piece of stream) {
    if (!onRead((piece as Uint8Array).length)) return;
    yield piece as Uint8Array;
  }
}

/** The first pieces, joined, until they are enough to tell a packing by. */
async function firstBytes(pieces: AsyncGenerator<Uint8Array>): Promise<Uint8Array> {
  let first: Uint8Array = new Uint8Array();
  while (first.length < MAGIC_BYTES) {
    const next = await pieces.next();
    if (next.done) break;
    first = first.length === 0 ? next.value : Buffer.concat([first, next.value]);
  }
  return first;
}

async function* rest(first: Uint8Array, pieces: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (first.length > 0) yield first;
  yield* pieces;
}
