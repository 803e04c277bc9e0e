import { closeSync, createReadStream, open, openSync, readSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import type { LineWindows } from '../../../replay/scan/line-windows.ts';
import { type Input, STDIN } from './inputs.ts';
import { MAGIC_BYTES, type PackingName, packingOf } from './packed.ts';

/**
 * Called from time to time with how many bytes of the input, packed or not, were read since the last call. Returns whether to go on; a promise if
 * that has to wait.
 */
export type OnRead = (bytes: number) => boolean | Promise<boolean>;

/** Standard input: its descriptor, if blocking reads are allowed, and its rest as a stream. */
export interface StandardInput {
  readonly stdin: () => Readable;
  readonly stdinDescriptor: number | undefined;
}

interface Source {
  readonly name: string;
  readonly descriptor: number | undefined;
  /** The part that was not read from the descriptor. */
  readonly rest: () => Readable;
}

const READS_A_TURN = 16;
/** A source that sends fewer bytes at a time is slow, so other work fits between. */
const SMALL_READ = 4096;

/** Reads an input to its end into `into`. Errors are those of system calls, and of packed.ts. */
export async function readInput(input: Input, { stdin, stdinDescriptor }: StandardInput, into: LineWindows, onRead: OnRead): Promise<void> {
  if (input.name === STDIN) {
    await readSource({ name: STDIN, descriptor: stdinDescriptor, rest: stdin }, into, onRead);
    return;
  }
  // Another thread would take longer to open a file than this one to read a small log. A pipe is opened when it has a writer, so that may last.
  const descriptor = input.size === undefined ? await promisify(open)(input.name, 'r') : openSync(input.name, 'r');
  let stream: Readable | undefined;
  /** The stream closes the descriptor, once its last read has ended. */
  const rest = (): Readable => {
    stream = createReadStream('', { fd: descriptor, highWaterMark: 1 << 18 });
    // The reader of the stream gets its errors as well. One may come when it has ended.
    return stream.on('error', () => undefined);
  };
  try {
    await readSource({ name: input.name, descriptor, rest }, into, onRead);
  } finally {
    if (stream) stream.destroy();
    else closeSync(descriptor);
  }
}

/**
 * Reads directly into the memory that is searched, without a copy, and without another thread, which would cost more than the reading.
 * Packed data, and inputs that must not block, are read as a stream.
 */
async function readSource(source: Source, into: LineWindows, onRead: OnRead): Promise<void> {
  const space = into.space();
  let count = 0;
  for (let read: number | undefined = 1; read !== 0 && count < MAGIC_BYTES; count += read) {
    read = readNow(source, space.subarray(count));
    if (read === undefined) break;
  }
  const first = space.slice(0, MAGIC_BYTES);
  if (count < MAGIC_BYTES || packingOf(first)) {
    await readStream(space.slice(0, count), source, into, onRead);
    return;
  }
  const next = (bytes: Uint8Array, at: number, most: number): number | undefined => readNow(source, bytes, at, most);
  into.wrote(count);
  // Without a promise for each read, and without a new array: they would be hundreds of megabytes of garbage for a large log.
  for (let read: number | undefined = count, n = 1; read !== 0; n += 1) {
    if (read === undefined) {
      for await (const piece of counted(source.rest(), onRead)) into.push(piece);
      return;
    }
    const goOn = onRead(read);
    if (!(typeof goOn === 'boolean' ? goOn : await goOn)) return;
    // Nothing else runs meanwhile, so this process does not even notice that its output has no reader.
    if (n % READS_A_TURN === 0 || read < SMALL_READ) await new Promise((resolve) => { setImmediate(resolve); });
    read = into.fillFrom(next);
  }
}

/** How many bytes were read; 0 at the end. Undefined if there is no data now and the read must not block. */
function readNow({ descriptor }: Source, into: Uint8Array, at = 0, most = into.length): number | undefined {
  if (descriptor === undefined) return undefined;
  try {
    return readSync(descriptor, into, at, most, null);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
    throw error;
  }
}

async function readStream(begin: Uint8Array, { name, rest }: Source, into: LineWindows, onRead: OnRead): Promise<void> {
  const pieces = counted(after(begin, rest()), onRead);
  const first = await firstBytes(pieces);
  const packing = packingOf(first);
  const content = after(first, pieces);
  for await (const piece of packing ? unpacked(packing, content, name) : content) into.push(piece);
}

/** Loaded lazily: to load what unpacks takes longer than to read a small log. */
async function* unpacked(packing: PackingName, content: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Uint8Array> {
  const compression = await import('./compression.ts');
  yield* compression.unpacked(packing, content, path);
}

async function* counted(pieces: AsyncIterable<unknown>, onRead: OnRead): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    if (!(await onRead((piece as Uint8Array).length))) return;
    yield piece as Uint8Array;
  }
}

/** The first pieces, joined, until they are enough to recognize a packing. */
async function firstBytes(pieces: AsyncGenerator<Uint8Array>): Promise<Uint8Array> {
  let first: Uint8Array = new Uint8Array();
  while (first.length < MAGIC_BYTES) {
    const next = await pieces.next();
    if (next.done) break;
    first = first.length === 0 ? next.value : Buffer.concat([first, next.value]);
  }
  return first;
}

async function* after<T>(begin: Uint8Array, pieces: AsyncIterable<T>): AsyncGenerator<T | Uint8Array> {
  if (begin.length > 0) yield begin;
  yield* pieces;
}
