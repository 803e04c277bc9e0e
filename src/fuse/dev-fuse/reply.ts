import { FUSE_OUT_HEADER, type Field } from '../../abi/fuse-protocol.ts';
import { resultOverFuse } from '../filesystem.ts';
import { copyBytes, put } from './wire.ts';

const HEADER = FUSE_OUT_HEADER.fields;

/**
 * The buffer of every reply. The handler of a request writes what follows the header, and {@link finish} writes the header.
 */
export class Reply {
  readonly bytes: Buffer;
  readonly #view: DataView;
  /** How many bytes may follow the header. */
  readonly room: number;

  constructor(room: number) {
    this.bytes = Buffer.alloc(FUSE_OUT_HEADER.size + room);
    this.#view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
    this.room = room;
  }

  /** Writes zeros, for structures with unused fields. `length` is a multiple of 8, as all lengths of the protocol are. */
  clear(offset: number, length: number): void {
    const view = this.#view;
    const end = FUSE_OUT_HEADER.size + offset + length;
    for (let at = FUSE_OUT_HEADER.size + offset; at < end; at += 8) view.setFloat64(at, 0);
  }

  /** Writes a number into a field of the structure `offset` bytes after the header. */
  put(offset: number, field: Field, value: number): void {
    put(this.#view, FUSE_OUT_HEADER.size + offset, field, value);
  }

  /** Writes bytes. The caller makes sure that they fit. */
  putBytes(offset: number, bytes: Uint8Array): void {
    copyBytes(bytes, this.bytes, FUSE_OUT_HEADER.size + offset);
  }

  /** Writes a text in UTF-8: how many bytes that are. The caller makes sure that it fits. */
  putText(offset: number, text: string): number {
    return this.bytes.write(text, FUSE_OUT_HEADER.size + offset);
  }

  /**
   * Completes the reply to request `unique`: `result` is how many bytes were written, or a negative errno. Returns how many bytes of
   * {@link bytes} to send. They are valid until the next reply.
   */
  finish(unique: number, result: number): number {
    const length = FUSE_OUT_HEADER.size + Math.max(0, result);
    put(this.#view, 0, HEADER.len, length);
    put(this.#view, 0, HEADER.error, Math.min(0, resultOverFuse(result)));
    put(this.#view, 0, HEADER.unique, unique);
    return length;
  }
}

/** A message that Linux did not ask for, with `size` bytes after its header. */
export function notification(code: number, size: number): { readonly bytes: Buffer; readonly put: (field: Field, value: number) => void } {
  const bytes = Buffer.alloc(FUSE_OUT_HEADER.size + size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  put(view, 0, HEADER.len, bytes.length);
  put(view, 0, HEADER.error, code);
  return { bytes, put: (field, value) => { put(view, FUSE_OUT_HEADER.size, field, value); } };
}
