// Apart from sysfs-file.ts: attributes of debugfs parse numbers in a way of their own.
import { kstrtoull } from '../../kernel/kstrtoull.ts';
import type { FileHandler } from '../../vfs/node.ts';

/** Bytes of a write that simple_attr_write() (fs/libfs.c) reads into its buffer. */
const SIMPLE_ATTR_WRITE = 23;

/** A number written to a simple attribute of debugfs. Mirrors simple_attr_write(). */
export function simpleAttr(set: (value: bigint) => number): FileHandler {
  return {
    write(_file, _position, data) {
      const value = kstrtoull(data.subarray(0, SIMPLE_ATTR_WRITE));
      if (typeof value === 'number') return value;
      return set(value) || data.length;
    },
  };
}
