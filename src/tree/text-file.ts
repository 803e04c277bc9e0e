import type { FileHandler, FileNode, OpenFile } from './node.ts';

const encoder = new TextEncoder();

/** The bytes of a generated text from `position`. The text is made at the first read, and again when reading starts over, as seq_file does. */
export function readText(file: OpenFile, position: number, length: number, render: () => string): Uint8Array {
  if (position === 0 || file.text === undefined) file.text = encoder.encode(render());
  return file.text.subarray(position, position + length);
}

/** A file that shows a text, and no more. */
export function textFile(render: () => string): FileHandler {
  return { read: (file, position, length) => readText(file, position, length, render) };
}

/** A file that everybody may read, and nobody write; its size is what stat(2) tells. */
export function shownFile(render: () => string, size: number): FileNode {
  return { kind: 'file', mode: 0o444, size, handler: textFile(render) };
}
