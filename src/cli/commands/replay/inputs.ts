import { lstatSync, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { byName } from '../../../replay/summary/summary.ts';
import { reason } from '../../read-file.ts';
import { UsageError } from '../../exit-status.ts';

/** Something to read: a path that was given, or that was found in such a directory; `-` is standard input. */
export interface Input {
  readonly name: string;
  /** Size in bytes and time of the last change, ms. Undefined if it is not a regular file. */
  readonly size?: number;
  readonly changed?: number;
}

export const STDIN = '-';

/** The inputs, and how much below the directories cannot be read. */
export interface FoundInputs {
  readonly inputs: readonly Input[];
  /** Directories that cannot be read, and entries that are neither a file, nor a directory, nor a link to something that is read anyway. */
  readonly unreadable: number;
}

/**
 * The inputs for some names, each once, sorted by name. A directory stands for all files below it, except `outputs`, which this run will
 * replace. `complain` gets a line for everything that cannot be read.
 * @throws UsageError for a name that does not exist
 */
export function findInputs(names: readonly string[], complain: (line: string) => void, outputs: readonly string[] = []): FoundInputs {
  const walk = new Walk(complain, outputs);
  for (const name of names) walk.operand(name);
  const byNames = new Map(walk.inputs.map((input) => [input.name, input]));
  return { inputs: [...byNames.values()].sort((a, b) => byName(a.name, b.name)), unreadable: walk.unreadable };
}

class Walk {
  readonly inputs: Input[] = [];
  unreadable = 0;
  readonly #complain: (line: string) => void;
  readonly #outputs: ReadonlySet<string>;

  constructor(complain: (line: string) => void, outputs: readonly string[]) {
    this.#complain = complain;
    this.#outputs = new Set(outputs.map((path) => identity(path)).filter((id) => id !== undefined));
  }

  operand(name: string): void {
    if (name === STDIN) {
      this.inputs.push({ name });
      return;
    }
    let status;
    let top = name;
    try {
      status = statSync(name);
      // Not for a pipe, such as bash's <(…): it has no such path.
      if (status.isDirectory()) top = realpathSync(name);
    } catch (error) {
      throw new UsageError(`cannot read ${name}: ${reason(error)}`);
    }
    if (status.isDirectory()) this.#directory(name, top);
    else this.inputs.push(fileInput(name, status));
  }

  /** `top`: the real path of the operand that it is in. */
  #directory(directory: string, top: string): void {
    const names = this.#attempt(directory, () => readdirSync(directory)) ?? [];
    for (const name of names) {
      const path = join(directory, name);
      this.#attempt(path, () => { this.#entry(path, top); });
    }
  }

  #entry(path: string, top: string): void {
    if (path.includes('\uFFFD')) throw new Unreadable('its name is not UTF-8');
    const status = lstatSync(path);
    if (status.isDirectory()) this.#directory(path, top);
    else if (status.isSymbolicLink()) this.#link(path, top);
    else this.#file(path, status);
  }

  /** A link to something below the same operand is ignored: it is found anyway, and circles are avoided. Elsewhere only files are read. */
  #link(path: string, top: string): void {
    const target = realpathSync(path);
    if (target === top || target.startsWith(top === '/' ? top : `${top}/`)) return;
    const status = statSync(path);
    if (status.isDirectory()) throw new Unreadable(`it is a link to the directory ${target}: name that as well`);
    this.#file(path, status);
  }

  #file(path: string, status: Stats): void {
    if (!status.isFile()) throw new Unreadable('it is not a file: name it to read it');
    if (!this.#outputs.has(identityOf(status))) this.inputs.push(fileInput(path, status));
  }

  #attempt<T>(path: string, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Unreadable) && (error as NodeJS.ErrnoException).syscall === undefined) throw error;
      this.unreadable += 1;
      this.#complain(`cannot read ${path}: ${reason(error)}`);
      return undefined;
    }
  }
}

/** Something in a directory is not read. The message has the reason. */
class Unreadable extends Error {}

/** The identity of a file, whatever its name. Undefined if there is none. */
export function identity(path: string): string | undefined {
  const status = statSync(path, { throwIfNoEntry: false });
  return status && identityOf(status);
}

function identityOf({ dev, ino }: Stats): string {
  return `${dev}:${ino}`;
}

function fileInput(name: string, status: Stats): Input {
  return status.isFile() ? { name, size: status.size, changed: status.mtimeMs } : { name };
}
