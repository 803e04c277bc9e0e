// What vmsysctld check needs of the host: its options, and the files of each machine. The folder may import what its parent may. Start at
// findConfigSets() below; options.ts has the options.
import { accessSync, closeSync, constants, fstatSync, openSync, readdirSync, readlinkSync, readSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { whyNot } from '../../../abi/errno-words.ts';
import { shellWord } from '../../../abi/printable.ts';
import { MOST_BYTES } from '../../../check/check.ts';
import { type ConfigFile, placeOf, SEARCH_PATH, SYSCTL_CONF } from '../../../check/files.ts';
import { reason } from '../../read-file.ts';
import { UsageError } from '../../exit-status.ts';

/** The files of one machine: where they are, before they are read. */
export interface ConfigSet {
  /** The host that they are of, where there are several. */
  readonly host?: string;
  readonly sources: readonly Source[];
}

type Source = Pick<ConfigFile, 'path' | 'place'> & {
  /** A directory that could not be read, and why. */
  readonly unreadable?: string;
  /** Where links with absolute paths begin, if that is not `/`. */
  readonly root?: string;
};

export interface Asked {
  readonly operands: readonly string[];
  readonly root: string | undefined;
  readonly hostFromPath: boolean;
}

const STDIN = '-';
const CONF = '.conf';
/** MAXSYMLINKS (include/linux/namei.h). */
const MOST_LINKS = 40;
/** Directories below one another, when hosts are looked for. */
const DEEPEST = 16;

/** The files that operands name, machine by machine. @throws UsageError for an operand that does not exist or that has no files */
export function* findConfigSets({ operands, root, hostFromPath }: Asked): Generator<ConfigSet> {
  if (operands.length === 0) {
    yield { sources: standardSources(root ?? '/', root) };
    return;
  }
  if (root !== undefined) throw new UsageError('--root says where the directories of a machine are: leave it out where files are named');
  if (hostFromPath) yield* hosts(operands);
  else yield { sources: oneMachine(operands) };
}

function statOf(operand: string): Stats | undefined {
  if (operand === STDIN) return undefined;
  try {
    return statSync(operand);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A link that leads to itself exists, but cannot be read.
    if (code === 'ELOOP') return undefined;
    throw new UsageError(`cannot read ${shellWord(operand)}: ${reason(error)}`);
  }
}

/** Operands that are all of one machine: directories as a search path, the first of which hides what others have; then files, in order. */
function oneMachine(operands: readonly string[]): Source[] {
  const directories = operands.filter((operand) => statOf(operand)?.isDirectory() === true);
  const roots = directories.filter(isRoot);
  const [root] = roots;
  if (root !== undefined && directories.length > 1) {
    throw new UsageError(`${shellWord(root)} is the root of a machine, and so is alone: give --host-from-path to check several`);
  }
  const files = operands.filter((operand) => !directories.includes(operand));
  return [
    ...directories.flatMap((directory, place) => {
      if (isRoot(directory)) return standardSources(directory, directory);
      const found = directoryFiles(directory, place);
      if (found.length > 0) return found;
      throw new UsageError(`${shellWord(directory)} has no sysctl.d files: name a directory with files NAME.conf, or with etc/sysctl.d in it; for one of hosts, give --host-from-path`);
    }),
    ...files.map((path): Source => ({ path, place: 'named' })),
  ];
}

/** The machines of a fleet: one for each directory with such files, and one for files of one directory that are named. */
function* hosts(operands: readonly string[]): Generator<ConfigSet> {
  const named = new Map<string, Source[]>();
  for (const operand of operands) {
    if (statOf(operand)?.isDirectory() === true) {
      yield* hostsIn(operand, operand, 0);
      continue;
    }
    const place = placeOf(operand);
    const levels = place === 'named' ? 1 : place === 'sysctl.conf' ? 2 : (SEARCH_PATH[place] ?? '').split('/').length + 1;
    const host = Array.from({ length: levels }).reduce<string>((path) => dirname(path), operand);
    named.set(host, [...(named.get(host) ?? []), { path: operand, place }]);
  }
  for (const [host, sources] of named) yield { host, sources };
}

function* hostsIn(directory: string, top: string, depth: number): Generator<ConfigSet> {
  const host = relative(top, directory) || basename(resolve(directory));
  if (isRoot(directory)) {
    yield { host, sources: standardSources(directory, directory) };
    return;
  }
  const files = directoryFiles(directory, 0);
  if (files.length > 0) yield { host, sources: files };
  if (depth >= DEEPEST || files.some(({ path }) => path === directory)) return;
  for (const { name, ...entry } of entriesOf(directory) ?? []) {
    if (entry.directory && name !== 'sysctl.d' && !name.startsWith('.')) yield* hostsIn(join(directory, name), top, depth + 1);
  }
}

/** Whether a directory is the root of a machine, or a copy of its files. One that cannot be searched is none: it is unreadable itself. */
function isRoot(directory: string): boolean {
  try {
    accessSync(directory, constants.X_OK);
  } catch {
    return false;
  }
  return [...SEARCH_PATH, SYSCTL_CONF].some((path) => mayExist(join(directory, path)));
}

/** Whether something is at a path, or may be: a link in a circle, or what this user cannot look at. Reading it says why it is unreadable. */
function mayExist(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true;
  }
}

