import { accessSync, closeSync, constants, openSync, readSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { PlainError } from '../../../abi/plain-error.ts';
import { foreignAt } from '../../../daemon/trusted-path.ts';
import { UsageError } from '../../exit-status.ts';
import { identity, STDIN } from './inputs.ts';
import { reason } from '../../read-file.ts';

/** A file could not be written. The message has the file and the reason. */
export class WriteError extends PlainError {}

/** A file that an option names as output. */
export interface Output {
  readonly option: '--html' | '--summary';
  readonly path: string;
  /** Its content, in words. */
  readonly kind: string;
}

/** The beginning of a file that may be replaced, because this program wrote it. A page has its title in its first bytes. */
const BEGINNINGS: Readonly<Record<Output['option'], RegExp>> = {
  '--html': /^<!DOCTYPE html>[^]*<title>Memory failures that would have panicked<\/title>/,
  '--summary': /^\{"version":\d+,"crashWindow":/,
};
const BEGINNING_BYTES = 1024;

/** Refuses a path on which another user may have put a link or a file, in a directory where everybody may write. */
function refuseForeign(path: string): void {
  const foreign = foreignAt(resolve(path));
  if (foreign !== undefined) throw new WriteError(`cannot write ${path}: another user has put ${foreign.path} where everybody may write`);
}

/**
 * Fails, before any work is done, if a file certainly cannot be written, or if it would replace something that is no such report. `inputs`:
 * the operands, which are never written.
 * @throws UsageError for what would be lost; WriteError
 */
export function expectReplaceable(outputs: readonly Output[], inputs: readonly string[]): void {
  const read = new Map(inputs.filter((name) => name !== STDIN).map((name) => [identity(name), name]));
  const written = new Map<string, Output>();
  for (const output of outputs) {
    const { option, path } = output;
    expectWritable(path);
    const id = identity(path);
    const input = id === undefined ? undefined : read.get(id);
    if (input !== undefined && !isDevice(path)) throw new UsageError(`${option} ${path} would overwrite ${input}, which is to be read: name another file`);
    const same = written.get(id ?? resolve(path));
    if (same && !isDevice(path)) throw new UsageError(`${same.option} and ${option} both name ${path}: name two files`);
    written.set(id ?? resolve(path), output);
    const wrong = notReplaceable(output);
    if (wrong !== undefined) throw new UsageError(wrong);
  }
}

function isDevice(path: string): boolean {
  const there = statSync(path, { throwIfNoEntry: false });
  return there !== undefined && !there.isFile();
}

/** Why an existing file must not be replaced. Undefined if it is a report of the same kind, empty, or missing. */
function notReplaceable({ option, path, kind }: Output): string | undefined {
  const there = statSync(path, { throwIfNoEntry: false });
  if (!there?.isFile() || there.size === 0) return undefined;
  const begins = attempt(path, () => beginning(path));
  return BEGINNINGS[option].test(begins) ? undefined : `${option} ${path} would overwrite a file that is not ${kind} of this program: name another file`;
}

function beginning(path: string): string {
  const descriptor = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(BEGINNING_BYTES);
    return bytes.toString('utf8', 0, readSync(descriptor, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(descriptor);
  }
}

/** Fails if a file certainly cannot be written. @throws WriteError */
export function expectWritable(path: string): void {
  refuseForeign(path);
  attempt(path, () => {
    const there = statSync(path, { throwIfNoEntry: false });
    if (there?.isDirectory()) throw Object.assign(new Error('it is a directory'), { code: 'EISDIR' });
    accessSync(there && !there.isFile() ? path : dirname(path), constants.W_OK);
  });
}

/**
 * Writes a file whole or not at all: under another name beside it, which is then renamed. A target that is not a regular file, such as
 * /dev/stdout, is written directly. A file that appeared since the start is replaced only if it is a report of the same kind.
 * @throws WriteError
 */
export function writeWhole(output: Output, text: string): void {
  const { path } = output;
  refuseForeign(path);
  if (isDevice(path)) {
    attempt(path, () => { writeFileSync(path, text); });
    return;
  }
  const wrong = notReplaceable(output);
  if (wrong !== undefined) throw new WriteError(wrong);
  // Not named by the pid: another process may have the same one, in a container or on another machine.
  const fresh = `${path}.${Buffer.from(crypto.getRandomValues(new Uint8Array(4))).toString('hex')}.new`;
  // An existing file belongs to another program, and stays.
  const descriptor = attempt(path, () => openSync(fresh, 'wx'));
  try {
    attempt(path, () => {
      try {
        writeFileSync(descriptor, text);
      } finally {
        closeSync(descriptor);
      }
      renameSync(fresh, path);
    });
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined && (error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new WriteError(`cannot write ${path}: ${reason(error)}`);
  }
}
