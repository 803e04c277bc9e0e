import { ERRNO } from '../../abi/errno.ts';
import { FUSE_DIRENT, FUSE_ENTRY_OUT, FUSE_OPEN_IN, FUSE_OPEN_OUT, FUSE_READ_IN, FUSE_RELEASE_IN } from '../../abi/fuse-protocol.ts';
import { childPath } from '../file-attributes.ts';
import { keepsOwnSize } from './client-sizes.ts';
import type { Answer, Context, RequestRows } from './context.ts';
import { putEntry } from './node-operations.ts';
import type { Request } from './request.ts';

/** Every directory lists itself and its parent first. */
const DOTS = ['.', '..'] as const;
/** The inode number for a name whose node is unknown; 0 would hide the name. The same as in libfuse. */
const UNKNOWN_INODE = 0xffffffff;
/** `S_DT()` of include/linux/fs_types.h: the type of a file for readdir(3), from its mode. */
const DT_SHIFT = 12;

/** Of access(2): to read. */
const MAY_READ = 4;

interface OpenDirectory {
  readonly path: string;
  /** The names when the reading began, so that its pieces fit together. */
  names: readonly string[] | undefined;
}

function aligned(length: number): number {
  return (length + 7) & ~7;
}

/** Answers requests about open directories. */
export function directoryOperations(context: Context): RequestRows {
  const { filesystem, nodes, reply } = context;
  const directories = new Map<number, OpenDirectory>();
  let lastHandle = 0;

  const opendir = (request: Request): Answer => {
    const node = nodes.get(request.nodeid);
    if (node === undefined) return -ERRNO.ESTALE;
    const forbidden = filesystem.access(node.path, MAY_READ, request.caller());
    if (forbidden < 0) return forbidden;
    lastHandle += 1;
    directories.set(lastHandle, { path: node.path, names: undefined });
    reply.clear(0, FUSE_OPEN_OUT.size);
    reply.put(0, FUSE_OPEN_OUT.fields.fh, lastHandle);
    return FUSE_OPEN_OUT.size;
  };

  /** Writes a name `at` bytes after the header, if it fits before `end`. Returns where the next name begins, or undefined. */
  const putName = (at: number, end: number, directory: string, name: string, next: number, plus: boolean, listed: boolean): number | undefined => {
    const length = Buffer.byteLength(name);
    const dirent = plus ? at + FUSE_ENTRY_OUT.size : at;
    const after = aligned(dirent + FUSE_DIRENT.size + length);
    if (after > end) return undefined;
    const dots = next <= DOTS.length;
    const path = childPath(directory, name);
    const attributes = filesystem.getattr(path, listed);
    const found = typeof attributes !== 'number';
    reply.clear(at, after - at);
    const known = nodes.at(path);
    if (plus && !dots && found && !(known !== undefined && keepsOwnSize(known.size))) putEntry(context, at, path, attributes);
    const { fields } = FUSE_DIRENT;
    reply.put(dirent, fields.ino, found ? attributes.ino : UNKNOWN_INODE);
    reply.put(dirent, fields.off, next);
    reply.put(dirent, fields.namelen, length);
    reply.put(dirent, fields.type, found ? attributes.mode >>> DT_SHIFT : 0);
    reply.putText(dirent + FUSE_DIRENT.size, name);
    return after;
  };

  const readdir = (plus: boolean) => (request: Request): Answer => {
    const { fields } = FUSE_READ_IN;
    const directory = directories.get(request.field(fields.fh));
    if (directory === undefined) return -ERRNO.EBADF;
    const offset = request.field(fields.offset);
    if (offset === 0 || directory.names === undefined) {
      const names = filesystem.readdir(directory.path);
      if (typeof names === 'number') return names;
      directory.names = names;
    }
    const end = Math.min(request.field(fields.size), reply.room);
    let at = 0;
    for (let index = offset; index < DOTS.length + directory.names.length; index += 1) {
      const name = DOTS[index] ?? directory.names[index - DOTS.length] ?? '';
      const after = putName(at, end, directory.path, name, index + 1, plus, index > offset);
      if (after === undefined) break;
      at = after;
    }
    return at;
  };

  const releasedir = (request: Request): Answer => {
    return directories.delete(request.field(FUSE_RELEASE_IN.fields.fh)) ? 0 : -ERRNO.EBADF;
  };

  return {
    OPENDIR: { least: FUSE_OPEN_IN.size, handle: opendir },
    READDIR: { least: FUSE_READ_IN.size, handle: readdir(false) },
    READDIRPLUS: { least: FUSE_READ_IN.size, handle: readdir(true) },
    RELEASEDIR: { least: FUSE_RELEASE_IN.size, handle: releasedir },
  };
}
