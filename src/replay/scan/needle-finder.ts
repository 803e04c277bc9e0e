import { AT, FINGERPRINT, FINGERPRINTS, NEEDLES, prepare, wordOf } from './needles.ts';
import { assemble, LOCALS, PADDING, SCAN_CODE } from './scan-code.ts';

/** The used part of WebAssembly's JavaScript interface, which the compiler's ES2023 library lacks. */
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, unknown>> };
};

const PAGE = 65_536;
const NEWLINE = 10;

/** For each fingerprint, as the i32 at its beginning in memory: the needles that contain it, as bytes, and where. */
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
  /** The bytes that can be searched. Positions count from its start. */
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
   * A place within the next needle of [from, to), or `to`. No needle lies between `from` and that place. `newlines` of the result are those
   * between `from` and that place. `high` is whether a byte beyond ASCII was seen, which may be a little further on. PADDING bytes from
   * `to` on are overwritten with zeros.
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

  /** Whether a fingerprint at a place is part of a needle. */
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
