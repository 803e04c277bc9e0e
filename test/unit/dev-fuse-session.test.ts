import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ERRNO } from '../../src/abi/errno.ts';
import { BLOCKS, O, SEEK } from '../../src/abi/file-calls.ts';
import * as L from '../../src/abi/fuse-protocol.ts';
import { FATTR, FOPEN, FUSE_GETATTR_FH, FUSE_INIT_FLAG, FUSE_NOTIFY, FUSE_POLL_SCHEDULE_NOTIFY, FUSE_READ_LOCKOWNER } from '../../src/abi/fuse-protocol.ts';
import type { Filesystem } from '../../src/fuse/filesystem.ts';
import { negotiate } from '../../src/fuse/dev-fuse/negotiate.ts';
import { WAKE_NODE_ID } from '../../src/fuse/dev-fuse/wake-node.ts';
import { fieldsOf, SessionDriver, struct } from '../support/fuse-requests.ts';

const ROOT = 1;
const { EACCES, EBADF, EINTR, EINVAL, EIO, ENOENT, ENOSYS, ENXIO, EPROTO, ESTALE } = ERRNO;

/** A filesystem of a directory `d` with a file `f` in it. A test replaces its methods as needed. */
function filesystemWith(methods: Partial<Filesystem> = {}): Filesystem {
  const nodes: Readonly<Record<string, { mode: number; size: number; nlink: number; ino: number }>> = {
    '/': { mode: 0o040555, size: 0, nlink: 2, ino: 11 }, '/d': { mode: 0o040555, size: 0, nlink: 2, ino: 12 },
    '/d/f': { mode: 0o100644, size: 3, nlink: 1, ino: 13 },
  };
  return {
    getattr: (path) => nodes[path] ?? -ENOENT, access: () => 0, readdir: (path) => (path === '/' ? ['d'] : ['f']), open: () => 7, read: () => new Uint8Array([65, 66]),
    write: (_handle, _position, data) => data.byteLength, lseek: () => -ENXIO, poll: () => 5, readlink: () => 'target', release: () => undefined,
    truncate: () => 0, utimens: () => 0, fsync: () => -EINVAL, mkdir: () => -EACCES, rmdir: () => -EACCES, refuse: () => -EACCES, holdBack: () => 0, ...methods,
  };
}

function lookup(driver: SessionDriver, parent: number, name: string): number {
  const answer = driver.ask('LOOKUP', parent, name);
  return typeof answer === 'number' ? answer : fieldsOf(answer, L.FUSE_ENTRY_OUT).nodeid;
}

/** A driver, and the id of the file. */
function withFile(methods: Partial<Filesystem> = {}): { driver: SessionDriver; file: number } {
  const driver = new SessionDriver(filesystemWith(methods));
  return { driver, file: lookup(driver, lookup(driver, ROOT, 'd'), 'f') };
}

const open = (flags: number): Buffer => struct(L.FUSE_OPEN_IN, { flags });
const read = (values: Readonly<Record<string, number>> = {}): Buffer => struct(L.FUSE_READ_IN, { fh: 7, size: 100, read_flags: FUSE_READ_LOCKOWNER, ...values });
const write = (data: string, offset = 0): Buffer => Buffer.concat([struct(L.FUSE_WRITE_IN, { fh: 7, size: data.length, offset }), Buffer.from(data)]);

