import { constants } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BLOCKS } from '../../src/abi/file-calls.ts';
import type { Filesystem } from '../../src/fuse/filesystem.ts';
import type { FuseOperations, FuseStat } from '../../src/fuse/fuse-native-library.ts';
import { fuseNativeOperations } from '../../src/fuse/fuse-native-operations.ts';
import { HeldReplies } from '../../src/fuse/held-replies.ts';

const { O_APPEND, O_TRUNC, O_WRONLY } = constants;

/** A filesystem of one file. A test replaces its methods as needed. */
function filesystemWith(methods: Partial<Filesystem>): Filesystem {
  return {
    getattr: (path) => (path === '/' ? { mode: 0o040555, size: 0, nlink: 3, ino: 1 } : { mode: 0o100644, size: 0, nlink: 1, ino: 2 }),
    access: () => 0, readdir: () => ['file'], open: () => 7, read: () => new Uint8Array([65, 66]), write: (_handle, _position, data) => data.byteLength,
    lseek: () => 0, poll: () => 0, readlink: () => 'file', release: () => undefined, truncate: () => 0, utimens: () => 0, fsync: () => -22, mkdir: () => -13, rmdir: () => -13, refuse: () => -13, holdBack: () => 0,
    ...methods,
  };
}

const errors: string[] = [];
function operationsOf(methods: Partial<Filesystem>, held = new HeldReplies()): FuseOperations {
  return fuseNativeOperations({
    filesystem: filesystemWith(methods), held, mountedAt: 1_000_000, owner: { uid: 5, gid: 6 },
    onError: (operation, path, error) => { errors.push(`${operation} ${path} ${String(error)}`); },
  });
}

/** The arguments of each operation before the reply. */
const ARGUMENTS: { readonly [Operation in keyof FuseOperations]: readonly unknown[] } = {
  getattr: ['/f'], fgetattr: ['/f', 7], readdir: ['/'], readlink: ['/f'], statfs: ['/'], open: ['/f', O_WRONLY], read: ['/f', 7, Buffer.alloc(10), 10, 0],
  write: ['/f', 7, Buffer.from('abc'), 3, 0], release: ['/f', 7], fsync: ['/f', 0, 7], truncate: ['/f', 0], ftruncate: ['/f', 7, 0],
  utimens: ['/f', 0, 0], chmod: ['/f', 0o600], chown: ['/f', 1, 1], create: ['/f', 0o600], mknod: ['/f', 0o600, 0], mkdir: ['/f', 0o700],
  unlink: ['/f'], rmdir: ['/f'], rename: ['/f', '/g'], link: ['/g', '/f'], symlink: ['g', '/f'],
  setxattr: ['/f', 'user.a', Buffer.from('x'), 0, 0], removexattr: ['/f', 'user.a'],
};
const OPERATIONS = Object.keys(ARGUMENTS) as (keyof FuseOperations)[];

/** Calls an operation as fuse-native does. Returns the reply, which must come once, before the operation returns. */
function call(operations: FuseOperations, operation: keyof FuseOperations, ...given: unknown[]): unknown[] {
  const replies: unknown[][] = [];
  const method = operations[operation] as (...args: unknown[]) => void;
  method.call(operations, ...(given.length > 0 ? given : ARGUMENTS[operation]), (...reply: unknown[]) => { replies.push(reply); });
  expect(replies).toHaveLength(1);
  return replies[0] ?? [];
}

beforeEach(() => { errors.length = 0; });

describe('a handler that throws', () => {
  const fail = (): never => { throw new Error('on purpose'); };
  const throwing = { ...filesystemWith({}) };
  for (const name of Object.keys(throwing) as (keyof Filesystem)[]) if (name !== 'holdBack') throwing[name] = fail;

  // statfs needs nothing of the filesystem, and release(2) has no caller to answer.
  it.each(OPERATIONS.filter((name) => name !== 'statfs' && name !== 'release'))('answers EIO to %s and is reported', (operation) => {
    expect(call(operationsOf(throwing), operation)).toEqual([-5]);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(/ \/f? ?Error: on purpose$/);
  });

  it('is reported for release', () => {
    expect(call(operationsOf(throwing), 'release')).toEqual([0]);
    expect(errors).toEqual(['release /f Error: on purpose']);
  });

  it('keeps nobody waiting when it is holdBack', () => {
    expect(call(operationsOf({ holdBack: fail }), 'read')).toEqual([2]);
    expect(errors).toEqual(['read /f Error: on purpose']);
  });
});

