// The small filesystem of transport-server.mjs, as a service. The thread that serves it makes it, and it reports events on a channel.
import { BroadcastChannel } from 'node:worker_threads';

const ENOENT = -2;
const EACCES = -13;
const EPERM = -1;
const EROFS = -30;
const DIRECTORY = 0o040555;

/** The files: the content that a read returns, and the result of other operations. */
const files = new Map([
  ['/kept', { mode: 0o100644, content: Buffer.from('at first\n') }],
  ['/read-only', { mode: 0o100444, content: Buffer.from('constant\n') }],
  ['/long', { mode: 0o100444, content: Buffer.from('0123456789abcde\n'.repeat(20_000)) }],
  ['/throws', { mode: 0o100644, content: Buffer.from(''), throws: true }],
  ['/slow', { mode: 0o100644, content: Buffer.from('in the end\n'), holdBack: 1500 }],
  ['/very-slow', { mode: 0o100644, content: Buffer.from('too late\n'), holdBack: 600_000 }],
  ['/sized', { mode: 0o100644, content: Buffer.from('of 4096 bytes, says stat\n'), size: 4096 }],
  ['/no-truncation', { mode: 0o100644, content: Buffer.from('x\n'), truncate: EPERM }],
]);
const directories = new Map([['/', ['dir', ...[...files.keys()].map((path) => path.slice(1))]], ['/dir', ['below']], ['/dir/below', []]]);
const inode = new Map([...directories.keys(), ...files.keys()].map((path, index) => [path, index + 100]));

const handles = new Map();
let nextHandle = 0;

const channel = new BroadcastChannel('transport-service');
channel.unref();
const tell = (message) => { channel.postMessage(message); };
const call = (operation, details) => { tell({ event: 'call', operation, ...details }); };

/** @type {import('../../../build/fuse/filesystem.js').Filesystem} */
const filesystem = {
  getattr(path) {
    const names = directories.get(path);
    if (names !== undefined) return { mode: DIRECTORY, size: 0, nlink: 2, ino: inode.get(path) };
    const file = files.get(path);
    return file === undefined ? ENOENT : { mode: file.mode, size: file.size ?? 0, nlink: 1, ino: inode.get(path) };
  },
  access(path, asked, caller) {
    const mode = directories.has(path) ? DIRECTORY : files.get(path)?.mode;
    if (mode === undefined) return ENOENT;
    return caller === undefined || caller.uid === 0 || (asked & ~mode & 7) === 0 ? 0 : EACCES;
  },
  readdir: (path) => directories.get(path) ?? ENOENT,
  open(path, flags, caller) {
    call('open', { path, flags });
    const file = files.get(path);
    if (file === undefined) return ENOENT;
    const forbidden = filesystem.access(path, (flags & 3) === 0 ? 4 : 2, caller);
    if (forbidden < 0) return forbidden;
    handles.set(nextHandle, { path, file });
    return nextHandle++;
  },
  read(handle, position, length) {
    const { path, file } = handles.get(handle);
    call('read', { path, position, length });
    if (file.throws) throw new Error('read fails on purpose');
    return file.content.subarray(position, position + length);
  },
  write(handle, position, data) {
    const { path, file } = handles.get(handle);
    call('write', { path, position, length: data.byteLength });
    if (file.throws) throw new Error('write fails on purpose');
    file.content = Buffer.concat([file.content.subarray(0, position), data]);
    return data.byteLength;
  },
  release(handle) {
    call('release', { path: handles.get(handle).path });
    handles.delete(handle);
  },
  truncate(path, size) {
    call('truncate', { path, size });
    return files.get(path).truncate ?? 0;
  },
  lseek: () => -22,
  poll: () => 0x145,
  readlink: () => -22,
  utimens: () => 0,
  fsync: () => -22,
  // Each kind of refusal has an errno of its own, so that a test sees which request came.
  mkdir: () => EACCES,
  rmdir: () => EACCES,
  refuse: (change) => ({ chmod: EPERM, chown: EPERM, rename: EROFS })[change] ?? EACCES,
  holdBack: (_operation, path) => files.get(path).holdBack ?? 0,
};

/** @type {import('../../../build/fuse/service.js').StartService} */
export function startService() {
  return {
    filesystem,
    wake() {},
    command: (word) => { tell({ event: 'command', message: word }); },
    onError: (operation, path, error) => { tell({ event: 'error', operation, path, message: String(error) }); },
    close: () => { channel.close(); },
  };
}
