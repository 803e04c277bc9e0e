import { NEEDLES } from './needles.ts';
import { HIGH_BYTES_AT, LOCALS, NEWLINES_AT, PADDING, scanCode } from './scan-code.ts';
import { assemble } from './wasm-assembler.ts';

/** The little of WebAssembly's JavaScript interface that is used; the compiler's ES2023 library does not have it. */
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, unknown>> };
};

const PAGE = 65_536;
/** The first bytes of the memory hold what the code counts. */
const START = 64;

/** The bytes of each needle, by the first byte of what is looked for. */
const BY_FIRST_BYTE: (readonly { readonly bytes: Uint8Array; readonly at: number }[] | undefined)[] = [];
for (const { text, at } of NEEDLES.flat()) {
  const first = text.charCodeAt(at);
  BY_FIRST_BYTE[first] = [...(BY_FIRST_BYTE[first] ?? []), { bytes: new TextEncoder().encode(text), at }];
}

let module: object | undefined;

/** A stretch of memory, and the search in it. Searching goes at the speed of reading: 16 bytes at a time, all needles at once. */
export class NeedleFinder {
  /** What can be searched: positions count from its start. */
  readonly bytes: Uint8Array;
  private readonly counts: Int32Array;
  private readonly search: (from: number, to: number) => number;

  constructor(size: number) {
    const memory = new WebAssembly.Memory({ initial: Math.ceil((START + size + PADDING) / PAGE) });
    module ??= new WebAssembly.Module(assemble(LOCALS, scanCode(NEEDLES)));
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    this.search = exports['find'] as (from: number, to: number) => number;
    this.bytes = new Uint8Array(memory.buffer, START, size + PADDING);
    this.counts = new Int32Array(memory.buffer, 0, START / 4);
  }

  /**
   * Where in [from, to) the next needle stands, or `to`. `newlines` of the answer are those between `from` and that place; `high` is whether
   * a byte beyond ASCII was seen, which may have been a little further on. The bytes from `to` on, PADDING of them, are overwritten with zeros.
   */
  find(from: number, to: number): { readonly at: number; readonly newlines: number; readonly high: boolean } {
    this.bytes.fill(0, to, to + PADDING);
    let newlines = 0;
    let high = false;
    let at = from;
    for (; ;) {
      const found = this.search(START + at, START + to) - START;
      newlines += this.counts[NEWLINES_AT / 4] ?? 0;
      high ||= this.counts[HIGH_BYTES_AT / 4] !== 0;
      if (found >= to) return { at: to, newlines, high };
      if (this.isNeedle(found)) return { at: found, newlines, high };
      if (this.bytes[found] === NEWLINE) newlines += 1;
      at = found + 1;
    }
  }

  /** Whether what was found is more than a fingerprint. */
  private isNeedle(found: number): boolean {
    for (const { bytes, at } of BY_FIRST_BYTE[this.bytes[found] ?? 0] ?? []) {
      let n = 0;
      while (n < bytes.length && this.bytes[found - at + n] === bytes[n]) n += 1;
      if (n === bytes.length) return true;
    }
    return false;
  }
}

const NEWLINE = 10;
