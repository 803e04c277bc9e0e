import { writeSync } from 'node:fs';

import { ERRNO } from '../../abi/errno.ts';
import type { PrintkRecord } from '../../kernel/effect.ts';
import { negativeErrno } from '../errno-of.ts';
import { KeptRoom, NO_SPACE } from '../kept-room.ts';
import { type LogFile, type LogRefusal, openLogFile, refusal } from './file.ts';
import { OPERATION_MOST, RESERVE } from '../log-room.ts';
import { type LogReserve, openReserve } from './reserve.ts';
import { NamedFile } from '../named-file.ts';
import { OwedLines } from './pending.ts';

/** Writes some of `bytes` from `offset` on, as write(2): how many were written, which may be fewer. Throws as writeSync does. */
export type WriteSome = (fd: number, bytes: Uint8Array, offset: number) => number;

/** What the writer has of the world; a test has a disk of its own. */
export interface LogWorld {
  readonly write: WriteSome;
  readonly openReserve: (path: string) => LogReserve | number;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  /** Hears, in a few words, of what happens to the log; `errno` is negative. */
  readonly tell: (news: string, errno?: number) => void;
}

/** The machine's log, appended to a file. A method answers 0, or the negative errno of what failed. */
export interface LogWriter {
  readonly path: string;
  /**
   * Appends the records; they are in the file when this returns 0. Where the filesystem is full they get the room that is kept for them. On
   * failure (EIO, …) what is missing is owed, and comes before everything else as soon as it can. So it does where somebody else was quicker to
   * take the room that was given back for the lines: nobody can hand it over.
   */
  write(records: readonly PrintkRecord[]): number;
  /**
   * Whether the lines of an operation will surely find room: nothing is owed, and so many bytes are kept on the filesystem. Does what can be
   * done for it. Otherwise the operation is not to be begun: the negative errno to refuse it with.
   */
  ready(bytes?: number): number;
  /** Whether ready() has nothing to do, as it mostly is. */
  readonly sure: boolean;
  /** Whether lines are missing in the file. */
  readonly owes: boolean;
  /** Opens the path anew, for logrotate. On failure the log goes on into the file it had. */
  reopen(): number;
  /** Closes the file, when what is owed is in it, if it can be; writes after that answer EBADF. */
  close(): void;
}

const NEWLINE = Buffer.from('\n');

/** Opens the log at `path`, an absolute path, and keeps room for it; see openLogFile. `format` gives a record's lines. */
export function openLog(path: string, format: (record: PrintkRecord) => string, given: Partial<LogWorld> = {}): LogWriter | LogRefusal {
  const world: LogWorld = { write: writeSync, openReserve, now: () => performance.now(), tell: () => undefined, ...given };
  const opened = openLogFile(path);
  if ('why' in opened) return opened;
  const log = new Log(path, format, world, opened);
  const result = log.begin(OPERATION_MOST);
  if (result === 0) return log;
  log.close();
  return refusal(result);
}

class Log implements LogWriter {
  readonly path: string;
  readonly #format: (record: PrintkRecord) => string;
  readonly #world: LogWorld;
  readonly #owed = new OwedLines();
  readonly #reserve: KeptRoom;
  #file: NamedFile | undefined;
  #sure = false;
  /** The last errno that was told of; 0 while all is well. */
  #told = 0;

  constructor(path: string, format: (record: PrintkRecord) => string, world: LogWorld, opened: LogFile) {
    this.path = path;
    this.#format = format;
    this.#world = world;
    this.#reserve = new KeptRoom(() => world.openReserve(path), world.tell);
    this.#use(opened);
  }

  get sure(): boolean {
    return this.#sure && this.#file?.isToBeLookedAt(this.#world.now()) === false;
  }

  get owes(): boolean {
    return this.#owed.any;
  }

  write(records: readonly PrintkRecord[]): number {
    if (this.#file === undefined) return -ERRNO.EBADF;
    if (records.length === 0) return 0;
    const looked = this.#lookAtFile();
    const bytes = Buffer.from(records.map(this.#format).join(''));
    if (this.#owed.overflows(bytes.length)) this.#owed.drop(records);
    else this.#owed.add(bytes);
    return this.#note(this.#settle() || looked);
  }

  ready(bytes = OPERATION_MOST): number {
    if (this.sure && bytes <= RESERVE) return 0;
    return this.#note(this.begin(bytes));
  }

  /** As ready(), without telling of it. */
  begin(bytes: number): number {
    if (this.#file === undefined) return -ERRNO.EBADF;
    const result = this.#lookAtFile() || this.#settle() || this.#reserve.keep(this.#file.device, Math.max(RESERVE, bytes));
    this.#sure = result === 0;
    return result;
  }

  reopen(): number {
    if (this.#file === undefined) return -ERRNO.EBADF;
    const next = openLogFile(this.path);
    if ('why' in next) return next.errno;
    // What belongs into the old file goes there, if it can.
    this.#note(this.#settle());
    this.#replace(next);
    return 0;
  }

  close(): void {
    if (this.#file !== undefined) {
      const left = this.#settle();
      if (left < 0) this.#world.tell('the log is closed without lines that could not be written', left);
      this.#file.close();
    }
    this.#reserve.close();
    this.#file = undefined;
    this.#sure = false;
  }

  #use({ fd, torn }: LogFile): void {
    this.#file = new NamedFile(fd, this.#world.now());
    this.#owed.beginAnew();
    if (torn) this.#owed.putBefore(NEWLINE);
    this.#sure = false;
  }

  #replace(next: LogFile): void {
    const before = this.#file;
    this.#use(next);
    before?.close();
  }

  /** Makes the file anew under its name when somebody has removed it, with the lines that came into it since it was last seen to have one. */
  #lookAtFile(): number {
    const file = this.#file;
    const now = this.#world.now();
    if (file?.isToBeLookedAt(now) !== true || file.look(now, this.#owed.cut)) return 0;
    this.#sure = false;
    const next = openLogFile(this.path);
    if ('why' in next) return this.#note(-ERRNO.EIO, `the log was removed, and cannot be made anew, since it ${next.why}: what would add to it is refused`);
    this.#owed.beginAnew();
    this.#owed.putBefore(file.linesSince());
    this.#replace(next);
    this.#world.tell('the log was removed, and was made anew');
    return 0;
  }

  /** Writes what is owed. */
  #settle(): number {
    for (;;) {
      this.#owed.tellDropped(this.#format);
      const { rest } = this.#owed;
      if (rest.length === 0) return 0;
      const written = this.#write(rest);
      if (written < 0) {
        this.#sure = false;
        return written;
      }
      this.#owed.wrote(written);
    }
  }

  /** Writes some bytes, into the room that is kept if there is no other: how many, or a negative errno. */
  #write(bytes: Uint8Array): number {
    const fd = this.#file?.fd;
    if (fd === undefined) return -ERRNO.EBADF;
    try {
      return this.#world.write(fd, bytes, 0) || -ERRNO.EIO;
    } catch (error) {
      const errno = negativeErrno(error);
      if (!NO_SPACE.includes(errno) || !this.#reserve.giveBack()) return errno;
      this.#sure = false;
      return this.#write(bytes);
    }
  }

  /** Tells of a failure once, and when it is over. */
  #note(result: number, news = 'the log cannot be written: what would add to it is refused'): number {
    if (result !== this.#told) {
      if (result < 0) this.#world.tell(news, result);
      else this.#world.tell('the log can be written again');
      this.#told = result;
    }
    return result;
  }
}
