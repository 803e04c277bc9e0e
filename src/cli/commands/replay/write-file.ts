import { randomBytes } from 'node:crypto';
import { accessSync, closeSync, constants, openSync, readSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { foreignAt } from '../../../daemon/trusted-path.ts';
import { UsageError } from '../../exit-status.ts';
import { identity, STDIN } from './inputs.ts';
import { reason } from '../../read-file.ts';

/** A file could not be written; the message says which and why. */
export class WriteError extends Error {}

/** A file that an option says to write. */
export interface Output {
  readonly option: '--html' | '--summary';
  readonly path: string;
  /** What it holds, in words. */
  readonly kind: string;
}

/** How a file begins that may be replaced, one of which this program wrote. The page has its title in its first bytes. */
const BEGINNINGS: Readonly<Record<Output['option'], RegExp>> = {
  '--html': /^<!DOCTYPE html>[^]*<title>Memory failures that would have panicked<\/title>/,
  '--summary': /^\{"version":\d+,"crashWindow":/,
};
const BEGINNING_BYTES = 1024;

/** In a directory where everybody may write, another user may have put something for us to write to. */
function refuseForeign(path: string): void {
  const foreign = foreignAt(resolve(path));
  if (foreign !== undefined) throw new WriteError(`cannot write ${path}: another user has put ${foreign.path} where everybody may write`);
}

/**
 * Fails before any work is done where a file could surely not be written in the end, or would replace something that is no such report.
 * `inputs`: operands, none of which is ever written to.
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

/** Why the file that is there is not to be replaced; undefined if it is a report of the same kind, is empty, or is not there. */
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

/** Fails where a file could surely not be written. @throws WriteError */
export function expectWritable(path: string): void {
  refuseForeign(path);
  attempt(path, () => {
    const there = statSync(path, { throwIfNoEntry: false });
    if (there?.isDirectory()) throw Object.assign(new Error('it is a directory'), { code: 'EISDIR' });
    accessSync(there && !there.isFile() ? path : dirname(path), constants.W_OK);
  });
}

/**
 * Writes a file whole or not at all: beside its place, and then into it. What is no regular file, such as /dev/stdout, is written to as it is.
 * A file that came to its place since the start is replaced only if it is a report of the same kind.
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
  // Not by the pid: another process may have the same one, in a container or on another machine.
  const fresh = `${path}.${randomBytes(4).toString('hex')}.new`;
  // What is there already is another program's: it stays.
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
