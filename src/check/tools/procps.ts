import { ERRNO } from '../../abi/errno.ts';
import { matchPaths } from '../glob.ts';
import { addLine, type Assignment, type BadLine, isGlob, type LineRules, type ParsedFile, pathOfName, type Placed, type PlannedWrite } from '../settings.ts';
import type { SysctlTree } from '../sysctl-tree.ts';
import type { Attempt, Tool } from './tool.ts';

/** What isspace() takes for a space in the locale of a C program. */
const LEADING = /^[ \t\n\v\f\r]+/;
const TRAILING = /[ \t\n\v\f\r]+$/;

/**
 * sysctl(8) of procps-ng 4: `sysctl --system`, and `sysctl -p FILE…`. Each line is written in turn, also if a later one sets the same name. Sources:
 * src/sysctl.c and local/procio.c of procps-ng 4.0.2.
 */
export const PROCPS: Tool = {
  name: 'procps',
  command: 'sysctl --system',
  comm: 'sysctl',
  readsSysctlConf: true,
  missesFiles: true,
  readsHidden: true,
  parse,
  plan,
  write,
};

/** Preload() and parse_setting_line() (src/sysctl.c). */
function parse(text: string): ParsedFile {
  const assignments: Assignment[] = [];
  const bad: BadLine[] = [];
  let line = 0;
  for (let at = 0; at < text.length;) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    // A C string ends at a NUL.
    const [raw = ''] = text.slice(at, end).split('\0', 1);
    at = end + 1;
    line += 1;
    const content = raw.replace(LEADING, '');
    // The newline counts here: if the last line of the file is one character without a newline, nothing is read of it.
    if (content.length + (newline < 0 || content === '' ? 0 : 1) < 2 || content.startsWith('#') || content.startsWith(';')) continue;
    addLine({ assignments, bad }, line, content, LINE_RULES);
  }
  return { assignments, bad };
}

const LINE_RULES: LineRules = {
  name: strippedEnd,
  value: (text) => strippedEnd(text.replace(LEADING, '')),
  path: (name) => pathOfName(name.replace(/^-/, '')),
};

/** rstrip(): a text of spaces only keeps its first one. */
function strippedEnd(text: string): string {
  const stripped = text.replace(TRAILING, '');
  return stripped === '' ? text.slice(0, 1) : stripped;
}

/** write_setting_list(): globs leave out what has a line of its own. */
function plan(given: readonly Placed[], tree: SysctlTree): readonly PlannedWrite[] {
  const paths = new Set(given.map(({ path }) => path));
  return given.flatMap((by): PlannedWrite[] => {
    if (by.value === undefined) return [];
    if (!isGlob(by.path)) return [{ by, path: by.path }];
    return matchPaths(by.path, tree, 'sorted').filter((path) => !paths.has(path)).map((path) => ({ by, path }));
  });
}

/** WriteSetting(), and proc_write() (local/procio.c): one write, and a second like it when the first is EINVAL. */
function write(tree: SysctlTree, path: string, value: string): Attempt {
  const mode = tree.mode(path);
  if (mode < 0) return { result: 'failed', errno: -mode };
  if ((mode & 0o200) === 0) return { result: 'failed', errno: ERRNO.EACCES };
  const refused = tree.open(path, { read: false, write: true });
  if (refused < 0) return { result: 'failed', errno: -refused };
  const line = `${value}\n`;
  const first = tree.write(path, 0, line);
  const written = first === -ERRNO.EINVAL ? tree.write(path, 0, line) : first;
  return written < 0 ? { result: 'failed', errno: -written } : { result: 'written' };
}
