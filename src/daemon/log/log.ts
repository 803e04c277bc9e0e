// The machine's log: lines go into the file before the write that caused them returns. This folder may import abi, kernel's types and
// fuse's errors. Start here: log.ts writes, reopens and notices that the file was removed; file.ts opens it; reserve.ts holds space for it;
// pending.ts keeps what could not be written; where.ts chooses its place. admission.ts decides which write is refused, and states what can
// be lost.
import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { ERRNO, negativeErrno } from '../../abi/errno.ts';
import type { PrintkRecord } from '../../kernel/effect.ts';
import { closeFile, type LogFile, type LogRefusal, openLogFile, refusal } from './file.ts';
import { PendingLines } from './pending.ts';
import { NO_SPACE, openReserveFile, OPERATION_MOST, Reserve, RESERVE, type ReserveFile } from './reserve.ts';

/** Writes some of `bytes` from `offset` on, as write(2). Returns how many were written, maybe not all. Throws as writeSync does. */
export type WriteSome = (fd: number, bytes: Uint8Array, offset: number) => number;

/** What the log needs from outside. A test gives it a disk of its own. */
export interface LogWorld {
  readonly write: WriteSome;
  readonly openReserve: (path: string) => ReserveFile | number;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  /** Receives news about the log at `path`, in a few words. `errno` is negative. */
  readonly report: (news: string, errno: number | undefined, path: string) => void;
}

/** How often the log checks whether its file still has a name, in milliseconds. */
const INTERVAL = 1000;
const NEWLINE = 0x0a;

/** Opens the log at `path`, an absolute path, and reserves space for it; see openLogFile. `format` gives a record's lines. */
export function openLog(path: string, format: (record: PrintkRecord) => string, given: Partial<LogWorld> = {}): Log | LogRefusal {
  // The global `performance` is a getter, and each write looks at the clock.
  const clock = performance;
  const world: LogWorld = {
    write: writeSync, openReserve: openReserveFile, now: () => clock.now(), report: () => undefined, ...given,
  };
  const opened = openLogFile(path);
  if ('why' in opened) return opened;
  const log = new Log(path, format, world, opened);
  const result = log.begin();
  if (result === 0) return log;
  log.close();
  return refusal(result);
}

/** The machine's log, appended to a file. A method returns 0, or the negative errno of what failed. */
export class Log {
  readonly #format: (record: PrintkRecord) => string;
  readonly #world: LogWorld;
  readonly #pending = new PendingLines();
  #path: string;
  #reserve: Reserve;
  #file: NamedFile | undefined;
  #reserved = false;
  /** The last errno that was reported; 0 while the log works. */
  #reported = 0;

  constructor(path: string, format: (record: PrintkRecord) => string, world: LogWorld, opened: LogFile) {
    this.#path = path;
    this.#format = format;
    this.#world = world;
    this.#reserve = this.#newReserve(path);
    this.#use(new NamedFile(opened, world.now()));
  }

  get path(): string {
    return this.#path;
  }

  /** Whether {@link reserve} has nothing to do, the usual case. */
  get isReserved(): boolean {
    return this.#reserved && this.#file?.isDue(this.#world.now()) === false;
  }

  /** Whether lines are missing in the file. */
  get hasPending(): boolean {
    return this.#pending.any;
  }