describe('INIT', () => {
  const offer = { major: 7, minor: 45, maxReadahead: 4096, flags: 0x73fffffb };
  it('agrees on the lower version and on what is wanted of what is offered', () => {
    expect(negotiate(offer)).toMatchObject({ major: 7, minor: 45, max_write: 1 << 20, max_pages: 256 });
    expect(negotiate({ ...offer, minor: 99 })?.minor).toBe(45);
    expect(negotiate({ ...offer, minor: 31 })?.minor).toBe(31);
    expect((negotiate(offer)?.flags ?? 0) & FUSE_INIT_FLAG.ATOMIC_O_TRUNC).toBe(FUSE_INIT_FLAG.ATOMIC_O_TRUNC);
    expect(negotiate({ ...offer, flags: 0 })?.flags).toBe(0);
  });

  it('answers a newer major version with its own, and refuses versions too old', () => {
    expect(negotiate({ ...offer, major: 8, minor: 0 })).toMatchObject({ major: 7 });
    expect(negotiate({ ...offer, minor: 30 })).toBeUndefined();
    expect(negotiate({ ...offer, major: 6 })).toBeUndefined();
    const driver = new SessionDriver(filesystemWith());
    expect(driver.ask('INIT', 0, struct(L.FUSE_INIT_IN, { major: 7, minor: 8 }))).toBe(-EPROTO);
    expect(driver.session.agreed).toBe(false);
  });

  it('may come as short as 7.31 has it', () => {
    const driver = new SessionDriver(filesystemWith());
    const answer = driver.ask('INIT', 0, struct(L.FUSE_INIT_IN, { major: 7, minor: 31, flags: 0x3fffffb }).subarray(0, 16)) as Buffer;
    expect(fieldsOf(answer, L.FUSE_INIT_OUT)).toMatchObject({ major: 7, minor: 31, max_pages: 256 });
    expect(driver.session.agreed).toBe(true);
  });
});

describe('splice(2), which reads pages', () => {
  const pages = (size = 4096): Buffer => read({ size, read_flags: 0 });
  /** The notifications among the messages, by their codes. */
  const notified = (driver: SessionDriver): number[] => driver.take().filter(({ unique }) => unique === 0).map(({ error }) => error);

  it('has Linux take a file for longer than it is when it is opened for reading, once', () => {
    const { driver, file } = withFile();
    driver.take();
    driver.post('OPEN', file, open(O.wronly));
    expect(notified(driver)).toEqual([]);
    driver.post('OPEN', file, open(O.rdonly));
    const [store, reply] = driver.take();
    expect(fieldsOf(store?.body ?? Buffer.alloc(0), L.FUSE_NOTIFY_STORE_OUT)).toEqual({ nodeid: file, offset: 2 ** 27, size: 1 });
    expect(reply?.unique).toBeGreaterThan(0);
    driver.post('OPEN', file, open(O.rdonly));
    expect(notified(driver)).toEqual([]);
    // After a read of pages, Linux has the true length.
    driver.post('READ', file, pages());
    driver.take();
    driver.post('RELEASE', file, struct(L.FUSE_RELEASE_IN, { fh: 7 }));
    driver.post('OPEN', file, open(O.rdonly));
    expect(notified(driver)).toEqual([FUSE_NOTIFY.STORE]);
  });

  it('keeps Linux from taking the size of a file that is read from what stat(2) is answered', () => {
    const { driver, file } = withFile();
    driver.post('GETATTR', file, struct(L.FUSE_GETATTR_IN));
    expect(notified(driver)).toEqual([]);
    driver.post('OPEN', file, open(O.rdonly));
    driver.take();
    driver.post('GETATTR', file, struct(L.FUSE_GETATTR_IN));
    expect(notified(driver)).toEqual([FUSE_NOTIFY.STORE]);
    // lseek(2) uses it.
    driver.post('GETATTR', file, struct(L.FUSE_GETATTR_IN, { getattr_flags: FUSE_GETATTR_FH, fh: 7 }));
    expect(notified(driver)).toEqual([]);
  });

  it('is EINVAL where the file is not to be spliced, and an error of reading ahead is that of the page', () => {
    const { driver, file } = withFile({ getattr: (path) => ({ mode: path === '/d/f' ? 0o100644 : 0o040555, size: 0, nlink: 1, ino: 5, splices: false }) });
    driver.ask('OPEN', file, open(O.rdonly));
    expect(driver.ask('READ', file, pages())).toBe(-EINVAL);
    let failures = 1;
    const failing = withFile({ read: () => (failures-- > 0 ? -EIO : new Uint8Array([65])) });
    failing.driver.ask('OPEN', failing.file, open(O.rdonly));
    expect(failing.driver.ask('READ', failing.file, pages(131_072))).toBe(-EIO);
    expect(failing.driver.ask('READ', failing.file, pages())).toBe(-EIO);
    expect(failing.driver.ask('READ', failing.file, pages())).toEqual(Buffer.from('A'));
  });
});

