import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { byName } from '../../replay/summary/summary.ts';
import { UsageError } from '../host.ts';

/** Something to read: a path as it was given, or found in a directory that was; `-` is standard input. */
export interface Input {
  readonly name: string;
  /** Size in bytes and time of the last change, ms; undefined for what is no regular file. */
  readonly size?: number;
  readonly changed?: number;
}

export const STDIN = '-';

/**
 * The inputs that names stand for, in the order of their names, each once: a directory is all regular files below it. What cannot be looked at
 * is told to `complain`, unless it was named itself.
 * @throws UsageError for a name that there is not
 */
export function findInputs(names: readonly string[], complain: (line: string) => void): Input[] {
  const inputs = names.flatMap((name) => (name === STDIN ? [{ name }] : named(name, complain)));
  const byNames = new Map(inputs.map((input) => [input.name, input]));
  return [...byNames.values()].sort((a, b) => byName(a.name, b.name));
}

function named(name: string, complain: (line: string) => void): Input[] {
  let status;
  try {
    status = statSync(name);
  } catch (error) {
    throw new UsageError(`cannot read ${name}: ${whyNot(error)}`);
  }
  return status.isDirectory() ? below(name, complain) : [fileInput(name, status)];
}

/** Links are not followed: they may lead in a circle, and to what is found anyway. */
function below(directory: string, complain: (line: string) => void): Input[] {
  try {
    return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
      const name = join(directory, entry.name);
      if (entry.isDirectory()) return below(name, complain);
      return entry.isFile() ? [fileInput(name, statSync(name))] : [];
    });
  } catch (error) {
    complain(`cannot read ${directory}: ${whyNot(error)}`);
    return [];
  }
}

function fileInput(name: string, status: { isFile(): boolean; readonly size: number; readonly mtimeMs: number }): Input {
  return status.isFile() ? { name, size: status.size, changed: status.mtimeMs } : { name };
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file', EACCES: 'permission denied', EPERM: 'permission denied', EISDIR: 'it is a directory', ENOSPC: 'no space left on the device',
  ENOTDIR: 'part of its path is no directory', ELOOP: 'its links lead in a circle', EROFS: 'the filesystem is read-only',
  ENXIO: 'it is a socket, or a device that is not there',
};

/** Why a system call failed, in words. */
export function whyNot(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return WHY[code] ?? message.replaceAll('\n', ' ');
}
