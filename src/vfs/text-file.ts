import { ERRNO } from '../abi/errno.ts';
import { LIMITS } from '../abi/limits.ts';
import type { FileHandler, FileNode, OpenFile } from './node.ts';

const encoder = new TextEncoder();
const NOTHING = new Uint8Array(0);

/**
 * The bytes of a generated text from `position`. The text is made at the first read, and again at position 0, as seq_file does. A
 * negative errno if there is no room to store it.
 */
export function readText(file: OpenFile, position: number, length: number, render: () => string): Uint8Array | number {
  if ((position === 0 || file.text === undefined) && !file.buffers.store(file, 'text', encoder.encode(render()))) return -ERRNO[LIMITS.textBytes.errno];
  return file.text?.subarray(position, position + length) ?? NOTHING;
}

/** A read-only file with a text. */
export function textFile(render: () => string): FileHandler {
  return { read: (file, position, length) => readText(file, position, length, render) };
}

/** A file of mode 0444 with a text. `size` is that of stat(2), a function if a boot can change it. */
export function shownFile(render: () => string, size: number | (() => number)): FileNode {
  const file = { kind: 'file', mode: 0o444, handler: textFile(render) } as const;
  return typeof size === 'number' ? { ...file, size } : { ...file, sizeChanges: true, get size() { return size(); } };
}