describe('what the filesystem answers', () => {
  it.each(['chmod', 'chown', 'create', 'link', 'mkdir', 'mknod', 'removexattr', 'rename', 'rmdir', 'setxattr', 'symlink', 'unlink'] as const)(
    'to %s comes from refuse, with the path that would change', (change) => {
      const refuse = vi.fn(() => -30);
      expect(call(operationsOf({ refuse }), change)).toEqual([-30]);
      expect(refuse.mock.calls).toEqual([[change, '/f']]);
    });

  it.each(['getattr', 'fgetattr', 'readdir', 'open', 'read', 'write', 'truncate', 'ftruncate', 'utimens', 'fsync'] as const)('is passed on: %s', (operation) => {
    const refusing = { getattr: () => -133, readdir: () => -133, open: () => -133, read: () => -133, write: () => -133, truncate: () => -133,
      utimens: () => -133, fsync: () => -133 };
    expect(call(operationsOf(refusing), operation)).toEqual([-133]);
  });

  it('is made a stat', () => {
    const [result, stat] = call(operationsOf({}), 'getattr');
    expect(result).toBe(0);
    expect(stat).toEqual({
      mode: 0o100644, size: 0, nlink: 1, ino: 2, uid: 5, gid: 6, blksize: 131_072, blocks: 0, atime: 1_000_000, mtime: 1_000_000, ctime: 1_000_000,
    });
  });

  it('fills a directory in with its dots, and keeps a name whose attributes fail', () => {
    const asked: string[] = [];
    const operations = operationsOf({
      readdir: () => ['a', 'b'],
      getattr: (path) => {
        asked.push(path);
        return path === '/d/b' ? -5 : { mode: 0o040555, size: 0, nlink: 1, ino: asked.length };
      },
    });
    const [result, names, stats] = call(operations, 'readdir', '/d') as [number, string[], FuseStat[]];
    expect({ result, names, inodes: stats.map(({ ino }) => ino) }).toEqual({ result: 0, names: ['.', '..', 'a', 'b'], inodes: [1, 2, 3, 0] });
    expect(asked).toEqual(['/d', '/', '/d/a', '/d/b']);
  });

  it.each([['/', '/', '/', '/a'], ['/a/b', '/a/b', '/a', '/a/b/a']])('knows whose dots are whose: %s', (path, ...expected) => {
    const asked: string[] = [];
    call(operationsOf({ readdir: () => ['a'], getattr: (of) => { asked.push(of); return -2; } }), 'readdir', path);
    expect(asked).toEqual(expected);
  });

  it('is put in the buffer of a read, never beyond its end', () => {
    const buffer = Buffer.alloc(4);
    expect(call(operationsOf({ read: () => new Uint8Array([65, 66]) }), 'read', '/f', 7, buffer, 4, 0)).toEqual([2]);
    expect([...buffer]).toEqual([65, 66, 0, 0]);
    expect(call(operationsOf({ read: () => new Uint8Array(5) }), 'read', '/f', 7, buffer, 4, 0)).toEqual([-5]);
    expect(errors).toEqual(['read /f RangeError: 5 bytes were read, and only 4 were asked for']);
  });
});

