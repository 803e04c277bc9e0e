import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { errnoName, negativeErrno } from '../../abi/errno.ts';
import { whyNot } from '../../abi/errno-words.ts';
import { shellWord } from '../../abi/printable.ts';
import { BOOT_BEGINS, isBootLine, readPrintedLine } from './log-line.ts';
import { ObservingError } from './observe.ts';

const NEWLINE = 0x0a;
const BLOCK = 65_536;
/** More bytes than the first line of a boot may have. */
const LONGEST_BOOT_LINE = 8192;

/** The likely reason, or what would help, by errno. */
const ADVICE: Readonly<Record<string, string>> = {
  ENOENT: 'it was removed, or the machine writes another',
  EACCES: 'read it as root, or as its owner',
};

function openRegular(path: string): number {
  try {
    // O_NONBLOCK: a FIFO must be refused, not waited for.
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (fstatSync(fd).isFile()) return fd;
    closeSync(fd);
  } catch (error) {
    const code = errnoName(negativeErrno(error));
    const advice = ADVICE[code];
    throw new ObservingError(`the log ${shellWord(path)} ${whyNot(code)}${advice === undefined ? '' : `: ${advice}`}`);
  }
  throw new ObservingError(`the log ${shellWord(path)} is not a regular file: what was written there cannot be read again`);
}

/** Where the last boot begins in a log, searched from the end; 0 if there is none. `read` reads bytes from a position on. */
export function lastBoot(read: (position: number, length: number) => Buffer, size: number): number {
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - BLOCK);
    const bytes = read(start, Math.min(size, end + LONGEST_BOOT_LINE) - start);
    for (let at = bytes.lastIndexOf(BOOT_BEGINS); at >= 0; at = at === 0 ? -1 : bytes.lastIndexOf(BOOT_BEGINS, at - 1)) {
      const begin = bytes.lastIndexOf(NEWLINE, at) + 1;
      // A line that begins before these bytes is complete in the bytes before them.
      if (begin === 0 && start > 0) break;
      const stop = bytes.indexOf(NEWLINE, at);
      const line = bytes.subarray(begin, stop < 0 ? bytes.length : stop);
      if (isBootLine(readPrintedLine(line.toString('utf8')))) return start + begin;
    }
    end = start;
  }
  return 0;
}

/**
 * The lines of a log file as they are written, also after rotations. A new file with its name is read once it has content; the old one is
 * read to its end first.
 */
export class LogTail {
  readonly path: string;
  #fd: number;
  #position = 0;
  /** The beginning of a line without an end so far. */
  #begun: Buffer = Buffer.alloc(0);

  /** @throws ObservingError if it cannot be read */
  constructor(path: string) {
    this.path = path;
    this.#fd = openRegular(path);
  }

  /** Moves to where the last boot begins. */
  toLastBoot(): void {
    this.#position = lastBoot((position, length) => this.#read(position, length), fstatSync(this.#fd).size);
  }

  /** The complete lines that are there now, without their newlines. */
  *lines(): Generator<string> {
    for (;;) {
      yield* this.#linesOfThis();
      const next = this.#successor();
      if (next === undefined) return;
      // The writer of the old file has written its last line.
      yield* this.#linesOfThis();
      yield* this.rest();
      closeSync(this.#fd);
      this.#fd = next;
      this.#position = 0;
    }
  }

  /** The part of a last line that never got its newline. */
  *rest(): Generator<string> {
    if (this.#begun.length > 0) yield this.#begun.toString('utf8');
    this.#begun = Buffer.alloc(0);
  }

  close(): void {
    closeSync(this.#fd);
  }

  *#linesOfThis(): Generator<string> {
    // It was truncated, as logrotate's copytruncate does.
    if (fstatSync(this.#fd).size < this.#position) this.#position = 0;
    for (let bytes = this.#read(this.#position, BLOCK); bytes.length > 0; bytes = this.#read(this.#position, BLOCK)) {
      this.#position += bytes.length;
      const all = this.#begun.length === 0 ? bytes : Buffer.concat([this.#begun, bytes]);
      let begin = 0;
      for (let end = all.indexOf(NEWLINE); end >= 0; end = all.indexOf(NEWLINE, begin)) {
        yield all.toString('utf8', begin, end);
        begin = end + 1;
      }
      this.#begun = all.subarray(begin);
    }
  }

  /** Opens the file that replaced this one, once it has content. Until then the machine may still write to the old one. */
  #successor(): number | undefined {
    const there = statSync(this.path, { throwIfNoEntry: false });
    const own = fstatSync(this.#fd);
    if (there === undefined || there.size === 0 || !there.isFile() || (there.ino === own.ino && there.dev === own.dev)) return undefined;
    return openRegular(this.path);
  }

  #read(position: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    return bytes.subarray(0, readSync(this.#fd, bytes, 0, length, position));
  }
}
