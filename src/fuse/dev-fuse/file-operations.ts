import { ERRNO } from '../../abi/errno.ts';
import {
  FOPEN, FUSE_COPY_FILE_RANGE_IN, FUSE_FSYNC_IN, FUSE_LSEEK_IN, FUSE_LSEEK_OUT, FUSE_OPEN_IN, FUSE_OPEN_OUT, FUSE_POLL_IN, FUSE_POLL_OUT,
  FUSE_POLL_SCHEDULE_NOTIFY, FUSE_READ_IN, FUSE_READ_LOCKOWNER, FUSE_RELEASE_IN, FUSE_WRITE_IN, FUSE_WRITE_OUT,
} from '../../abi/fuse-protocol.ts';
import { BLOCKS, type DelayedOperation, type LongWork, openFile } from '../filesystem.ts';
import type { Caller } from '../../abi/caller.ts';
import type { Answer, Context, RequestRows } from './context.ts';
import type { FileHandle } from './open-files.ts';
import type { Request } from './request.ts';
import type { WaitingRequest } from './waiting.ts';

const PAGE_SIZE = 4096;

/** Answers requests about open files. */
export function fileOperations(context: Context): RequestRows {
  const { filesystem, nodes, reply, files, sizes, waiting } = context;

  /** Replies to a read or a write: at once, or later if `delay` of the control file asks for it. */
  const replyDelayed = (operation: DelayedOperation, path: string, request: WaitingRequest, result: number): Answer => {
    const milliseconds = filesystem.holdBack(operation, path);
    if (milliseconds <= 0) return result;
    waiting.hold(request, milliseconds, reply.bytes, reply.finish(request.unique, result));
    return undefined;
  };

  const open = (request: Request): Answer => {
    const node = nodes.get(request.nodeid);
    if (node === undefined) return -ERRNO.ESTALE;
    const { path, seeking } = node;
    const flags = request.field(FUSE_OPEN_IN.fields.flags);
    let result = openFile(filesystem, path, flags, request.caller());
    if (result >= 0) {
      files.add(result, path, seeking, flags);
      sizes.opened(node, result, flags, request.pid);
      reply.clear(0, FUSE_OPEN_OUT.size);
      reply.put(0, FUSE_OPEN_OUT.fields.fh, result);
      // Each read(2) and write(2) arrives with its own position and length, and files of size 0 have contents.
      reply.put(0, FUSE_OPEN_OUT.fields.open_flags, FOPEN.DIRECT_IO | (seeking === 'none' ? FOPEN.NONSEEKABLE : 0));
      result = FUSE_OPEN_OUT.size;
    }
    return result;
  };

  const putRead = (data: Uint8Array, length: number): void => {
    if (data.byteLength > length) throw new RangeError(`${data.byteLength} bytes were read, and only ${length} were asked for`);
    reply.putBytes(0, data);
  };

  /** Tries a read at `position`: how many bytes were written into the reply, or a negative errno. */
  const tryRead = (file: FileHandle, position: number, length: number, caller: Caller, flags: number): number | typeof BLOCKS => {
    const data = filesystem.read(file.handle, files.ofRead(file, position), length, caller, flags);
    if (typeof data !== 'object') return data;
    putRead(data, length);
    files.read(file, position, data.byteLength);
    return data.byteLength;
  };

  /**
   * Answers for the page cache of a stream, from which splice(2) takes each page once. A read ahead would take more than that: Linux asks for the
   * first page again. A splice(2) never waits: the cache would not hear a signal.
   */
  const readStream = (request: Request, file: FileHandle, length: number, ahead: boolean): Answer => {
    if (ahead) return -ERRNO.EINTR;
    const data = filesystem.read(file.handle, request.field(FUSE_READ_IN.fields.offset), length, request.caller(), request.field(FUSE_READ_IN.fields.flags));
    if (typeof data !== 'object') return data === BLOCKS ? -ERRNO.EAGAIN : data;
    putRead(data, length);
    return data.byteLength;
  };

  /** Answers a read of the page cache, which reads whole pages and does not depend on the position of the descriptor. */
  const readPages = (request: Request, file: FileHandle): Answer => {
    const { fields } = FUSE_READ_IN;
    const node = nodes.get(request.nodeid);
    if (node?.splices !== true) return -ERRNO.EINVAL;
    const length = Math.min(request.field(fields.size), reply.room);
    const ahead = length > PAGE_SIZE;
    if (node.stream) return readStream(request, file, length, ahead);
    // Linux asks for the first page again.
    if (sizes.mustRetry(node, file.handle, ahead)) return -ERRNO.EINTR;
    const failed = file.failedAhead;
    file.failedAhead = undefined;
    const data = failed ?? filesystem.read(file.handle, request.field(fields.offset), length, request.caller(), request.field(fields.flags));
    if (typeof data !== 'object') {
      const errno = data === BLOCKS ? -ERRNO.EINVAL : data;
      if (ahead) file.failedAhead = errno;
      return replyDelayed('read', file.path, request, errno);
    }
    putRead(data, length);
    sizes.read(node, file.handle, data.byteLength < length);
    return replyDelayed('read', file.path, request, data.byteLength);
  };

  const read = (request: Request): Answer => {
    const { fields } = FUSE_READ_IN;
    const file = files.get(request.field(fields.fh));
    if (file === undefined) return -ERRNO.EBADF;
    if ((request.field(fields.read_flags) & FUSE_READ_LOCKOWNER) === 0) return readPages(request, file);
    const position = request.field(fields.offset);
    const length = Math.min(request.field(fields.size), reply.room);
    const flags = request.field(fields.flags);
    const caller = request.caller();
    const result = tryRead(file, position, length, caller, flags);
    if (result !== BLOCKS) return replyDelayed('read', file.path, request, result);
    waiting.block(request, () => context.attempt('read', file.path, () => tryRead(file, position, length, caller, flags)));
    return undefined;
  };

  /** Replies to a write that arrived for `position`, with its result. */
  const written = (request: WaitingRequest, nodeid: number, file: FileHandle, position: number, result: number): Answer => {
    files.written(file, position, result);
    const node = nodes.get(nodeid);
    if (node !== undefined) sizes.written(node, file.handle, position, result);
    if (result >= 0) {
      reply.clear(0, FUSE_WRITE_OUT.size);
      reply.put(0, FUSE_WRITE_OUT.fields.size, result);
    }
    return replyDelayed('write', file.path, request, result >= 0 ? FUSE_WRITE_OUT.size : result);
  };

  const write = (request: Request): Answer => {
    const { fields } = FUSE_WRITE_IN;
    const file = files.get(request.field(fields.fh));
    if (file === undefined) return -ERRNO.EBADF;
    const data = request.data(FUSE_WRITE_IN.size, request.field(fields.size));
    if (data === undefined) return -ERRNO.EINVAL;
    const position = request.field(fields.offset);
    const begun = filesystem.write(file.handle, files.ofWrite(file, position), data, request.caller());
    if (typeof begun === 'number') return written(request, request.nodeid, file, position, begun);
    // A copy: the next request uses the same object.
    const { unique, pid, nodeid } = request;
    waiting.work({ unique, pid }, attempted('write', file.path, begun), (result) => written({ unique, pid }, nodeid, file, position, result));
    return undefined;
  };

  /** An operation in slices whose errors are handled as those of request handlers are. */
  const attempted = (operation: string, path: string, work: LongWork): LongWork => ({
    proceed: () => context.attempt(operation, path, () => work.proceed()),
    stop: () => context.attempt(operation, path, () => work.stop()),
  });

  const release = (request: Request): Answer => {
    const handle = request.field(FUSE_RELEASE_IN.fields.fh);
    const file = files.get(handle);
    if (file === undefined) return -ERRNO.EBADF;
    files.remove(handle);
    const node = nodes.get(request.nodeid);
    if (node !== undefined) sizes.released(node, handle);
    waiting.released(handle);
    const left = filesystem.release(handle);
    if (left === undefined) return 0;
    waiting.work(request, attempted('release', file.path, left), () => 0);
    return undefined;
  };

  const poll = (request: Request): Answer => {
    const { fields } = FUSE_POLL_IN;
    const file = files.get(request.field(fields.fh));
    if (file === undefined) return -ERRNO.EBADF;
    const wanted = request.field(fields.events);
    const events = filesystem.poll(file.handle);
    if ((request.field(fields.flags) & FUSE_POLL_SCHEDULE_NOTIFY) !== 0 && (events & wanted) === 0) {
      waiting.poll(file.handle, request.field(fields.kh), () => (context.attempt('poll', file.path, () => filesystem.poll(file.handle)) & wanted) !== 0);
    }
    reply.clear(0, FUSE_POLL_OUT.size);
    reply.put(0, FUSE_POLL_OUT.fields.revents, events);
    return FUSE_POLL_OUT.size;
  };

  const lseek = (request: Request): Answer => {
    const { fields } = FUSE_LSEEK_IN;
    const file = files.get(request.field(fields.fh));
    if (file === undefined) return -ERRNO.EBADF;
    const result = files.lseek(file, request.field(fields.offset), request.field(fields.whence));
    if (result < 0) return result;
    reply.put(0, FUSE_LSEEK_OUT.fields.offset, result);
    return FUSE_LSEEK_OUT.size;
  };

  /** Copies nothing after the size that stat(2) shows, as Linux does. What lies before it Linux copies itself. */
  const copyFileRange = (request: Request): Answer => {
    const { fields } = FUSE_COPY_FILE_RANGE_IN;
    const file = files.get(request.field(fields.fh_in));
    if (file === undefined) return -ERRNO.EBADF;
    const attributes = filesystem.getattr(file.path);
    if (typeof attributes === 'number') return attributes;
    if (request.field(fields.off_in) < attributes.size) return -ERRNO.EOPNOTSUPP;
    reply.clear(0, FUSE_WRITE_OUT.size);
    return FUSE_WRITE_OUT.size;
  };

  const fsync = (request: Request): Answer => {
    const node = nodes.get(request.nodeid);
    return node === undefined ? -ERRNO.ESTALE : filesystem.fsync(node.path);
  };

  return {
    OPEN: { least: FUSE_OPEN_IN.size, handle: open },
    READ: { least: FUSE_READ_IN.size, handle: read },
    WRITE: { least: FUSE_WRITE_IN.size, handle: write },
    RELEASE: { least: FUSE_RELEASE_IN.size, handle: release },
    POLL: { least: FUSE_POLL_IN.size, handle: poll },
    COPY_FILE_RANGE: { least: FUSE_COPY_FILE_RANGE_IN.size, handle: copyFileRange },
    COPY_FILE_RANGE_64: { least: FUSE_COPY_FILE_RANGE_IN.size, handle: copyFileRange },
    LSEEK: { least: FUSE_LSEEK_IN.size, handle: lseek },
    FSYNC: { least: FUSE_FSYNC_IN.size, handle: fsync },
    FSYNCDIR: { least: FUSE_FSYNC_IN.size, handle: fsync },
  };
}