describe('a write', () => {
  it('hands over a copy, for the buffer is gone after the reply', () => {
    let kept: Uint8Array = new Uint8Array();
    const buffer = Buffer.from('abcdef');
    call(operationsOf({ write: (_handle, _position, data) => { kept = data; return data.byteLength; } }), 'write', '/f', 7, buffer, 3, 0);
    buffer.fill(0);
    expect(Buffer.from(kept).toString()).toBe('abc');
  });

  it('through O_APPEND goes where the descriptor stands, whatever size Linux remembers', () => {
    const positions: number[] = [];
    let results = [3, -22, 1, 3];
    const operations = operationsOf({ write: (_handle, position) => { positions.push(position); return results.shift() ?? 3; } });
    const write = (position: number): void => { call(operations, 'write', '/f', 7, Buffer.from('abc'), 3, position); };
    call(operations, 'open', '/f', O_WRONLY | O_APPEND);
    for (const position of [100, 103, 103, 104]) write(position);
    expect(positions).toEqual([0, 3, 3, 4]);
    call(operations, 'release', '/f', 7);
    // The same handle again, now without O_APPEND.
    results = [];
    call(operations, 'open', '/f', O_WRONLY);
    write(100);
    expect(positions.at(-1)).toBe(100);
  });
});

describe('a read', () => {
  it('that has to wait for something is EAGAIN at once, for it would hold one of the threads of libfuse', () => {
    expect(call(operationsOf({ read: () => BLOCKS }), 'read')).toEqual([-11]);
  });

  it('gives what there is, the errno there is instead, and EIO for more than was asked for', () => {
    const buffer = Buffer.alloc(10);
    expect(call(operationsOf({}), 'read', '/f', 7, buffer, 10, 0)).toEqual([2]);
    expect(buffer.toString('latin1', 0, 3)).toBe('AB\0');
    expect(call(operationsOf({ read: () => -61 }), 'read')).toEqual([-61]);
    expect(call(operationsOf({ read: () => new Uint8Array(11) }), 'read')).toEqual([-5]);
  });
});

describe('readlink', () => {
  it('gives where the link leads, or why there is none', () => {
    expect(call(operationsOf({}), 'readlink')).toEqual([0, 'file']);
    expect(call(operationsOf({ readlink: () => -22 }), 'readlink')).toEqual([-22]);
  });
});

describe('an open with O_TRUNC', () => {
  it('truncates after it has opened', () => {
    const done: string[] = [];
    const operations = operationsOf({ open: () => { done.push('open'); return 0; }, truncate: (path, size) => { done.push(`truncate ${path} ${size}`); return 0; } });
    expect(call(operations, 'open', '/f', O_WRONLY | O_TRUNC)).toEqual([0, 0]);
    expect(done).toEqual(['open', 'truncate /f 0']);
  });

  it('does not truncate what it may not open', () => {
    const truncate = vi.fn(() => 0);
    expect(call(operationsOf({ open: () => -13, truncate }), 'open', '/f', O_WRONLY | O_TRUNC)).toEqual([-13]);
    expect(truncate).not.toHaveBeenCalled();
  });

  it('fails and gives its handle back when the truncation fails', () => {
    const release = vi.fn();
    expect(call(operationsOf({ truncate: () => -1, release }), 'open', '/f', O_WRONLY | O_TRUNC)).toEqual([-1]);
    expect(release.mock.calls).toEqual([[7]]);
  });
});

describe('an answer held back', () => {
  beforeEach(() => { vi.useFakeTimers(); });
  afterEach(() => { vi.useRealTimers(); });

  it.each(['read', 'write'] as const)('to %s comes when its time is up; the operation itself is not put off', (operation) => {
    const work = vi.fn(() => 1);
    const operations = operationsOf({ [operation]: work, holdBack: (named, path) => (named === operation && path === '/f' ? 500 : 0) });
    const reply = vi.fn();
    (operations[operation] as (...args: unknown[]) => void)(...ARGUMENTS[operation], reply);
    expect(work).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(499);
    expect(reply).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(reply).toHaveBeenCalledOnce();
  });

  it('comes at once when all are let go of, and none is held back after that', () => {
    const held = new HeldReplies();
    const operations = operationsOf({ holdBack: () => 500 }, held);
    const reply = vi.fn();
    operations.read('/f', 7, Buffer.alloc(10), 10, 0, reply);
    held.letGo();
    expect(reply.mock.calls).toEqual([[2]]);
    operations.read('/f', 7, Buffer.alloc(10), 10, 0, reply);
    expect(reply).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(1000);
    expect(reply).toHaveBeenCalledTimes(2);
  });
});