describe('nodes', () => {
  it('have attributes, an id as long as they are known, and another after that', () => {
    const driver = new SessionDriver(filesystemWith());
    const entry = driver.ask('LOOKUP', ROOT, 'd') as Buffer;
    const { nodeid, entry_valid: valid } = fieldsOf(entry, L.FUSE_ENTRY_OUT);
    expect(valid).toBeGreaterThan(1000);
    expect(fieldsOf(entry, L.FUSE_ATTR, 40)).toMatchObject({ ino: 12, mode: 0o040555, nlink: 2, uid: 5, gid: 6, mtime: 1000 });
    expect(lookup(driver, ROOT, 'd')).toBe(nodeid);
    driver.post('FORGET', nodeid, struct(L.FUSE_FORGET_IN, { nlookup: 1 }));
    expect(driver.ask('GETATTR', nodeid, struct(L.FUSE_GETATTR_IN))).toBeInstanceOf(Buffer);
    driver.post('BATCH_FORGET', 0, struct(L.FUSE_BATCH_FORGET_IN, { count: 2 }), struct(L.FUSE_FORGET_ONE, { nodeid, nlookup: 1 }),
      struct(L.FUSE_FORGET_ONE, { nodeid: ROOT, nlookup: 9 }));
    expect(driver.take()).toEqual([]);
    expect(driver.ask('GETATTR', nodeid, struct(L.FUSE_GETATTR_IN))).toBe(-ESTALE);
    expect(driver.ask('GETATTR', ROOT, struct(L.FUSE_GETATTR_IN))).toBeInstanceOf(Buffer);
    expect(lookup(driver, ROOT, 'd')).not.toBe(nodeid);
  });

  it('that are not there are ENOENT', () => {
    expect(lookup(new SessionDriver(filesystemWith()), ROOT, 'x')).toBe(-ENOENT);
  });

  it('are set as far as the filesystem lets them', () => {
    const done: string[] = [];
    const { driver, file } = withFile({
      refuse: (change, path) => { done.push(`${change} ${path}`); return -EACCES; },
      truncate: (path, size) => { done.push(`truncate ${path} ${size}`); return 0; }, utimens: () => { done.push('utimens'); return 0; },
    });
    const set = (valid: number): number | Buffer => driver.ask('SETATTR', file, struct(L.FUSE_SETATTR_IN, { valid, size: 9 }));
    expect(set(FATTR.MODE)).toBe(-EACCES);
    expect(set(FATTR.UID)).toBe(-EACCES);
    expect(fieldsOf(set(FATTR.SIZE) as Buffer, L.FUSE_ATTR, 16)).toMatchObject({ ino: 13, size: 3 });
    expect(set(FATTR.ATIME | FATTR.MTIME)).toBeInstanceOf(Buffer);
    expect(done).toEqual(['chmod /d/f', 'chown /d/f', 'truncate /d/f 9', 'utimens']);
  });

  it('point to where the filesystem says', () => {
    const { driver, file } = withFile();
    expect((driver.ask('READLINK', file) as Buffer).toString()).toBe('target');
  });

  it.each([
    ['SYMLINK', 'symlink', []], ['MKNOD', 'mknod', [struct(L.FUSE_MKNOD_IN)]], ['MKDIR', 'mkdir', [struct(L.FUSE_MKDIR_IN)]], ['UNLINK', 'unlink', []],
    ['RMDIR', 'rmdir', []], ['RENAME', 'rename', [struct(L.FUSE_RENAME_IN)]], ['RENAME2', 'rename', [struct(L.FUSE_RENAME2_IN)]],
    ['LINK', 'link', [struct(L.FUSE_LINK_IN)]], ['CREATE', 'create', [struct(L.FUSE_CREATE_IN)]],
  ] as const)('are not changed by %s', (opcode, change, before) => {
    const asked: string[] = [];
    const refuse = (what: string, path: string): number => { asked.push(`${what} ${path}`); return -30; };
    const driver = new SessionDriver(filesystemWith({
      refuse, mkdir: (path) => refuse('mkdir', path), rmdir: (path) => refuse('rmdir', path),
    }));
    const directory = lookup(driver, ROOT, 'd');
    expect(driver.ask(opcode, directory, ...before, 'new', 'other')).toBe(-30);
    expect(asked).toEqual([`${change} /d/new`]);
  });

  it('made by mkdir(2) are looked up, and those that rmdir(2) removed get another id', () => {
    const driver = new SessionDriver(filesystemWith({ mkdir: () => 0, rmdir: () => 0 }));
    const directory = lookup(driver, ROOT, 'd');
    const mkdir = (): number => Number(fieldsOf(driver.ask('MKDIR', directory, struct(L.FUSE_MKDIR_IN), 'f') as Buffer, L.FUSE_ENTRY_OUT).nodeid);
    const first = mkdir();
    expect(driver.ask('GETATTR', first, struct(L.FUSE_GETATTR_IN))).toBeInstanceOf(Buffer);
    expect(driver.ask('RMDIR', directory, 'f')).toBeInstanceOf(Buffer);
    expect(mkdir()).not.toBe(first);
    driver.post('FORGET', first, struct(L.FUSE_FORGET_IN, { nlookup: 1 }));
    expect(lookup(driver, directory, 'f')).not.toBe(first);
  });
});

