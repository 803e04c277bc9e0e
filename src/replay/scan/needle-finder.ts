import { FINGERPRINTS } from './fingerprints.ts';
import { NEEDLES } from './needles.ts';
import scanner from './scanner.wat';

interface Global {
  readonly value: number;
}

/** What scanner.wat exports. */
interface Scanner {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly find: (from: number, end: number) => number;
  readonly hash: (word: number) => number;
  readonly newlines: Global;
  readonly high: Global;
  readonly tables: Global;
  readonly roles: Global;
  readonly searched: Global;
  readonly padding: Global;
  readonly whole: Global;
  readonly begins: Global;
  readonly ends: Global;
}

/** The used part of WebAssembly's JavaScript interface, which the compiler's ES2023 library lacks. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

const PAGE = 65_536;
const NEWLINE = 10;
/** Bytes of a vector. */
const VECTOR = 16;
/** Bytes of a fingerprint that are searched first, in all groups at once. The second half of a long fingerprint is checked after that. */
const FINGERPRINT = 4;

/** Four characters of ASCII as the i32 that is loaded from their place. */
function wordOf(text: string, at = 0): number {
  return text.charCodeAt(at) | (text.charCodeAt(at + 1) << 8) | (text.charCodeAt(at + 2) << 16) | (text.charCodeAt(at + 3) << 24);
}

/** A needle, as bytes, and the place of a fingerprint in it. */
interface Holder {
  readonly bytes: Uint8Array;
  readonly at: number;
}

/** For each fingerprint, as the i32 at its beginning: the needles that contain it. */
function needlesByFingerprint(): ReadonlyMap<number, readonly Holder[]> {
  const found = new Map<number, Holder[]>(FINGERPRINTS.flat().map((text) => [wordOf(text), []]));
  const encoder = new TextEncoder();
  for (const needle of NEEDLES) {
    const bytes = encoder.encode(needle);
    for (let at = 0; at + FINGERPRINT <= needle.length; at += 1) found.get(wordOf(needle, at))?.push({ bytes, at });
  }
  return found;
}

const BY_FINGERPRINT = needlesByFingerprint();

/** Fills the tables of groups and the roles by hash. */
function prepare({ memory, tables, roles, hash, whole, begins, ends }: Scanner): void {
  const bytes = new Uint8Array(memory.buffer);
  const add = (place: number, bits: number): void => { bytes[place] = (bytes[place] ?? 0) | bits; };
  FINGERPRINTS.forEach((fingerprints, group) => {
    for (const text of fingerprints) {
      for (let n = 0; n < FINGERPRINT; n += 1) add(tables.value + n * VECTOR + (text.charCodeAt(n) & 0x0f), 1 << group);
      const isLong = text.length > FINGERPRINT;
      add(roles.value + hash(wordOf(text)), isLong ? begins.value : whole.value);
      if (isLong) add(roles.value + hash(wordOf(text.slice(FINGERPRINT))), ends.value);
    }
  });
}

let module: object | undefined;

/** A stretch of memory, and the search in it: 32 bytes at a time, all needles at once. */
export class NeedleFinder {
  /** The bytes that can be searched. Positions count from its start. */
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #scanner: Scanner;
  readonly #searched: number;
  readonly #padding: number;

  constructor(size: number) {
    module ??= new WebAssembly.Module(scanner);
    this.#scanner = new WebAssembly.Instance(module).exports as Scanner;
    const { memory, searched, padding } = this.#scanner;
    this.#searched = searched.value;
    this.#padding = padding.value;
    memory.grow(Math.ceil((this.#searched + size + this.#padding) / PAGE) - memory.buffer.byteLength / PAGE);
    this.bytes = new Uint8Array(memory.buffer, this.#searched, size + this.#padding);
    this.#view = new DataView(memory.buffer, this.#searched);
    prepare(this.#scanner);
  }

  /**
   * A place within the next needle of [from, to), or `to`. No needle lies between `from` and that place. `newlines` of the result are those
   * between `from` and that place. `high` is whether a byte beyond ASCII was seen, which may be a little further on. Some bytes
   * from `to` on are overwritten with zeros.
   */
  find(from: number, to: number): { readonly at: number; readonly newlines: number; readonly high: boolean } {
    const { find, newlines: passed, high: seen } = this.#scanner;
    this.bytes.fill(0, to, to + this.#padding);
    let newlines = 0;
    let high = false;
    for (let at = from; ; at += 1) {
      at = find(this.#searched + at, this.#searched + to) - this.#searched;
      newlines += passed.value;
      high ||= seen.value !== 0;
      if (at >= to) return { at: to, newlines, high };
      if (this.#isNeedle(at)) return { at, newlines, high };
      if (this.bytes[at] === NEWLINE) newlines += 1;
    }
  }

  /** Whether a fingerprint at a place is part of a needle. */
  #isNeedle(found: number): boolean {
    const needles = BY_FINGERPRINT.get(this.#view.getInt32(found, true)) ?? [];
    for (const { bytes, at } of needles) if (this.#isAt(found - at, bytes)) return true;
    return false;
  }

  #isAt(place: number, needle: Uint8Array): boolean {
    for (let n = 0; n < needle.length; n += 1) if (this.bytes[place + n] !== needle[n]) return false;
    return true;
  }
}