  /**
   * Appends the records. They are in the file when this returns 0. If the filesystem is full, they use the space of the reserve. On failure
   * (EIO, …) the missing lines are pending, and are flushed before all others. That also happens if another program takes the released
   * space.
   */
  write(records: readonly PrintkRecord[]): number {
    if (this.#file === undefined) return -ERRNO.EBADF;
    if (records.length === 0) return 0;
    const checked = this.#checkName();
    const bytes = Buffer.from(records.map(this.#format).join(''));
    if (this.#pending.overflows(bytes.length)) this.#pending.drop(records);
    else this.#pending.add(bytes);
    return this.#note(this.#flush() || checked);
  }

  /** Flushes pending lines and reserves `bytes`. 0: there is space for the lines of an operation. */
  reserve(bytes = OPERATION_MOST): number {
    if (this.isReserved && bytes <= RESERVE) return 0;
    return this.#note(this.begin(bytes));
  }

  /** As reserve(), without reporting a failure. */
  begin(bytes = OPERATION_MOST): number {
    if (this.#file === undefined) return -ERRNO.EBADF;
    const result = this.#checkName() || this.#flush() || this.#reserve.fill(this.#file.device, Math.max(RESERVE, bytes));
    this.#reserved = result === 0;
    return result;
  }

  /**
   * Opens its path again, for logrotate, or another path. Pending lines are flushed into the old file if possible, otherwise into the new
   * one. On failure the log continues in the old file.
   */
  reopen(path = this.#path): number {
    if (this.#file === undefined) return -ERRNO.EBADF;
    const opened = openLogFile(path);
    if ('why' in opened) return opened.errno;
    const next = new NamedFile(opened, this.#world.now());
    if (path !== this.#path) {
      const reserve = this.#newReserve(path);
      const result = reserve.fill(next.device, RESERVE);
      if (result < 0) {
        reserve.close();
        next.close();
        return result;
      }
      this.#note(this.#flush());
      this.#reserve.close();
      this.#reserve = reserve;
      this.#path = path;
    } else {
      this.#note(this.#flush());
    }
    this.#use(next);
    return 0;
  }

  /** Closes the file, after flushing pending lines if possible. Later writes return EBADF. */
  close(): void {
    if (this.#file !== undefined) {
      const left = this.#flush();
      if (left < 0) this.#report('the log is closed without lines that could not be written', left);
      this.#file.close();
    }
    this.#reserve.close();
    this.#file = undefined;
    this.#reserved = false;
  }

  #newReserve(path: string): Reserve {
    return new Reserve(() => this.#world.openReserve(path), (news, errno) => { this.#world.report(news, errno, path); });
  }

  /** Continues in another file, and closes the old one. */
  #use(next: NamedFile): void {
    this.#file?.close();
    this.#file = next;
    this.#pending.restart();
    if (next.torn) this.#pending.putBefore(Buffer.of(NEWLINE));
    this.#reserved = false;
  }

  /** If the file was removed, recreates it under its name, with the lines that were written since it last had a name. */
  #checkName(): number {
    const file = this.#file;
    const now = this.#world.now();
    if (file?.isDue(now) !== true || file.hasName(now, this.#pending.cut)) return 0;
    this.#reserved = false;
    // Read first: there may be only one descriptor left, for one file at a time.
    const unseen = file.linesSince();
    const next = typeof unseen === 'number' ? refusal(unseen) : openLogFile(this.#path);
    if (typeof unseen === 'number' || 'why' in next) {
      const { why } = next as LogRefusal;
      return this.#note(-ERRNO.EIO, `the log was removed, and cannot be recreated, because it ${why}: writes that would add to it are refused`);
    }
    this.#pending.restart();
    this.#pending.putBefore(unseen);
    this.#use(new NamedFile(next, now));
    this.#report('the log was removed, and was recreated');
    return 0;
  }

  /** Writes pending lines. */
  #flush(): number {
    for (;;) {
      this.#pending.reportDropped(this.#format);
      const { rest } = this.#pending;
      if (rest.length === 0) return 0;
      const written = this.#writeSome(rest);
      if (written < 0) {
        this.#reserved = false;
        return written;
      }
      this.#pending.wrote(written);
    }
  }

  /** Writes some bytes, and uses the space of the reserve if there is no other. Returns how many, or a negative errno. */
  #writeSome(bytes: Uint8Array): number {
    const fd = this.#file?.fd;
    if (fd === undefined) return -ERRNO.EBADF;
    try {
      return this.#world.write(fd, bytes, 0) || -ERRNO.EIO;
    } catch (error) {
      const errno = negativeErrno(error);
      if (!NO_SPACE.includes(errno) || !this.#reserve.release()) return errno;
      this.#reserved = false;
      return this.#writeSome(bytes);
    }
  }

  /** Reports a failure once, and its end. */
  #note(result: number, news = 'the log cannot be written: writes that would add to it are refused'): number {
    if (result !== this.#reported) {
      if (result < 0) this.#report(news, result);
      else this.#report('the log can be written again');
      this.#reported = result;
    }
    return result;
  }

  #report(news: string, errno?: number): void {
    this.#world.report(news, errno, this.#path);
  }
}

/**
 * An open log file. If it is removed, or its directory, writes go into a file that nobody can open. So from time to time, before a write,
 * the log checks whether the file still has a name. (The thread that serves files cannot wait for a timer.) A renamed file has one.
 */
class NamedFile {
  readonly fd: number;
  /** Whether it ended within a line when it was opened. */
  readonly torn: boolean;
  /** Its filesystem, as st_dev; undefined if it is not a regular file. */
  readonly device: number | undefined;
  /** Where its lines ended at the last check that found a name. */
  #end: number;
  #nextLook: number;

  constructor({ fd, torn }: LogFile, now: number) {
    const found = fstatSync(fd);
    const regular = found.isFile();
    this.fd = fd;
    this.torn = torn;
    this.device = regular ? found.dev : undefined;
    this.#end = found.size;
    this.#nextLook = regular ? now + INTERVAL : Infinity;
  }

  /** Whether it is time to check its name. */
  isDue(now: number): boolean {
    return now >= this.#nextLook;
  }

  /** Whether it has a name. `cut` is how many bytes it has of an incomplete line. A file without a name is checked each time. */
  hasName(now: number, cut: number): boolean {
    const { nlink, size } = fstatSync(this.fd);
    if (nlink === 0) return false;
    this.#nextLook = now + INTERVAL;
    this.#end = size - cut;
    return true;
  }

  /** The complete lines that were written since it last had a name, or the negative errno of reading them. */
  linesSince(): Buffer | number {
    try {
      const { size } = fstatSync(this.fd);
      // It may have been truncated meanwhile.
      const from = this.#end <= size ? this.#end : 0;
      const bytes = Buffer.alloc(size - from);
      // Its descriptor is only for writing. A file without a name can be opened again in this way.
      const reader = openSync(`/proc/self/fd/${this.fd}`, constants.O_RDONLY);
      try {
        for (let at = 0; at < bytes.length;) {
          const count = readSync(reader, bytes, at, bytes.length - at, from + at);
          if (count === 0) break;
          at += count;
        }
      } finally {
        closeSync(reader);
      }
      return bytes.subarray(0, bytes.lastIndexOf(NEWLINE) + 1);
    } catch (error) {
      return negativeErrno(error);
    }
  }

  close(): void {
    closeFile(this.fd);
  }
}