describe('directories', () => {
  it.each(['READDIR', 'READDIRPLUS'] as const)('are listed in pieces by %s, and only names with attributes are counted', (opcode) => {
    const names = Array.from({ length: 300 }, (_, n) => `name-${n}-${'x'.repeat(n % 9)}`);
    let looks = 0;
    const driver = new SessionDriver(filesystemWith({
      readdir: () => names,
      getattr: (path, again) => {
        if (again !== true) looks += 1;
        return path.endsWith('name-5-xxxxx') ? -EIO : { mode: 0o100644, size: 0, nlink: 1, ino: 99 };
      },
    }));
    const { fh } = fieldsOf(driver.ask('OPENDIR', ROOT, open(0)) as Buffer, L.FUSE_OPEN_OUT);
    const listed: string[] = [];
    let told = 0;
    looks = 0;
    let replies = 0;
    for (let offset = 0; ;) {
      const bytes = driver.ask(opcode, ROOT, struct(L.FUSE_READ_IN, { fh, offset, size: 1000 })) as Buffer;
      expect(bytes.length).toBeLessThanOrEqual(1000);
      if (bytes.length === 0) break;
      replies += 1;
      for (let at = 0; at < bytes.length;) {
        const dirent = opcode === 'READDIR' ? at : at + L.FUSE_ENTRY_OUT.size;
        if (opcode === 'READDIRPLUS' && fieldsOf(bytes, L.FUSE_ENTRY_OUT, at).nodeid !== 0) told += 1;
        const { namelen, off, ino } = fieldsOf(bytes, L.FUSE_DIRENT, dirent);
        listed.push(bytes.toString('utf8', dirent + 24, dirent + 24 + namelen));
        expect(ino).not.toBe(0);
        offset = off;
        at = dirent + ((24 + namelen + 7) & ~7);
      }
    }
    expect(listed).toEqual(['.', '..', ...names]);
    // What may have changed meanwhile is looked for once in each reply.
    expect(looks).toEqual(replies);
    expect(told).toBe(opcode === 'READDIR' ? 0 : names.length - 1);
    expect(driver.ask('RELEASEDIR', ROOT, struct(L.FUSE_RELEASE_IN, { fh }))).toEqual(Buffer.alloc(0));
    expect(driver.ask(opcode, ROOT, struct(L.FUSE_READ_IN, { fh, size: 1000 }))).toBe(-EBADF);
  });
});

