import { BLOCKS, O } from '../abi/file-calls.ts';
import { ERRNO } from '../abi/errno.ts';
import type { Vfs } from '../vfs/vfs.ts';
import { resolvePath } from './resolve-path.ts';

/** Bytes of one read(2), as cat(1) reads. */
const PIECE = 131_072;

/** Opens a file, runs `work` and closes the file: the result of `work`, or the negative errno of open(2). */
function withFile<T>(vfs: Vfs, path: string, flags: number, work: (handle: number) => T): T | number {
  const resolved = resolvePath(vfs, path);
  if (typeof resolved === 'number') return resolved;
  const handle = vfs.open(resolved, flags);
  if (handle < 0) return handle;
  try {
    return work(handle);
  } finally {
    vfs.release(handle);
  }
}

/** All of a file, or a negative errno. If a read would wait, the bytes up to there. */
export function readFile(vfs: Vfs, path: string): Uint8Array | number {
  return withFile(vfs, path, O.rdonly | O.nonblock, (handle) => {
    const pieces: Uint8Array[] = [];
    for (let position = 0; ;) {
      const piece = vfs.read(handle, position, PIECE);
      if (piece === BLOCKS || (piece === -ERRNO.EAGAIN && pieces.length > 0)) return concatenate(pieces);
      if (typeof piece === 'number') return piece;
      if (piece.length === 0) return concatenate(pieces);
      pieces.push(piece);
      position += piece.length;
    }
  });
}

/** pread(2). */
export function readPart(vfs: Vfs, path: string, position: number, length: number): Uint8Array | number {
  if (![position, length].every((number) => Number.isSafeInteger(number) && number >= 0)) return -ERRNO.EINVAL;
  return withFile(vfs, path, O.rdonly | O.nonblock, (handle) => {
    const bytes = vfs.read(handle, position, length);
    return bytes === BLOCKS ? -ERRNO.EAGAIN : bytes;
  });
}

/** One write(2): the bytes taken, or a negative errno. */
export function writeFile(vfs: Vfs, path: string, bytes: Uint8Array): number {
  return withFile(vfs, path, O.wronly | O.trunc, (handle) => vfs.write(handle, 0, bytes));
}

/** Writes as echo of a shell does: it continues after a short write. 0, or a negative errno; -EIO if a write takes nothing. */
export function writeWholly(vfs: Vfs, path: string, bytes: Uint8Array): number {
  return withFile(vfs, path, O.wronly | O.trunc, (handle) => {
    for (let position = 0; position < bytes.length;) {
      const written = vfs.write(handle, position, bytes.subarray(position));
      if (written <= 0) return written < 0 ? written : -ERRNO.EIO;
      position += written;
    }
    return 0;
  });
}

/** The names in a directory, or a negative errno. */
export function listDirectory(vfs: Vfs, path: string): readonly string[] | number {
  const resolved = resolvePath(vfs, path);
  return typeof resolved === 'number' ? resolved : vfs.readdir(resolved);
}

function concatenate(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
