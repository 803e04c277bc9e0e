import { describe, expect, it } from 'vitest';
import { ERRNO } from '../../src/abi/errno.ts';
import { BLOCKS, O, POLL, SEEK } from '../../src/abi/file-calls.ts';
import type { Caller } from '../../src/abi/caller.ts';
import { testMachine, type TestMachine } from '../support/machine.ts';

const KMSG = '/dev/kmsg';
const NONBLOCKING = O.rdonly | O.nonblock;
const { EACCES, EAGAIN, EBADF, EINVAL, EPERM, EPIPE, ESPIPE } = ERRNO;

interface Device extends TestMachine {
  /** A handle, or a negative errno. */
  open(flags: number, caller?: Caller): number;
  /** A record as `prefix,number,-;text`, with its number counted from `base` on; or a negative errno. */
  next(handle: number, base?: number, length?: number): string | number;
  /** write(2) of a text, a byte a character, to a device opened for it. */
  say(text: string, handle?: number): number;
}

/** A machine's /dev/kmsg, without the records of its boot. */
function device(): Device {
  const machine = testMachine({ devices: true });
  const { vfs } = machine;
  const open = (flags: number, caller?: Caller): number => vfs.open(KMSG, flags, caller);
  const writer = open(O.wronly);
  return {
    ...machine,
    open,
    next(handle, base = 0, length = 8192) {
      const answer = vfs.read(handle, 0, length, undefined, NONBLOCKING);
      if (answer === BLOCKS || typeof answer === 'number') return answer;
      const [, prefix, number, text] = /^(\d+),(\d+),\d+,-;(.*)\n$/s.exec(Buffer.from(answer).toString('latin1')) ?? [];
      return `${prefix},${Number(number) - base},-;${text}`;
    },
    say: (text, handle = writer) => vfs.write(handle, 0, Buffer.from(text, 'latin1')),
  };
}

/** A reader whose position is after the last record. */
function atTheEnd({ open, vfs }: Device): number {
  const reader = open(NONBLOCKING);
  expect(vfs.lseek(reader, 0, SEEK.end)).toBe(0);
  return reader;
}

/** All that a reader can read until it would wait. */
function drain({ next }: Device, reader: number, base: number): string[] {
  const records: string[] = [];
  for (let record = next(reader, base); record !== -EAGAIN; record = next(reader, base)) records.push(String(record));
  return records;
}

// The answers of 7.3 (test/recordings/devkmsg.7.3.txt), compared with those of the model. test/conformance/devkmsg.test.ts compares them on
// a mount.
describe('what is written to /dev/kmsg is, as on 7.3,', () => {
  it.each([
    ['plain\n', '12,0,-;plain'], ['<30>facility 3, level 6\n', '30,0,-;facility 3, level 6'], ['<4>  spaces are kept\n', '12,0,-;  spaces are kept'],
    ['a\nb\nc\n', '12,0,-;a\\x0ab\\x0ac'], ['tab\there \\ back \x01\x7f \xc3\xa9 \xff\n', '12,0,-;tab\\x09here \\x5c back \\x01\\x7f \\xc3\\xa9 \\xff'],
    ['<abc>no number\n', '12,0,-;<abc>no number'], ['<4\n', '12,0,-;<4'], ['<>nothing\n', '8,0,-;nothing'], ['<0>level 0\n', '8,0,-;level 0'],
    ['<8>facility 1\n', '8,0,-;facility 1'], ['<2047>facility 255\n', '2047,0,-;facility 255'], ['<2048>facility 256\n', '8,0,-;facility 256'],
    ['<4294967295>32 bits\n', '2047,0,-;32 bits'], ['<18446744073709551623>beyond 64 bits\n', '2047,0,-;beyond 64 bits'],
    ['<0x13>hexadecimal\n', '12,0,-;<0x13>hexadecimal'], ['<-3>negative\n', '12,0,-;<-3>negative'], ['< 3>space\n', '12,0,-;< 3>space'],
    ['two\n\n', '12,0,-;two\\x0a'], ['\n', '12,0,-;'],
  ])('%j: %j', (written, record) => {
    const kmsg = device();
    const reader = atTheEnd(kmsg);
    const base = kmsg.machine.kernel.log.end;
    expect(kmsg.say(written)).toBe(written.length);
    expect(drain(kmsg, reader, base)).toEqual([record]);
  });

  it.each([
    ['without a newline', 'no newline', '12,0,-;no newline'], ['with a NUL in it, after which nothing counts', 'nul\0in it\n', '12,0,-;nul'],
    ['as long as may be, whose last byte is cut off', `${'L'.repeat(1023)}\n`, `12,0,-;${'L'.repeat(1023)}`],
  ])('not to be read before the next is written: %s', (_what, written, record) => {
    const kmsg = device();
    const reader = atTheEnd(kmsg);
    const base = kmsg.machine.kernel.log.end;
    expect(kmsg.say(written)).toBe(written.length);
    expect(kmsg.next(reader, base)).toBe(-EAGAIN);
    expect(kmsg.say('<3>the next one ends it\n')).toBe(24);
    expect(drain(kmsg, reader, base)).toEqual([record, '11,1,-;the next one ends it']);
  });

  it('refused when it is longer, and is not in the log', () => {
    const kmsg = device();
    const reader = atTheEnd(kmsg);
    expect(kmsg.say('L'.repeat(1025))).toBe(-EINVAL);
    expect(kmsg.next(reader)).toBe(-EAGAIN);
  });

  it('let through ten lines in five seconds a descriptor, and the last close tells how many were not', () => {
    const kmsg = device();
    const reader = atTheEnd(kmsg);
    const base = kmsg.machine.kernel.log.end;
    const writer = kmsg.open(O.wronly);
    for (let n = 0; n < 13; n += 1) expect(kmsg.say(`line ${n}\n`, writer)).toBe(`line ${n}\n`.length);
    expect(drain(kmsg, reader, base)).toEqual(Array.from({ length: 10 }, (_, n) => `12,${n},-;line ${n}`));
    kmsg.vfs.release(writer);
    expect(drain(kmsg, reader, base)).toEqual(['4,10,-;printk: bash: 3 output lines suppressed due to ratelimiting']);
  });

  it('all taken with kernel.printk_devkmsg at on, and at off taken by nobody who has it open, nor opened', () => {
    const kmsg = device();
    const reader = atTheEnd(kmsg);
    const base = kmsg.machine.kernel.log.end;
    const writer = kmsg.open(O.wronly);
    kmsg.write('/proc/sys/kernel/printk_devkmsg', 'on\n');
    for (let n = 0; n < 13; n += 1) kmsg.say(`line ${n}\n`, writer);
    expect(drain(kmsg, reader, base)).toHaveLength(13);
    kmsg.write('/proc/sys/kernel/printk_devkmsg', 'off\n');
    expect(kmsg.say('not seen\n', writer)).toBe(9);
    expect(kmsg.open(O.wronly)).toBe(-EPERM);
    expect(kmsg.next(reader)).toBe(-EAGAIN);
  });
});

