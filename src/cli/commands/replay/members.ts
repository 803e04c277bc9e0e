import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { TruncatedError } from './packed.ts';

/** A packing whose files consist of members, each of which Node.js unpacks. */
export interface Members {
  /** Unpacks one member, without the part that {@link begin} takes, and ends with it. */
  readonly decoder: () => Transform;
  /** Takes the bytes before the packed ones. False if no member begins here. */
  readonly begin: (source: ByteSource) => Promise<boolean>;
  /** Takes the bytes after the packed ones. Returns whether they fit what was unpacked. */
  readonly end: (source: ByteSource, unpacked: { readonly crc: number; readonly length: number }) => Promise<boolean>;
}

/**
 * How many packed bytes are unpacked at a time. An error loses what was unpacked of its slice, so slices are small. The first ones are the
 * smallest, for small files.
 */
const SLICE = 1024;
const FIRST_SLICES = 128;
const FIRST = 4096;
const LONGEST_NAME = 65_536;

/** The bytes of a stream, in pieces of the wanted length. */
export class ByteSource {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();
  /** Bytes taken so far. */
  taken = 0;

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** The next bytes, without taking them: at least `least` of them, fewer at the end, and at most `most`. */
  async peek(least: number, most = least): Promise<Uint8Array> {
    while (this.#rest.length < least) {
      const next = await this.#pieces.next();
      if (next.done) break;
      this.#rest = this.#rest.length === 0 ? next.value : Buffer.concat([this.#rest, next.value]);
    }
    return this.#rest.subarray(0, most);
  }

  drop(count: number): void {
    this.#rest = this.#rest.subarray(count);
    this.taken += count;
  }

  async take(count: number): Promise<Uint8Array> {
    const bytes = await this.peek(count);
    this.drop(bytes.length);
    return bytes;
  }

  async close(): Promise<void> {
    await this.#pieces.return?.();
  }
}

/**
 * gzip. Source: RFC 1952, section 2.3. createGunzip() of Node.js is not suitable: at an error it loses what it unpacked since its last
 * piece, and it takes data after a member, such as a line that was appended to the file, as an error.
 */
export const GZIP: Members = {
  decoder: () => zlib.createInflateRaw(),
  async begin(source) {
    const [id1, id2, method, flags = 0] = await source.peek(10);
    if (id1 !== 0x1f || id2 !== 0x8b || method !== 8 || (flags & 0xe0) !== 0) return false;
    source.drop(10);
    if ((flags & 0x04) !== 0) {
      const [low = 0, high = 0] = await source.take(2);
      await source.take(low + 256 * high);
    }
    for (const isThere of [(flags & 0x08) !== 0, (flags & 0x10) !== 0]) if (isThere && !(await takeName(source))) return false;
    if ((flags & 0x02) !== 0) await source.take(2);
    return true;
  },
  async end(source, { crc, length }) {
    const trailer = await source.take(8);
    const view = new DataView(trailer.buffer, trailer.byteOffset, trailer.length);
    return trailer.length === 8 && view.getUint32(0, true) === crc && view.getUint32(4, true) === length % 2 ** 32;
  },
};

/** A text that ends with a zero byte; false if it does not end. */
async function takeName(source: ByteSource): Promise<boolean> {
  for (let n = 0; n < LONGEST_NAME; n += 1) {
    const [byte] = await source.take(1);
    if (byte === undefined) return false;
    if (byte === 0) return true;
  }
  return false;
}

/** Since Node 22.15 and 23.8. */
const createZstdDecompress = (zlib as { createZstdDecompress?: () => Transform }).createZstdDecompress;

/** zstd: a frame checks itself. Its magic number, and those of frames to skip: RFC 8878, section 3.1. */
export const ZSTD: Omit<Members, 'decoder'> & { readonly decoder: Members['decoder'] | undefined } = {
  decoder: createZstdDecompress,
  async begin(source) {
    const magic = Buffer.from(await source.peek(4));
    return magic.length === 4 && (magic.readUInt32LE() === 0xfd2fb528 || (magic.readUInt32LE() & 0xfffffff0) >>> 0 === 0x184d2a50);
  },
  end: () => Promise.resolve(true),
};

/**
 * The content of the members of a stream, piece by piece.
 * @throws TruncatedError after all that could be unpacked: at a premature end, at damage, and at data that is not a member. Zeros at the end
 * are padding.
 */
export async function* unpackedMembers(name: string, members: Members, content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = new ByteSource(content);
  let damaged = 0;
  try {
    while ((await source.peek(1)).length > 0) {
      const { taken } = source;
      if (!(await members.begin(source))) {
        if (await isPadding(source)) break;
        throw new TruncatedError(taken === 0 ? `does not begin as ${name} does: nothing could be read` : `is not ${name} any more after ${taken} bytes: read up to there`);
      }
      const unpacked = { crc: 0, length: 0 };
      for await (const piece of unpackedMember(members.decoder(), source)) {
        unpacked.crc = zlib.crc32(piece, unpacked.crc);
        unpacked.length += piece.length;
        yield piece;
      }
      if (!(await members.end(source, unpacked))) damaged += 1;
    }
    if (damaged > 0) throw new TruncatedError('is damaged (its checksum or its end is wrong): read all the same');
  } finally {
    await source.close();
  }
}

async function isPadding(source: ByteSource): Promise<boolean> {
  for (let bytes = await source.peek(1, SLICE); bytes.length > 0; bytes = await source.peek(1, SLICE)) {
    if (bytes.some((byte) => byte !== 0)) return false;
    source.drop(bytes.length);
  }
  return true;
}

/** Unpacks one member. It yields after each slice, so that an error does not lose earlier slices. */
async function* unpackedMember(decoder: Transform, source: ByteSource): AsyncGenerator<Uint8Array> {
  let pieces: Uint8Array[] = [];
  let failure: Error | undefined;
  let isOver = false;
  decoder.on('data', (piece: Uint8Array) => pieces.push(piece));
  const over = new Promise<void>((resolve) => {
    decoder.once('end', () => { isOver = true; resolve(); });
    decoder.once('error', (error) => { failure = error; resolve(); });
  });
  const packed = decoder as Transform & { readonly bytesWritten: number };
  try {
    for (let given = 0; !isOver && failure === undefined;) {
      const slice = await source.peek(1, given < FIRST ? FIRST_SLICES : SLICE);
      if (slice.length === 0) decoder.end();
      await Promise.race([over, ...(slice.length === 0 ? [] : [new Promise<void>((resolve) => { decoder.write(slice, () => { resolve(); }); })])]);
      yield* pieces;
      pieces = [];
      // If the member ends in this slice, the rest of the slice belongs to what follows.
      const consumed = packed.bytesWritten - given;
      given += slice.length;
      source.drop(Math.min(consumed, slice.length));
      if (consumed < slice.length) await over;
    }
    yield* pieces;
    if (failure) throw new TruncatedError(`ends before it should (${failure.message}): read up to there`);
  } finally {
    decoder.destroy();
  }
}
