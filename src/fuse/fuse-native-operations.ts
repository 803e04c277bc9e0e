import { ERRNO } from '../abi/errno.ts';
import { AppendPositions } from './append-position.ts';
import { type Attributes, BLOCKS, type DelayedOperation, type Filesystem, type LongWork, openFile, resultOverFuse } from './filesystem.ts';
import type { TreeChange } from '../abi/file-calls.ts';
import type { FuseOperations, FuseStat, NativeReply } from './fuse-native-library.ts';
import type { HeldReplies } from './held-replies.ts';
import { BLOCK_SIZE, childPath, STATFS } from './file-attributes.ts';
import type { Service } from './service.ts';

const EIO = -ERRNO.EIO;

export interface OperationsContext {
  readonly filesystem: Filesystem;
  readonly held: HeldReplies;
  readonly onError: Service['onError'];
  /** The time that every node shows, in milliseconds: when the filesystem was mounted. */
  readonly mountedAt: number;
  /** The owner of the files: the user who mounts, mostly root. Otherwise `default_permissions` would lock users out of their own mounts. */
  readonly owner: { readonly uid: number; readonly gid: number };
}

/**
 * The operations of fuse-native over a Filesystem. If a handler throws, its caller hangs for ever, so the
 * Filesystem is called through `attempt`, which turns a throw into EIO. The caller of an operation is not known here.
 */
export function fuseNativeOperations({ filesystem, held, onError, mountedAt, owner }: OperationsContext): FuseOperations {
  const appends = new AppendPositions();

  const attempt = <Value>(operation: string, path: string, work: () => Value): Value | number => {
    try {
      return work();
    } catch (error) {
      onError(operation, path, error);
      return EIO;
    }
  };

  const attempted = (operation: string, path: string, work: LongWork): LongWork => ({
    proceed: () => attempt(operation, path, () => work.proceed()),
    stop: () => attempt(operation, path, () => work.stop()),
  });

  /** Replies to a read or a write: at once, or later if `delay` of the control file asks for it. */
  const replyDelayed = (operation: DelayedOperation, path: string, reply: () => void): void => {
    const milliseconds = attempt(operation, path, () => filesystem.holdBack(operation, path));
    held.after(milliseconds, reply);
  };

  const statOf = (attributes: Attributes): FuseStat => ({
    mode: attributes.mode, size: attributes.size, nlink: attributes.nlink, ino: attributes.ino, uid: owner.uid, gid: owner.gid,
    blksize: BLOCK_SIZE, blocks: 0, atime: mountedAt, mtime: mountedAt, ctime: mountedAt,
  });

  const getattr = (path: string, reply: (result: number, stat?: FuseStat) => void): void => {
    const attributes = attempt('getattr', path, () => filesystem.getattr(path));
    if (typeof attributes === 'number') reply(attributes);
    else reply(0, statOf(attributes));
  };

  const truncate = (path: string, size: number, reply: NativeReply): void => {
    reply(attempt('truncate', path, () => filesystem.truncate(path, size)));
  };

  const refuse = (change: TreeChange, path: string, reply: NativeReply): void => {
    reply(attempt(change, path, () => filesystem.refuse(change, path)));
  };

  return {
    getattr,
    fgetattr: (path, _handle, reply) => { getattr(path, reply); },

    readdir(path, reply) {
      const names = attempt('readdir', path, () => filesystem.readdir(path));
      if (typeof names === 'number') {
        reply(names);
        return;
      }
      // With a stat for each name the kernel gets d_type and d_ino. Without them find(1) would ask for the attributes of every file.
      const withDots = ['.', '..', ...names];
      const stats: FuseStat[] = [];
      for (const name of withDots) {
        const attributes = attempt('getattr', path, () => filesystem.getattr(childPath(path, name)));
        stats.push(statOf(typeof attributes === 'number' ? { mode: 0, size: 0, nlink: 1, ino: 0 } : attributes));
      }
      reply(0, withDots, stats);
    },

    readlink(path, reply) {
      const target = attempt('readlink', path, () => filesystem.readlink(path));
      if (typeof target === 'number') reply(target);
      else reply(0, target);
    },

    statfs: (_path, reply) => { reply(0, STATFS); },

    open(path, flags, reply) {
      const result = attempt('open', path, () => openFile(filesystem, path, flags));
      if (result >= 0) appends.opened(result, flags);
      if (result < 0) reply(result);
      else reply(0, result);
    },

    read(path, handle, buffer, length, position, reply) {
      const data = attempt('read', path, () => filesystem.read(handle, appends.ofRead(handle, position), length));
      let result = EIO;
      if (data === BLOCKS) {
        // With this transport no read waits: each would block a thread of libfuse.
        result = -ERRNO.EAGAIN;
      } else if (typeof data === 'number') {
        result = data;
      } else if (data.byteLength <= length) {
        buffer.set(data);
        result = data.byteLength;
      } else {
        onError('read', path, new RangeError(`${data.byteLength} bytes were read, and only ${length} were asked for`));
      }
      appends.read(handle, position, result);
      replyDelayed('read', path, () => { reply(result); });
    },

    write(path, handle, buffer, length, position, reply) {
      // A copy: the buffer belongs to libfuse and is gone after the reply.
      const data = new Uint8Array(buffer.subarray(0, length));
      const done = (result: number): void => {
        appends.written(handle, position, result);
        replyDelayed('write', path, () => { reply(resultOverFuse(result)); });
      };
      const begun = attempt('write', path, () => filesystem.write(handle, appends.ofWrite(handle, position), data));
      if (typeof begun === 'number') done(begun);
      else held.whenDone(attempted('write', path, begun), done);
    },

    release(path, handle, reply) {
      appends.released(handle);
      const left = attempt('release', path, () => filesystem.release(handle));
      if (typeof left === 'object') held.whenDone(attempted('release', path, left), () => { reply(0); });
      else reply(0);
    },

    fsync: (path, _dataOnly, _handle, reply) => { reply(attempt('fsync', path, () => filesystem.fsync(path))); },
    truncate,
    ftruncate: (path, _handle, size, reply) => { truncate(path, size, reply); },
    utimens: (path, _atime, _mtime, reply) => { reply(attempt('utimens', path, () => filesystem.utimens(path))); },

    chmod: (path, _mode, reply) => { refuse('chmod', path, reply); },
    chown: (path, _uid, _gid, reply) => { refuse('chown', path, reply); },
    create: (path, _mode, reply) => { refuse('create', path, reply); },
    mknod: (path, _mode, _device, reply) => { refuse('mknod', path, reply); },
    mkdir: (path, _mode, reply) => { refuse('mkdir', path, reply); },
    unlink: (path, reply) => { refuse('unlink', path, reply); },
    rmdir: (path, reply) => { refuse('rmdir', path, reply); },
    rename: (from, _to, reply) => { refuse('rename', from, reply); },
    link: (_from, to, reply) => { refuse('link', to, reply); },
    symlink: (_target, path, reply) => { refuse('symlink', path, reply); },
    setxattr: (path, _name, _value, _position, _flags, reply) => { refuse('setxattr', path, reply); },
    removexattr: (path, _name, reply) => { refuse('removexattr', path, reply); },
  };
}
