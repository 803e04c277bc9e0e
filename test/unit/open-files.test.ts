import { describe, expect, it } from 'vitest';
import { ERRNO } from '../../src/abi/errno.ts';
import { ALWAYS_READY, O, SEEK } from '../../src/abi/file-calls.ts';
import { testMachine } from '../support/machine.ts';

const { EBADF, EINVAL, ENXIO } = ERRNO;
const CLOSED = 4711;

describe('an open file', () => {
  // A file of sysfs says it has 4096 bytes, one of /proc 0.
  it('of a size is data up to its end, for lseek(2) with SEEK_DATA and SEEK_HOLE', () => {
    const { vfs } = testMachine();
    const handle = vfs.open('/sys/devices/system/memory/block_size_bytes', O.rdonly);
    const seeks = [[0, SEEK.data], [4095, SEEK.data], [4096, SEEK.data], [-1, SEEK.data], [0, SEEK.hole], [4095, SEEK.hole], [4096, SEEK.hole]] as const;
    expect(seeks.map(([offset, whence]) => vfs.lseek(handle, offset, whence))).toEqual([0, 4095, -ENXIO, -ENXIO, 4096, 4096, -ENXIO]);
  });

  it('of proc has no size, so there is neither data nor hole', () => {
    const { vfs } = testMachine();
    const handle = vfs.open('/proc/sys/vm/swappiness', O.rdonly);
    expect([SEEK.data, SEEK.hole].map((whence) => vfs.lseek(handle, 0, whence))).toEqual([-ENXIO, -ENXIO]);
  });

  it('is sought by Linux itself otherwise, which asks for nothing else', () => {
    const { vfs } = testMachine();
    expect(vfs.lseek(vfs.open('/proc/version', O.rdonly), 0, SEEK.end)).toBe(-EINVAL);
  });

  it('is always ready for poll(2)', () => {
    const { vfs } = testMachine();
    expect(vfs.poll(vfs.open('/proc/sys/vm/swappiness', O.rdonly))).toBe(ALWAYS_READY);
  });

  it('that was closed, or never was, is EBADF', () => {
    const { vfs } = testMachine();
    const handle = vfs.open('/proc/sys/vm/swappiness', O.rdwr);
    vfs.release(handle);
    for (const gone of [handle, CLOSED]) {
      expect([vfs.read(gone, 0, 16), vfs.write(gone, 0, new Uint8Array(1)), vfs.lseek(gone, 0, SEEK.data)]).toEqual([-EBADF, -EBADF, -EBADF]);
    }
  });
});