describe('files', () => {
  it('are opened, read, written and released by any caller', () => {
    const callers: (string | undefined)[] = [];
    const { driver, file } = withFile({ open: (_path, _flags, caller) => { callers.push(`${caller?.uid} ${caller?.pid}`); return 7; } });
    const opened = fieldsOf(driver.ask('OPEN', file, open(O.rdwr)) as Buffer, L.FUSE_OPEN_OUT);
    expect(opened).toEqual({ fh: 7, open_flags: FOPEN.DIRECT_IO });
    expect((driver.ask('READ', file, read()) as Buffer).toString()).toBe('AB');
    expect(fieldsOf(driver.ask('WRITE', file, write('abc')) as Buffer, L.FUSE_WRITE_OUT).size).toBe(3);
    expect(driver.ask('FSYNC', file, struct(L.FUSE_FSYNC_IN, { fh: 7 }))).toBe(-EINVAL);
    expect(driver.ask('FLUSH', file, Buffer.alloc(24))).toBe(-ENOSYS);
    expect(driver.ask('RELEASE', file, struct(L.FUSE_RELEASE_IN, { fh: 7 }))).toEqual(Buffer.alloc(0));
    expect(driver.ask('READ', file, read())).toBe(-EBADF);
    expect(callers).toEqual([`0 ${process.pid}`]);
  });

  it('keep what they were written, though the next request comes into the same place', () => {
    const kept: Uint8Array[] = [];
    const { driver, file } = withFile({ write: (_handle, _position, data) => kept.push(data) });
    driver.ask('OPEN', file, open(O.wronly));
    driver.ask('WRITE', file, write('first'));
    driver.ask('WRITE', file, write('other'));
    expect(kept.map((data) => Buffer.from(data).toString())).toEqual(['first', 'other']);
  });

  it('through O_APPEND are written where the descriptor stands, whatever size Linux remembers', () => {
    const positions: number[] = [];
    const { driver, file } = withFile({ write: (_handle, position, data) => { positions.push(position); return data.byteLength; } });
    driver.ask('OPEN', file, open(O.wronly | O.append));
    for (const offset of [100, 103]) driver.ask('WRITE', file, write('abc', offset));
    expect(positions).toEqual([0, 3]);
  });

  it('fail with EIO if the filesystem throws or returns too much, and that is reported', () => {
    const fail = (): never => { throw new Error('on purpose'); };
    const { driver, file } = withFile({ read: () => new Uint8Array(101), write: fail, release: fail, poll: fail, lseek: fail, fsync: fail });
    driver.ask('OPEN', file, open(O.rdwr));
    expect(driver.ask('READ', file, read())).toBe(-EIO);
    expect(driver.ask('WRITE', file, write('x'))).toBe(-EIO);
    expect(driver.ask('POLL', file, struct(L.FUSE_POLL_IN, { fh: 7 }))).toBe(-EIO);
    expect(driver.ask('LSEEK', file, struct(L.FUSE_LSEEK_IN, { fh: 7, whence: SEEK.data }))).toBe(-EIO);
    expect(driver.ask('FSYNC', file, struct(L.FUSE_FSYNC_IN))).toBe(-EIO);
    expect(driver.ask('RELEASE', file, struct(L.FUSE_RELEASE_IN, { fh: 7 }))).toBe(-EIO);
    expect(driver.errors.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual(['read /d/f', 'write /d/f', 'poll /d/f', 'lseek /d/f', 'fsync /d/f', 'release /d/f']);
    const throwing = new SessionDriver(filesystemWith({ getattr: fail, readdir: fail }));
    expect(throwing.ask('LOOKUP', ROOT, 'd')).toBe(-EIO);
    expect(throwing.errors).toEqual(['lookup / Error: on purpose']);
  });

  it('without positions are opened so', () => {
    const { driver, file } = withFile({ getattr: () => ({ mode: 0o100644, size: 0, nlink: 1, ino: 1, seeking: 'none' }) });
    expect(fieldsOf(driver.ask('OPEN', file, open(0)) as Buffer, L.FUSE_OPEN_OUT).open_flags).toBe(FOPEN.DIRECT_IO | FOPEN.NONSEEKABLE);
  });
});

describe('what is not answered at once', () => {
  it('is held back, without holding up others, until its time is up', () => {
    const { driver, file } = withFile({ holdBack: (operation) => (operation === 'read' ? 500 : 0) });
    driver.ask('OPEN', file, open(O.rdwr));
    const unique = driver.post('READ', file, read());
    expect(driver.ask('WRITE', file, write('abc'))).toBeInstanceOf(Buffer);
    expect(driver.session.waiting.due).toBe(500);
    driver.clock.now = 499;
    driver.session.waiting.elapsed();
    expect(driver.take()).toEqual([]);
    driver.clock.now = 500;
    driver.session.waiting.elapsed();
    expect(driver.take()).toEqual([{ unique, error: 0, body: Buffer.from('AB') }]);
    expect(driver.session.waiting.due).toBe(Infinity);
  });

  it('is let go of at the end, and nothing is held back after that', () => {
    const { driver, file } = withFile({ holdBack: () => 500 });
    driver.session.waiting.letGo();
    driver.ask('OPEN', file, open(O.rdonly));
    expect(driver.ask('READ', file, read())).toEqual(Buffer.from('AB'));
  });

  it.each(['held', 'blocked'] as const)('ends with EINTR when it is %s and a signal comes', (how) => {
    const { driver, file } = withFile({ holdBack: () => (how === 'held' ? 500 : 0), read: () => (how === 'held' ? new Uint8Array(1) : BLOCKS) });
    driver.session.waiting.interrupt(12345);
    driver.post('OPEN', file, open(O.rdonly));
    driver.clock.now = 1000;
    driver.session.waiting.elapsed();
    driver.take();
    const unique = driver.post('READ', file, read());
    expect(driver.take()).toEqual([]);
    driver.post('INTERRUPT', 0, struct(L.FUSE_INTERRUPT_IN, { unique }));
    expect(driver.take()).toEqual([{ unique, error: -EINTR, body: Buffer.alloc(0) }]);
    driver.post('INTERRUPT', 0, struct(L.FUSE_INTERRUPT_IN, { unique }));
    expect(driver.take()).toEqual([]);
  });

  it.each(['held', 'blocked'] as const)('goes on when it is %s and a signal comes that ends no wait, and ends soon after one that does', (how) => {
    const { driver, file } = withFile({ holdBack: () => (how === 'held' ? 500 : 0), read: () => (how === 'held' ? new Uint8Array(1) : BLOCKS) });
    const { waiting } = driver.session;
    driver.post('OPEN', file, open(O.rdonly));
    driver.clock.now = 1000;
    waiting.elapsed();
    driver.take();
    const unique = driver.post('READ', file, read());
    const heldUntil = waiting.due;
    driver.signal.endsWait = false;
    driver.post('INTERRUPT', 0, struct(L.FUSE_INTERRUPT_IN, { unique }));
    expect(waiting.due).toBe(1020);
    driver.clock.now = 1020;
    waiting.proceed();
    expect(driver.take()).toEqual([]);
    driver.signal.endsWait = true;
    driver.clock.now = 1039;
    waiting.proceed();
    expect(driver.take()).toEqual([]);
    driver.clock.now = 1040;
    waiting.proceed();
    expect(driver.take()).toEqual([{ unique, error: -EINTR, body: Buffer.alloc(0) }]);
    expect(waiting.due).toBe(Infinity);
    expect(heldUntil).toBe(how === 'held' ? 1500 : Infinity);
  });

  it('is a read with nothing to read, until another request brings something', () => {
    const records: string[] = [];
    const flags: (number | undefined)[] = [];
    const { driver, file } = withFile({
      read: (_handle, _position, _length, _caller, status) => {
        flags.push(status);
        const record = records.shift();
        return record === undefined ? BLOCKS : Buffer.from(record);
      },
      write: (_handle, _position, data) => { records.push(Buffer.from(data).toString()); return data.byteLength; },
    });
    driver.ask('OPEN', file, open(O.rdwr));
    const [first, second] = [driver.post('READ', file, read({ flags: O.nonblock })), driver.post('READ', file, read())];
    expect(driver.take()).toEqual([]);
    const writer = driver.post('WRITE', file, write('one'));
    expect(driver.take().map(({ unique, body }) => [unique, body.toString()])).toEqual([[writer, '\x03\0\0\0\0\0\0\0'], [first, 'one']]);
    driver.post('WRITE', file, write('two'));
    expect(driver.take().map(({ unique }) => unique)).toContain(second);
    expect(flags[0]).toBe(O.nonblock);
  });

  it('is a poll, which is notified once', () => {
    let events = 0;
    const { driver, file } = withFile({ poll: () => events });
    driver.ask('OPEN', file, open(O.rdonly));
    const poll = struct(L.FUSE_POLL_IN, { fh: 7, kh: 77, flags: FUSE_POLL_SCHEDULE_NOTIFY, events: 1 });
    expect(fieldsOf(driver.ask('POLL', file, poll) as Buffer, L.FUSE_POLL_OUT).revents).toBe(0);
    driver.ask('STATFS', ROOT);
    events = 1;
    driver.post('STATFS', ROOT);
    const [, told] = driver.take();
    expect(told).toMatchObject({ unique: 0, error: 1 });
    expect(fieldsOf(told?.body ?? Buffer.alloc(8), L.FUSE_NOTIFY_POLL_WAKEUP_OUT).kh).toBe(77);
    driver.post('STATFS', ROOT);
    expect(driver.take()).toHaveLength(1);
  });
});

describe('a file of records', () => {
  it('follows lseek(2) as far as Linux reports it', () => {
    const seeks: string[] = [];
    const { driver, file } = withFile({
      getattr: () => ({ mode: 0o100644, size: 0, nlink: 1, ino: 1, seeking: 'records' }),
      lseek: (_handle, offset, whence) => { seeks.push(`${offset} ${whence}`); return 0; },
    });
    driver.ask('OPEN', file, open(O.rdonly));
    driver.ask('READ', file, read({ offset: 0 }));
    driver.ask('READ', file, read({ offset: 2 }));
    expect(seeks).toEqual([]);
    // SEEK_SET: from the beginning again.
    driver.ask('READ', file, read({ offset: 0 }));
    expect(seeks.splice(0)).toEqual([`0 ${SEEK.set}`]);
    // SEEK_END: Linux requests the size by the handle. stat(2) requests it without.
    driver.ask('GETATTR', file, struct(L.FUSE_GETATTR_IN));
    expect(seeks).toEqual([]);
    driver.ask('GETATTR', file, struct(L.FUSE_GETATTR_IN, { getattr_flags: FUSE_GETATTR_FH, fh: 7 }));
    expect(seeks.splice(0)).toEqual([`0 ${SEEK.end}`]);
    driver.ask('READ', file, read({ offset: 0 }));
    driver.ask('LSEEK', file, struct(L.FUSE_LSEEK_IN, { fh: 7, whence: SEEK.data }));
    driver.ask('READ', file, read({ offset: 0 }));
    expect(seeks).toEqual([`0 ${SEEK.data}`]);
  });

  it('has attributes that Linux does not remember', () => {
    const driver = new SessionDriver(filesystemWith({ getattr: () => ({ mode: 0o100644, size: 0, nlink: 1, ino: 1, seeking: 'records' }) }));
    const { attr_valid: valid, entry_valid: entry } = fieldsOf(driver.ask('LOOKUP', ROOT, 'd') as Buffer, L.FUSE_ENTRY_OUT);
    expect([valid, entry > 1000]).toEqual([0, true]);
  });
});

describe('the node to wake by', () => {
  it('is found by its name, is nothing else, and tells that the main thread wants to be heard', () => {
    const driver = new SessionDriver(filesystemWith());
    expect(lookup(driver, ROOT, '.wake')).toBe(WAKE_NODE_ID);
    expect(driver.session.woken).toBe(false);
    expect(fieldsOf(driver.ask('GETATTR', WAKE_NODE_ID, struct(L.FUSE_GETATTR_IN)) as Buffer, L.FUSE_ATTR, 16).mode).toBe(0o100000);
    expect(driver.ask('OPEN', WAKE_NODE_ID, open(0))).toBe(-ESTALE);
    driver.post('NOTIFY_REPLY', WAKE_NODE_ID, Buffer.alloc(40));
    expect([driver.session.woken, driver.take().length]).toEqual([true, 0]);
    driver.ask('GETATTR', ROOT, struct(L.FUSE_GETATTR_IN));
    expect(driver.session.woken).toBe(false);
    driver.ask('STATFS', WAKE_NODE_ID);
    expect(driver.session.woken).toBe(true);
  });
});

describe('what makes no sense', () => {
  it('is an errno and is reported', () => {
    const driver = new SessionDriver(filesystemWith());
    expect(driver.ask('READ', ROOT)).toBe(-EINVAL);
    expect(driver.ask('LOOKUP', ROOT, '')).toBe(-EINVAL);
    expect(driver.ask('LOOKUP', ROOT, 'a/b')).toBe(-EINVAL);
    expect(driver.ask('LOOKUP', ROOT, Buffer.from('unended'))).toBe(-EINVAL);
    const unique = driver.post(4095, ROOT);
    expect(driver.take()).toEqual([{ unique, error: -ENOSYS, body: Buffer.alloc(0) }]);
    expect(driver.errors).toEqual([
      'request node 1 BadRequest: a malformed request of 40 bytes, of kind READ', 'request node 1 BadRequest: a malformed request of 41 bytes, of kind LOOKUP',
      'request node 1 BadRequest: a request of an unknown kind, 4095',
    ]);
  });

  it('is not reported if it is only not served', () => {
    const driver = new SessionDriver(filesystemWith());
    for (const opcode of ['GETXATTR', 'LISTXATTR', 'IOCTL', 'FALLOCATE', 'TMPFILE', 'STATX', 'BMAP', 'SYNCFS'] as const) {
      expect(driver.ask(opcode, ROOT, Buffer.alloc(64))).toBe(-ENOSYS);
    }
    expect(driver.errors).toEqual([]);
  });
});

it('asks the system for nothing when it makes the caller of a request: that would be a system call for each', () => {
  const { driver, file } = withFile();
  const asked = vi.spyOn(process, 'getuid');
  onTestFinished(() => { asked.mockRestore(); });
  driver.post('OPEN', file, open(O.rdonly));
  driver.post('READ', file, read());
  driver.post('WRITE', file, write('1'));
  expect(driver.take().filter(({ unique, error }) => unique > 0 && error === 0)).toHaveLength(3);
  expect(asked).not.toHaveBeenCalled();
});
