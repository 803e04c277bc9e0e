import { ERRNO } from '../../abi/errno.ts';
import { BLOCKS, O, POLL, SEEK } from '../../abi/file-calls.ts';
import { LOG_LEVEL, type LogLevel } from '../../abi/log-level.ts';
import type { Caller } from '../../abi/caller.ts';
import type { Kernel } from '../kernel.ts';
import { U64_MAX } from '../kstrtoull.ts';
import { newRatelimit, ratelimit, type RatelimitState } from '../ratelimit.ts';
import { extendedRecord } from './extended-record.ts';
import { textOfBytes } from './text-of-bytes.ts';

/** The state of an open /dev/kmsg. Mirrors struct devkmsg_user (kernel/printk/printk.c). */
export interface DevkmsgUser {
  /** The record to read next, and the life of the kernel in which that was set. */
  sequence: number;
  life: number;
  readonly ratelimit: RatelimitState;
  /** Lines that were suppressed, and the command that wrote the last of them. */
  suppressed: number;
  comm: string;
}

/** LOG_USER: only the kernel itself is facility 0. */
const LOG_USER = 1;
/** Of the level and the facility. */
const PREFIX_BITS = 3 + 8;
const UTF8 = new TextEncoder();

/** Opens the device: its state, or a negative errno. Mirrors devkmsg_open(). */
export function devkmsgOpen(kernel: Kernel, flags: number, caller: Caller | undefined): DevkmsgUser | number {
  if (kernel.values.get('kernel.printk_devkmsg') === 'off') return -ERRNO.EPERM;
  const restricted = kernel.int('kernel.dmesg_restrict') !== 0 && caller !== undefined && caller.uid !== 0;
  if (restricted && (flags & O.accmode) !== O.wronly) return -ERRNO.EPERM;
  return { sequence: kernel.log.first, life: kernel.life, ratelimit: newRatelimit(), suppressed: 0, comm: '' };
}

/** Whether records are gone that were to be read next: with another boot, or dropped by the full buffer. */
function missed(kernel: Kernel, user: DevkmsgUser): boolean {
  return user.life !== kernel.life || user.sequence < kernel.log.first;
}

/**
 * One record. -EPIPE, once, if records are gone that were to be read next. -EINVAL for a record that is longer than `length`, which then
 * counts as read. -EAGAIN with O_NONBLOCK if there is none. Mirrors devkmsg_read().
 */
export function devkmsgRead(kernel: Kernel, user: DevkmsgUser, length: number, flags: number): Uint8Array | number | typeof BLOCKS {
  const lost = missed(kernel, user);
  if (lost && user.life !== kernel.life) user.sequence = 0;
  const record = kernel.log.from(user.sequence);
  if (record === undefined) return flags & O.nonblock ? -ERRNO.EAGAIN : BLOCKS;
  user.life = kernel.life;
  if (lost) {
    user.sequence = record.sequence;
    return -ERRNO.EPIPE;
  }
  user.sequence = record.sequence + 1;
  const bytes = UTF8.encode(extendedRecord(record));
  return bytes.length > length ? -ERRNO.EINVAL : bytes;
}

/** Writes a record: returns the bytes of the write, also if the record is suppressed by the rate limit. Mirrors devkmsg_write(). */
export function devkmsgWrite(kernel: Kernel, user: DevkmsgUser, data: Uint8Array): number {
  const { longestWrite } = kernel.profile.devkmsg;
  if (data.length > longestWrite) return -ERRNO.EINVAL;
  const setting = kernel.values.get('kernel.printk_devkmsg');
  if (setting === 'off') return data.length;
  if (setting !== 'on') {
    const { allowed } = ratelimit(user.ratelimit, kernel.now());
    if (!allowed) {
      user.suppressed += 1;
      user.comm = kernel.caller.comm;
      return data.length;
    }
  }
  const nul = data.indexOf(0);
  const { level, facility, line } = parsePrefix(kernel, nul < 0 ? data : data.subarray(0, nul));
  // A write of the longest length loses its last byte, because the text ends in a NUL.
  const kept = line.subarray(0, longestWrite - 1);
  const finished = kept.at(-1) === 0x0a;
  kernel.printkFromUser({ level, facility, ...textOfBytes(finished ? kept.subarray(0, -1) : kept) }, finished);
  return data.length;
}

/**
 * The prefix `<N>`, of which the lower 3 bits are the level and the next 8 the facility, and the line behind it. A number beyond 64 bits
 * counts as all ones, or wraps round (simple_strtoul()).
 */
function parsePrefix(kernel: Kernel, data: Uint8Array): { level: LogLevel; facility: number; line: Uint8Array } {
  const none = { level: kernel.defaultMessageLevel, facility: LOG_USER, line: data };
  if (data[0] !== 0x3c) return none;
  const end = data.findIndex((byte, index) => index > 0 && (byte < 0x30 || byte > 0x39));
  if (data[end] !== 0x3e) return none;
  const given = BigInt(String.fromCharCode(...data.subarray(1, end)) || '0');
  const number = Number(BigInt.asUintN(PREFIX_BITS, given > U64_MAX && !kernel.profile.devkmsg.prefixWraps ? U64_MAX : given));
  return { level: (number & 7) as LogLevel, facility: number >> 3 || LOG_USER, line: data.subarray(end + 1) };
}

/**
 * lseek(2): to the first record, to the first since the log was cleared (nothing clears it here), or behind the last. Mirrors
 * devkmsg_llseek().
 */
export function devkmsgLlseek(kernel: Kernel, user: DevkmsgUser, offset: number, whence: number): number {
  if (offset !== 0) return -ERRNO.ESPIPE;
  const { first, next } = kernel.log;
  const to = whence === SEEK.set || whence === SEEK.data ? first : whence === SEEK.end ? next : undefined;
  if (to === undefined) return -ERRNO.EINVAL;
  user.sequence = to;
  user.life = kernel.life;
  return 0;
}

/** poll(2). Mirrors devkmsg_poll(). A panic wakes every reader: the machine is dead, and reads fail. */
export function devkmsgPoll(kernel: Kernel, user: DevkmsgUser): number {
  if (kernel.death) return POLL.in | POLL.rdnorm | POLL.err;
  if (missed(kernel, user)) return POLL.in | POLL.rdnorm | POLL.err | POLL.pri;
  return kernel.log.from(user.sequence) === undefined ? 0 : POLL.in | POLL.rdnorm;
}

/** The last close(2): prints how many lines were suppressed. Mirrors ratelimit_state_exit(). */
export function devkmsgRelease(kernel: Kernel, user: DevkmsgUser): void {
  const { suppressed, comm } = user;
  if (suppressed > 0) kernel.printk(LOG_LEVEL.warn, `printk: ${comm}: ${suppressed} output lines suppressed due to ratelimiting`);
}
