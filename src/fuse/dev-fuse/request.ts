import { FUSE_IN_HEADER, type Field } from '../../abi/fuse-protocol.ts';
import type { Caller } from '../../abi/caller.ts';
import { copyOf, get } from './wire.ts';
import { callerOf } from './task-caller.ts';

const HEADER = FUSE_IN_HEADER.fields;
const EXTENSION_UNIT = 8;

/**
 * The request in the buffer into which requests are read. One object serves for all of them: copy what must outlive the handling of a
 * request.
 */
export class Request {
  readonly bytes: Buffer;
  readonly #view: DataView;
  /** The same bytes, not as a Buffer, whose slice() is not a copy. */
  readonly #plain: Uint8Array;
  opcode = 0;
  /** The number of the request, which the reply repeats. */
  unique = 0;
  nodeid = 0;
  /** Where the request ends. */
  end = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Reads the first `length` bytes of the buffer as a request. Returns whether its header fits. */
  take(length: number): boolean {
    const view = this.#view;
    if (length < FUSE_IN_HEADER.size) return false;
    this.opcode = get(view, 0, HEADER.opcode);
    this.unique = get(view, 0, HEADER.unique);
    this.nodeid = get(view, 0, HEADER.nodeid);
    this.end = length - get(view, 0, HEADER.total_extlen) * EXTENSION_UNIT;
    return get(view, 0, HEADER.len) === length && this.end >= FUSE_IN_HEADER.size;
  }

  /** The thread that asks; 0 if it has no number in this pid namespace. */
  get pid(): number {
    return get(this.#view, 0, HEADER.pid);
  }

  /** How many bytes follow the header. */
  get size(): number {
    return this.end - FUSE_IN_HEADER.size;
  }

  /** A field of the structure that follows the header, or of one `offset` bytes after its beginning. */
  field(field: Field, offset = 0): number {
    return get(this.#view, FUSE_IN_HEADER.size + offset, field);
  }

  /** A copy of `length` bytes from `offset` after the header on. Undefined if there are fewer. */
  data(offset: number, length: number): Uint8Array | undefined {
    const from = FUSE_IN_HEADER.size + offset;
    return from + length <= this.end ? copyOf(this.#plain, from, from + length) : undefined;
  }

  /** The NUL-terminated name `offset` bytes after the header. Undefined if there is none, or none that a directory can have. */
  name(offset: number): string | undefined {
    const from = FUSE_IN_HEADER.size + offset;
    const nul = this.bytes.indexOf(0, from);
    if (nul <= from || nul >= this.end) return undefined;
    const name = this.bytes.toString('utf8', from, nul);
    return name.includes('/') ? undefined : name;
  }

  /** The caller, as far as the request shows it: a new object, which stays valid. */
  caller(): Caller {
    const view = this.#view;
    return callerOf(get(view, 0, HEADER.pid), get(view, 0, HEADER.uid), get(view, 0, HEADER.gid));
  }
}
