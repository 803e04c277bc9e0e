import { ERRNO } from '../../abi/errno.ts';
import {
  FATTR, FUSE_ACCESS_IN, FUSE_ATTR, FUSE_ATTR_OUT, FUSE_BATCH_FORGET_IN, FUSE_ENTRY_OUT, FUSE_FORGET_IN, FUSE_FORGET_ONE, FUSE_GETATTR_FH,
  FUSE_GETATTR_IN, FUSE_SETATTR_IN, FUSE_STATFS_OUT,
} from '../../abi/fuse-protocol.ts';
import { S_IF } from '../../abi/file-calls.ts';
import type { Attributes } from '../filesystem.ts';
import { BLOCK_SIZE, CACHE_SECONDS, childPath, STATFS } from '../file-attributes.ts';
import type { Answer, Context, RequestRows } from './context.ts';
import type { Request } from './request.ts';
import { WAKE_NODE_ID } from './wake-node.ts';

/** Of access(2) on a directory: to search it. */
const MAY_EXEC = 1;

const WAKE_ATTRIBUTES: Attributes = { mode: S_IF.regular, size: 0, nlink: 1, ino: 2 ** 32 - 1 };

/** Writes a `fuse_attr` `at` bytes after the header. */
function putAttributes({ reply, owner, mountedAt }: Context, at: number, { mode, size, nlink, ino }: Attributes): void {
  const { fields } = FUSE_ATTR;
  reply.clear(at, FUSE_ATTR.size);
  reply.put(at, fields.ino, ino);
  reply.put(at, fields.size, size);
  reply.put(at, fields.mode, mode);
  reply.put(at, fields.nlink, nlink);
  reply.put(at, fields.uid, owner.uid);
  reply.put(at, fields.gid, owner.gid);
  reply.put(at, fields.blksize, BLOCK_SIZE);
  for (const time of [fields.atime, fields.mtime, fields.ctime]) reply.put(at, time, mountedAt);
}

/** lseek(2) with SEEK_END shows only in that Linux asks for the size. It must not remember the size then. */
function cacheSeconds({ seeking, sizeChanges }: Attributes): number {
  return seeking === 'records' || sizeChanges ? 0 : CACHE_SECONDS;
}

/** Writes a `fuse_entry_out` for the task `pid`, and counts that Linux now knows the node once more. */
export function putEntry(context: Context, at: number, path: string, attributes: Attributes, pid = 0): void {
  const { fields } = FUSE_ENTRY_OUT;
  const node = context.nodes.lookedUp(path, attributes);
  context.sizes.shown(node, pid);
  putEntryOf(context, at, node.id, attributes);
  context.reply.put(at, fields.attr_valid, cacheSeconds(attributes));
}

function putEntryOf(context: Context, at: number, id: number, attributes: Attributes): void {
  const { reply } = context;
  const { fields } = FUSE_ENTRY_OUT;
  reply.clear(at, FUSE_ENTRY_OUT.size);
  reply.put(at, fields.nodeid, id);
  reply.put(at, fields.entry_valid, attributes.goes ? 0 : CACHE_SECONDS);
  reply.put(at, fields.attr_valid, CACHE_SECONDS);
  putAttributes(context, at + FUSE_ENTRY_OUT.size - FUSE_ATTR.size, attributes);
}

