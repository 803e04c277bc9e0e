import { randomBytes } from 'node:crypto';
import { accessSync, closeSync, constants, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { foreignAt } from '../../daemon/trusted-path.ts';
import { whyNot } from './inputs.ts';

/** A file could not be written; the message says which and why. */
export class WriteError extends Error {}

/** In a directory where everybody may write, another user may have put something for us to write to. */
function refuseForeign(path: string): void {
  const foreign = foreignAt(resolve(path));
  if (foreign !== undefined) throw new WriteError(`cannot write ${path}: another user has put ${foreign.path} where everybody may write`);
}

/** Fails before any work is done where a file could surely not be written in the end. @throws WriteError */
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
 * @throws WriteError
 */
export function writeWhole(path: string, text: string): void {
  refuseForeign(path);
  const there = statSync(path, { throwIfNoEntry: false });
  if (there && !there.isFile()) {
    attempt(path, () => { writeFileSync(path, text); });
    return;
  }
  // Not by the pid: another process may have the same one, in a container or on another machine.
  const fresh = `${path}.${randomBytes(4).toString('hex')}.new`;
  attempt(path, () => {
    const fd = openSync(fresh, 'wx');
    // From here on it is this process's own, to be removed when something fails.
    try {
      try {
        writeFileSync(fd, text);
      } finally {
        closeSync(fd);
      }
      renameSync(fresh, path);
    } catch (error) {
      rmSync(fresh, { force: true });
      throw error;
    }
  });
}

function attempt(path: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw new WriteError(`cannot write ${path}: ${whyNot(error)}`);
  }
}
