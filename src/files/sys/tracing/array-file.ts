// The files of a buffer of tracefs. The folder imports kernel/, vfs/ and abi/. Start at arrayFile() below, of which every file is made; events.ts has the
// directory `events`, pipes.ts the files that show events. ../tracing.ts places them.
import { ERRNO } from '../../../abi/errno.ts';
import { POLL } from '../../../abi/file-calls.ts';
import { kstrtoull } from '../../../kernel/kstrtoull.ts';
import type { TraceArray } from '../../../kernel/trace/trace-array.ts';
import { type FileHandler, type FileNode, type OpenFile, readText } from '../../../vfs/node.ts';

/** What a buffer's file is made of. */
interface ArrayFile extends Omit<FileHandler, 'release'> {
  readonly mode: number;
  /** Sees the last close(2). */
  readonly closed?: (file: OpenFile) => void;
}

/**
 * A file of a buffer. While it is open, rmdir(2) of the instance is -EBUSY. When a reboot has ended the buffer, every operation is -ENODEV. Mirrors
 * tracing_open_generic_tr() and trace_array_put() (kernel/trace/trace.c).
 */
export function arrayFile(array: () => TraceArray, { mode, closed, ...handler }: ArrayFile, traits: Pick<FileNode, 'seeking' | 'splices' | 'stream'> = {}): FileNode {
  const opened = new WeakMap<OpenFile, TraceArray>();
  const whileThere = <Value>(file: OpenFile, work: () => Value): Value | number => (opened.get(file)?.isGone === false ? work() : -ERRNO.ENODEV);
  const { open, read, write, poll } = handler;
  return {
    kind: 'file', mode, size: 0, ...traits,
    handler: {
      ...handler,
      open(file) {
        const of = array();
        if (of.isGone) return -ERRNO.ENODEV;
        const result = open?.(file) ?? 0;
        if (result < 0) return result;
        opened.set(file, of);
        of.references += 1;
        return 0;
      },
      ...(read && { read: (file, position, length, flags) => whileThere(file, () => read(file, position, length, flags)) }),
      ...(write && { write: (file, position, data, caller) => whileThere(file, () => write(file, position, data, caller)) }),
      ...(poll && { poll: (file) => (opened.get(file)?.isGone === false ? poll(file) : POLL.in | POLL.rdnorm | POLL.err) }),
      release(file) {
        const of = opened.get(file);
        if (of !== undefined) of.references -= 1;
        closed?.(file);
        return undefined;
      },
    },
  };
}

/** A file of a buffer with a text. `store` takes what is written: 0 or more bytes of it, or a negative errno. */
export function textFile(array: () => TraceArray, show: () => string, store?: (data: Uint8Array) => number): FileNode {
  return arrayFile(array, {
    mode: store === undefined ? 0o440 : 0o640,
    read: (file, position, length) => readText(file, position, length, show),
    ...(store && { write: (_file, _position, data) => store(data) }),
  });
}

/** A store that takes a decimal number from `least` to `most`. Mirrors kstrtoul_from_user(). */
export function decimal(set: (value: number) => number, { least = 0, most = Number.MAX_SAFE_INTEGER } = {}): (data: Uint8Array) => number {
  return (data) => {
    const value = kstrtoull(data, 10);
    if (typeof value === 'number') return value;
    if (value < BigInt(least) || value > BigInt(most)) return -ERRNO.EINVAL;
    return set(Number(value)) || data.length;
  };
}

const LATIN1 = new TextDecoder('latin1');

/** What was written, up to a NUL. */
export function written(data: Uint8Array): string {
  return LATIN1.decode(data).replace(/\0.*$/s, '');
}

