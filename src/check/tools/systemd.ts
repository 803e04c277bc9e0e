import { ERRNO } from '../../abi/errno.ts';
import { expandBraces, matchPaths } from '../glob.ts';
import { addLine, type Assignment, type BadLine, isGlob, type ParsedFile, pathOfName, type Placed, type PlannedWrite } from '../settings.ts';
import type { SysctlTree } from '../sysctl-tree.ts';
import type { Attempt, Tool } from './tool.ts';

/** LONG_LINE_MAX (src/basic/fileio.h): a longer line ends the reading of the file. */
const LONGEST_LINE = 1024 * 1024;
/** WHITESPACE (src/fundamental/string-util-fundamental.h). */
const BLANKS = ' \\t\\n\\r';
const LEADING = new RegExp(`^[${BLANKS}]+`);
const TRAILING = new RegExp(`[${BLANKS}]+$`);

/** NAME_MAX, and PATH_MAX with the NUL at its end. */
const LONGEST_NAME = 255;
const LONGEST_PATH = 4095;

/**
 * systemd-sysctl. Of several lines that set one name, the last counts: it takes the place of the others, at its own place in the order. But one
 * that repeats the value changes nothing. Sources: src/sysctl/sysctl.c, src/basic/sysctl-util.c, src/basic/fileio.c of systemd 252 (Debian 12);
 * those of 255 do the same.
 */
export const SYSTEMD: Tool = {
  name: 'systemd',
  command: 'systemd-sysctl',
  comm: 'systemd-sysctl',
  readsSysctlConf: false,
  missesFiles: false,
  readsHidden: false,
  expandsGlobs: true,
  excludesGlobs: false,
  parse,
  plan,
  write,
};

/** parse_file() (src/sysctl/sysctl.c). */
function parse(text: string): ParsedFile {
  const assignments: Assignment[] = [];
  const bad: BadLine[] = [];
  let line = 0;
  for (const raw of lines(text)) {
    line += 1;
    if (raw.length >= LONGEST_LINE) {
      bad.push({ line, text: raw, message: 'the line has 1 MiB or more, and systemd-sysctl reads no further: make it shorter' });
      break;
    }
    const content = strip(raw);
    if (content === '' || content.startsWith('#') || content.startsWith(';')) continue;
    addLine({ assignments, bad }, line, content, { name: strip, value: strip, path: normalize });
  }
  return { assignments, bad };
}

/**
 * The lines of a text without what ends them: a newline, a carriage return, a NUL, or one of these after another. Mirrors read_line_full()
 * (src/basic/fileio.c).
 */
function* lines(text: string): Generator<string> {
  const end = /\r\n\0?|\n\r\0?|\n\0?|\r\0?|\0/g;
  let at = 0;
  for (let found = end.exec(text); found !== null; found = end.exec(text)) {
    yield text.slice(at, found.index);
    at = end.lastIndex;
  }
  if (at < text.length) yield text.slice(at);
}

function strip(text: string): string {
  return text.replace(LEADING, '').replace(TRAILING, '');
}

/** sysctl_normalize() (src/basic/sysctl-util.c). */
function normalize(name: string): string {
  const simple = simplify(pathOfName(name));
  return simple.length > 1 && simple.startsWith('/') ? simple.slice(1) : simple;
}

/**
 * The path without needless slashes and dots: `//a/./b/` is `/a/b`. From a name that is too long on it stays as it is. Mirrors
 * path_simplify() (src/basic/path-util.c).
 */
function simplify(path: string): string {
  if (path === '') return path;
  const parts = path.split('/');
  const tooLong = parts.findIndex(({ length }) => length > LONGEST_NAME);
  const end = tooLong < 0 ? parts.length : tooLong;
  const names = [...parts.slice(0, end).filter((name) => name !== '' && name !== '.'), ...parts.slice(end)];
  return `${path.startsWith('/') ? '/' : ''}${names.join('/')}` || '.';
}

/** apply_all(), and apply_glob_option_with_prefix(), which leaves out what has a line of its own. */
function plan(given: readonly Placed[], tree: SysctlTree): readonly PlannedWrite[] {
  const options = new Map<string, Placed>();
  for (const each of given) {
    const known = options.get(each.path);
    if (known !== undefined && known.value === each.value) {
      if (each.tolerant && !known.tolerant) options.set(each.path, { ...known, tolerant: true });
      continue;
    }
    options.delete(each.path);
    options.set(each.path, each);
  }
  return [...options.values()].flatMap((by): PlannedWrite[] => {
    if (by.value === undefined) return [];
    if (!isGlob(by.path)) return [{ by, path: by.path }];
    const found = expandBraces(by.path).flatMap((pattern) => matchPaths(pattern, tree, 'unsorted'));
    // GLOB_NOCHECK: a glob without a match stands for itself.
    const paths = found.length > 0 ? found : [by.path];
    return paths.filter((path) => !options.has(path)).map((path) => ({ by, path }));
  });
}

/** sysctl_write(): the file is read first, and a value that it shows already is not written. */
function write(tree: SysctlTree, path: string, value: string): Attempt {
  const whole = simplify(`/proc/sys/${path}`);
  if (!isNormalized(whole)) return { result: 'failed', errno: ERRNO.EINVAL };
  const simple = whole.slice('/proc/sys/'.length);
  const attempt = writeLine(tree, simple, value);
  if (attempt.result !== 'failed') return attempt;
  // verify_file(): the failure does not matter if the file has the value.
  const shown = tree.read(simple);
  return shown === value || shown === `${value}\n` ? { result: 'kept' } : attempt;
}

function writeLine(tree: SysctlTree, path: string, value: string): Attempt {
  const refused = tree.open(path, { read: true, write: true });
  if (refused < 0) return { result: 'failed', errno: -refused, ...(refused === -ERRNO.EACCES && { asks: 'read-write' }) };
  const shown = tree.read(path);
  if (typeof shown === 'string' && shown.length <= value.length + 1 && withoutNewlines(shown) === withoutNewlines(value)) return { result: 'kept' };
  const line = value.endsWith('\n') ? value : `${value}\n`;
  // stdio writes on after a short write.
  for (let at = 0; at < line.length;) {
    const written = tree.write(path, at, line.slice(at));
    if (written < 0) return { result: 'failed', errno: -written };
    if (written === 0) return { result: 'failed', errno: ERRNO.EIO };
    at += written;
  }
  return { result: 'written' };
}

function withoutNewlines(text: string): string {
  return text.replace(/[\r\n]+$/, '');
}

/** path_is_normalized() of a path that path_simplify() has changed. */
function isNormalized(path: string): boolean {
  return path.length <= LONGEST_PATH && path.split('/').every((name) => name !== '..' && name.length <= LONGEST_NAME);
}