describe('a reader of /dev/kmsg', () => {
  it('waits where there is nothing, unless it will not', () => {
    const kmsg = device();
    const reader = atTheEnd(kmsg);
    expect(kmsg.vfs.read(reader, 0, 8192, undefined, O.rdonly)).toBe(BLOCKS);
    expect(kmsg.vfs.read(reader, 0, 8192, undefined, NONBLOCKING)).toBe(-EAGAIN);
  });

  it('is refused a record longer than its buffer, and goes on with the next', () => {
    const kmsg = device();
    const reader = atTheEnd(kmsg);
    const base = kmsg.machine.kernel.log.end;
    kmsg.say('too long for ten bytes\n');
    kmsg.say('the next\n');
    expect(kmsg.next(reader, base, 10)).toBe(-EINVAL);
    expect(kmsg.next(reader, base)).toBe('12,1,-;the next');
  });

  it('gets EPIPE once if records are gone, and poll(2) shows it before', () => {
    const kmsg = device();
    const reader = kmsg.open(NONBLOCKING);
    kmsg.write('/proc/sys/kernel/printk_devkmsg', 'on\n');
    for (let n = 0; n < 5000; n += 1) kmsg.say(`flood ${n}\n`);
    expect(kmsg.vfs.poll(reader)).toBe(POLL.in | POLL.rdnorm | POLL.err | POLL.pri);
    expect(kmsg.next(reader)).toBe(-EPIPE);
    expect(kmsg.next(reader, kmsg.machine.kernel.log.first)).toMatch(/^12,0,-;flood \d+$/);
  });

  it('finds the records of a reboot behind an EPIPE, from the first on', () => {
    const kmsg = device();
    const reader = atTheEnd(kmsg);
    kmsg.write('/control', 'reboot\n');
    expect(kmsg.next(reader)).toBe(-EPIPE);
    expect(kmsg.next(reader)).toMatch(/^5,0,-;Linux version 7\.3-amd64 /);
  });

  it('seeks to the first record and behind the last, and nowhere else', () => {
    const kmsg = device();
    const reader = atTheEnd(kmsg);
    for (const [offset, whence, answer, first] of [
      [0, SEEK.set, 0, /^5,0,-;Linux version/], [0, SEEK.end, 0, -EAGAIN], [0, SEEK.data, 0, /^5,0,-;Linux version/], [3, SEEK.data, -ESPIPE, undefined],
      [0, SEEK.hole, -EINVAL, undefined],
    ] as const) {
      expect(kmsg.vfs.lseek(reader, offset, whence)).toBe(answer);
      if (first instanceof RegExp) expect(kmsg.next(reader)).toMatch(first);
      else if (first !== undefined) expect(kmsg.next(reader)).toBe(first);
    }
  });

  it('polls for records, and is woken when the machine dies', () => {
    const kmsg = device();
    const reader = kmsg.open(NONBLOCKING);
    expect(kmsg.vfs.poll(reader)).toBe(POLL.in | POLL.rdnorm);
    kmsg.vfs.lseek(reader, 0, SEEK.end);
    expect(kmsg.vfs.poll(reader)).toBe(0);
    kmsg.write('/control', 'panic\n');
    expect(kmsg.vfs.poll(reader)).toBe(POLL.in | POLL.rdnorm | POLL.err);
  });

  it('has to be root with kernel.dmesg_restrict at 1, to read', () => {
    const kmsg = device();
    const nobody = { pid: 1, uid: 65534, comm: 'cat' };
    kmsg.write('/proc/sys/kernel/dmesg_restrict', '0\n');
    expect(kmsg.open(O.rdonly, nobody)).toBeGreaterThan(0);
    kmsg.write('/proc/sys/kernel/dmesg_restrict', '1\n');
    expect(kmsg.open(O.rdonly, nobody)).toBe(-EPERM);
    expect(kmsg.open(O.wronly, nobody)).toBe(-EACCES);
    expect(kmsg.open(O.rdonly, { ...nobody, uid: 0 })).toBeGreaterThan(0);
  });

  it('reads nothing of a descriptor that was closed', () => {
    const kmsg = device();
    const reader = kmsg.open(NONBLOCKING);
    kmsg.vfs.release(reader);
    expect(kmsg.next(reader)).toBe(-EBADF);
  });
});