/** Answers requests about nodes and their attributes. */
export function nodeOperations(context: Context): RequestRows {
  const { filesystem, nodes, reply } = context;

  const answerAttributes = (attributes: Attributes): number => {
    reply.clear(0, FUSE_ATTR_OUT.size);
    reply.put(0, FUSE_ATTR_OUT.fields.attr_valid, cacheSeconds(attributes));
    putAttributes(context, FUSE_ATTR_OUT.size - FUSE_ATTR.size, attributes);
    return FUSE_ATTR_OUT.size;
  };

  const getattr = (nodeid: number): number => {
    if (nodeid === WAKE_NODE_ID) return answerAttributes(WAKE_ATTRIBUTES);
    const node = nodes.get(nodeid);
    if (node === undefined) return -ERRNO.ESTALE;
    const attributes = filesystem.getattr(node.path);
    return typeof attributes === 'number' ? attributes : answerAttributes(attributes);
  };

  const setattr = (request: Request): Answer => {
    const node = nodes.get(request.nodeid);
    if (node === undefined) return request.nodeid === WAKE_NODE_ID ? -ERRNO.EPERM : -ERRNO.ESTALE;
    const { path } = node;
    const { fields } = FUSE_SETATTR_IN;
    const valid = request.field(fields.valid);
    // What goes by an open file was checked when it was opened.
    const caller = valid & FATTR.FH ? undefined : request.caller();
    const now = (valid & FATTR.ATIME_NOW) !== 0 && (valid & FATTR.MTIME_NOW) !== 0;
    const done = [
      () => (valid & FATTR.MODE ? filesystem.refuse('chmod', path) : 0),
      () => (valid & (FATTR.UID | FATTR.GID) ? filesystem.refuse('chown', path) : 0),
      () => (valid & FATTR.SIZE ? filesystem.truncate(path, request.field(fields.size), caller) : 0),
      () => (valid & (FATTR.ATIME | FATTR.MTIME) ? filesystem.utimens(path, now, request.caller()) : 0),
    ].map((change) => change()).find((result) => result < 0);
    if (valid & FATTR.SIZE) context.sizes.resized(node);
    else context.sizes.shown(node, request.pid);
    return done ?? getattr(request.nodeid);
  };

  return {
    LOOKUP: {
      least: 2,
      handle(request) {
        const parent = nodes.get(request.nodeid);
        const name = request.name(0);
        if (parent === undefined) return -ERRNO.ESTALE;
        if (name === undefined) return -ERRNO.EINVAL;
        if (name === context.wakeName) {
          putEntryOf(context, 0, WAKE_NODE_ID, WAKE_ATTRIBUTES);
          return FUSE_ENTRY_OUT.size;
        }
        const path = childPath(parent.path, name);
        const attributes = filesystem.getattr(path);
        if (typeof attributes === 'number') return attributes;
        const forbidden = parent.guarded ? filesystem.access(parent.path, MAY_EXEC, request.caller()) : 0;
        if (forbidden < 0) return forbidden;
        putEntry(context, 0, path, attributes, request.pid);
        return FUSE_ENTRY_OUT.size;
      },
    },
    FORGET: {
      least: FUSE_FORGET_IN.size,
      handle(request) {
        nodes.forget(request.nodeid, request.field(FUSE_FORGET_IN.fields.nlookup));
        return undefined;
      },
    },
    BATCH_FORGET: {
      least: FUSE_BATCH_FORGET_IN.size,
      handle(request) {
        const { fields } = FUSE_FORGET_ONE;
        const stated = request.field(FUSE_BATCH_FORGET_IN.fields.count);
        const count = Math.min(stated, Math.floor((request.size - FUSE_BATCH_FORGET_IN.size) / FUSE_FORGET_ONE.size));
        for (let n = 0; n < count; n += 1) {
          const at = FUSE_BATCH_FORGET_IN.size + n * FUSE_FORGET_ONE.size;
          nodes.forget(request.field(fields.nodeid, at), request.field(fields.nlookup, at));
        }
        return undefined;
      },
    },
    GETATTR: {
      least: FUSE_GETATTR_IN.size,
      handle(request) {
        const { getattr_flags: flags, fh } = FUSE_GETATTR_IN.fields;
        const { nodeid, pid, unique } = request;
        const node = nodes.get(nodeid);
        if ((request.field(flags) & FUSE_GETATTR_FH) === 0) {
          const show = (): number => {
            if (node !== undefined) context.sizes.asked(node, pid);
            return getattr(nodeid);
          };
          if (node !== undefined && context.sizes.unsettled(node, pid)) {
            const proceed = (): number | undefined => (context.sizes.unsettled(node, pid) ? undefined : context.attempt('getattr', node.path, show));
            context.waiting.work({ unique, pid }, { proceed, stop: () => -ERRNO.EINTR }, (result) => result);
            return undefined;
          }
          return show();
        } else {
          context.files.sizeAsked(request.field(fh));
          // lseek(2) uses the size that Linux remembers, so Linux must take this one.
          if (node !== undefined) context.sizes.resized(node);
        }
        return getattr(nodeid);
      },
    },
    ACCESS: {
      least: FUSE_ACCESS_IN.size,
      handle(request) {
        const node = nodes.get(request.nodeid);
        if (node === undefined) return request.nodeid === WAKE_NODE_ID ? -ERRNO.EACCES : -ERRNO.ESTALE;
        return filesystem.access(node.path, request.field(FUSE_ACCESS_IN.fields.mask), request.caller());
      },
    },
    SETATTR: { least: FUSE_SETATTR_IN.size, handle: setattr },
    READLINK: {
      least: 0,
      handle(request) {
        const node = nodes.get(request.nodeid);
        if (node === undefined) return -ERRNO.ESTALE;
        const target = filesystem.readlink(node.path);
        if (typeof target === 'number') return target;
        return reply.putText(0, target);
      },
    },
    STATFS: {
      least: 0,
      handle(request) {
        // Linux never answers it itself; see ServingThread.
        if (request.nodeid === WAKE_NODE_ID) context.onWake();
        const { fields } = FUSE_STATFS_OUT;
        reply.clear(0, FUSE_STATFS_OUT.size);
        reply.put(0, fields.bsize, STATFS.bsize);
        reply.put(0, fields.frsize, STATFS.frsize);
        reply.put(0, fields.namelen, STATFS.namemax);
        return FUSE_STATFS_OUT.size;
      },
    },
  };
}
