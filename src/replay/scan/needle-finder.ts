import { AT, FINGERPRINT, FINGERPRINTS, NEEDLES, prepare, wordOf } from './needles.ts';
import { assemble, LOCALS, PADDING, SCAN_CODE } from './scan-code.ts';

/** The little of WebAssembly's JavaScript interface that is used; the compiler's ES2023 library does not have it. */
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, unknown>> };
};

const PAGE = 65_536;
const NEWLINE = 10;

/** The needles that fingerprints are in, as bytes, and at which place of them; by the i32 that those begin with in memory. */
const BY_FINGERPRINT = new Map(FINGERPRINTS.flat().map((fingerprint) => {
  const begin = fingerprint.slice(0, FINGERPRINT);
  return [wordOf(begin), NEEDLES.flatMap((needle) => placesOf(begin, needle).map((at) => ({ bytes: new TextEncoder().encode(needle), at })))];
}));

function placesOf(part: string, text: string): number[] {
  return Array.from(text, (_, n) => n).filter((n) => text.startsWith(part, n));
}

let module: object | undefined;

/** A stretch of memory, and the search in it: 32 bytes at a time, all needles at once. */
export class NeedleFinder {
  /** What can be searched: positions count from its start. */
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #search: (from: number, to: number) => number;

  constructor(size: number) {
    const memory = new WebAssembly.Memory({ initial: Math.ceil((AT.searched + size + PADDING) / PAGE) });
    module ??= new WebAssembly.Module(assemble(LOCALS, SCAN_CODE));
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    this.#search = exports['find'] as (from: number, to: number) => number;
    this.bytes = new Uint8Array(memory.buffer, AT.searched, size + PADDING);
    this.#view = new DataView(memory.buffer);
    prepare(new Uint8Array(memory.buffer), FINGERPRINTS);
  }

  /**
   * Where in [from, to) a part of the next needle stands, or `to`; there is none that begins before that place, and after `from`, and does not
   * contain it. `newlines` of the answer are those between `from` and that place; `high` is whether a byte beyond ASCII was seen, which may have
   * been a little further on. The bytes from `to` on, PADDING of them, are overwritten with zeros.
   */
  find(from: number, to: number): { readonly at: number; readonly newlines: number; readonly high: boolean } {
    this.bytes.fill(0, to, to + PADDING);
    let newlines = 0;
    let high = false;
    for (let at = from; ; at += 1) {
      at = this.#search(AT.searched + at, AT.searched + to) - AT.searched;
      newlines += this.#view.getInt32(AT.newlines, true);
      high ||= this.#view.getInt32(AT.highBytes, true) !== 0;
      if (at >= to) return { at: to, newlines, high };
      if (this.#isNeedle(at)) return { at, newlines, high };
      if (this.bytes[at] === NEWLINE) newlines += 1;
    }
  }

  /** Whether what was found is more than a fingerprint. */
  #isNeedle(found: number): boolean {
    const needles = BY_FINGERPRINT.get(this.#view.getInt32(AT.searched + found, true)) ?? [];
    for (const { bytes, at } of needles) if (this.#isAt(found - at, bytes)) return true;
    return false;
  }

  #isAt(place: number, needle: Uint8Array): boolean {
    for (let n = 0; n < needle.length; n += 1) if (this.bytes[place + n] !== needle[n]) return false;
    return true;
  }
}