/** The files of a machine: those in the standard directories, and /etc/sysctl.conf. */
function standardSources(directory: string, root: string | undefined): Source[] {
  const sources = SEARCH_PATH.flatMap((path, place) => configFiles(join(directory, path), place));
  const conf = join(directory, SYSCTL_CONF);
  const all = !mayExist(conf) ? sources : [...sources, { path: conf, place: 'sysctl.conf' } as const];
  return root === undefined ? all : all.map((source) => ({ ...source, root }));
}

/** The files of a directory that is not a root, and of the sysctl.d in it. */
function directoryFiles(directory: string, place: number): Source[] {
  const files = configFiles(directory, place);
  return files.some(({ path }) => path === directory) ? files : [...files, ...configFiles(join(directory, 'sysctl.d'), place)];
}

/** The sysctl.d files of a directory. None if there is no such directory. */
function configFiles(directory: string, place: number): Source[] {
  try {
    const names = (entriesOf(directory) ?? []).filter(({ name, directory: isDirectory }) => name.endsWith(CONF) && name !== CONF && !isDirectory);
    return names.map(({ name }) => ({ path: join(directory, name), place }));
  } catch (error) {
    return [{ path: directory, place: 'named', unreadable: reason(error).replace(/^it /, '') }];
  }
}

/** The names in a directory, sorted. Undefined if there is no such directory. */
function entriesOf(directory: string): readonly { readonly name: string; readonly directory: boolean }[] | undefined {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .map((entry) => ({ name: entry.name, directory: entry.isDirectory() }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** Reads a file, up to the greatest length of a configuration. If it cannot be read, the result has the reason. */
export function readSource({ path, place, unreadable, root }: Source, standardInput: Uint8Array): ConfigFile {
  if (unreadable !== undefined) return { path, place, unreadable };
  try {
    if (path === STDIN) return { path, place, text: latin1(standardInput) };
    const target = root === undefined ? path : chase(path, root);
    // Without waiting for a writer, if it is a FIFO.
    const descriptor = openSync(target, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const status = fstatSync(descriptor);
      const what = whatItIs(status, target);
      if (what !== undefined) return { path, place, unreadable: what };
      return { path, place, text: latin1(readPart(descriptor)), identity: `${status.dev}:${status.ino}` };
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { path, place, missing: true };
    return { path, place, unreadable: code === undefined ? message : whyNot(code) };
  }
}

/**
 * What a path is, if it is not a file to be read; undefined for a file. /dev/null hides the file of the same name, and a pipe of the shell has
 * a number.
 */
function whatItIs(status: Stats, path: string): string | undefined {
  if (status.isFile() || path === '/dev/null' || /^\/(?:dev|proc\/self)\/fd\/\d+$/.test(path)) return undefined;
  if (status.isFIFO()) return 'is a FIFO: a sysctl.d file is a regular file';
  if (status.isDirectory()) return 'is a directory: a sysctl.d file is a regular file';
  return 'is a device or a socket: a sysctl.d file is a regular file';
}

/** Follows the links of a file on another root, where absolute paths begin. /dev/null is the one of this machine. */
function chase(path: string, root: string): string {
  let at = path;
  for (let links = 0; links <= MOST_LINKS; links += 1) {
    let target;
    try {
      target = readlinkSync(at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EINVAL') return at;
      throw error;
    }
    if (target === '/dev/null') return target;
    at = target.startsWith('/') ? join(root, target) : join(dirname(at), target);
  }
  throw Object.assign(new Error('too many links'), { code: 'ELOOP' });
}

/** One byte more than a configuration may have, so that a longer one is noticed. */
function readPart(descriptor: number): Uint8Array {
  const pieces: Buffer[] = [];
  for (let length = 0; length <= MOST_BYTES;) {
    const piece = Buffer.allocUnsafe(Math.min(65_536, MOST_BYTES + 1 - length));
    const read = readSync(descriptor, piece, 0, piece.length, null);
    if (read === 0) break;
    pieces.push(piece.subarray(0, read));
    length += read;
  }
  return Buffer.concat(pieces);
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
