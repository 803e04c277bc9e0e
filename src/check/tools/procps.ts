import { ERRNO } from '../../abi/errno.ts';
import { fnmatch, matchPaths } from '../glob.ts';
import { addLine, type Assignment, type BadLine, isGlob, type LineRules, type ParsedFile, pathOfName, type Placed, type PlannedWrite } from '../settings.ts';
import type { SysctlTree } from '../sysctl-tree.ts';
import type { Attempt, Tool } from './tool.ts';

/** What isspace() takes for a space in the locale of a C program. */
const LEADING = /^[ \t\n\v\f\r]+/;
const TRAILING = /[ \t\n\v\f\r]+$/;

/** What all releases have in common. */
const COMMON = { comm: 'sysctl', readsSysctlConf: true, missesFiles: true, readsHidden: true } as const;

/**
 * sysctl(8) of procps-ng 4: `sysctl --system`, and `sysctl -p FILE…`. Each line is written in turn, also if a later one sets the same name. Sources:
 * src/sysctl.c and local/procio.c of procps-ng 4.0.2 (Debian 12) and 4.0.4 (Debian 13), which differ in texts alone.
 */
export const PROCPS: Tool = {
  ...COMMON, name: 'procps', command: 'sysctl --system', expandsGlobs: true, excludesGlobs: false, parse, write,
  plan: (given, tree) => {
    const own = new Set(given.map(({ path }) => path));
    return plan(given, tree, (path) => own.has(path));
  },
};

/**
 * The releases from 4.0.5 on, as Ubuntu has had since 25.04: a line `-NAME` may be a glob. Source: settinglist_findpath() (src/sysctl.c) of
 * procps-ng 4.0.6. Its exit status is 1 for read-only files too.
 */
export const PROCPS_4_0_5: Tool = {
  ...PROCPS, name: 'procps-4.0.5', command: 'sysctl --system (procps 4.0.5)', excludesGlobs: true,
  plan: (given, tree) => {
    const excluded = given.filter(({ path, value }) => value === undefined && isGlob(path)).map(({ path }) => fnmatch(path));
    const own = new Set(given.map(({ path }) => path));
    return plan(given, tree, (path) => own.has(path) || excluded.some((matches) => matches(path)));
  },
};

/**
 * The releases up to 3.3.17, as Debian 11, Ubuntu 22.04 and Red Hat Enterprise Linux 9 have: no globs, no lines without a value, and none that
 * is empty. Sources: sysctl.c and procio.c of procps-ng 3.3.17. Before 3.3.17, /run/sysctl.d hides /etc/sysctl.d; before 3.3.16, a `-` is a part
 * of the name.
 */
export const PROCPS_3_3: Tool = {
  ...COMMON, name: 'procps-3.3', command: 'sysctl --system (procps 3.3)', expandsGlobs: false, excludesGlobs: false, parse: parse33, write: write33,
  plan: (given) => given.filter(({ path }) => !isGlob(path)).map((by) => ({ by, path: by.path })),
};

/** The lines of a text, as getline(3) reads them into a C string, which ends at a NUL: without the newline, and whether there is one. */
function* linesOf(text: string): Generator<readonly [raw: string, newline: boolean]> {
  for (let at = 0; at < text.length;) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    const [raw = ''] = text.slice(at, end).split('\0', 1);
    yield [raw, newline >= 0];
    at = end + 1;
  }
}

/** Preload() and parse_setting_line() (src/sysctl.c). */
function parse(text: string): ParsedFile {
  const assignments: Assignment[] = [];
  const bad: BadLine[] = [];
  let line = 0;
  for (const [raw, newline] of linesOf(text)) {
    line += 1;
    const content = raw.replace(LEADING, '');
    // The newline counts here: if the last line of the file is one character without a newline, nothing is read of it.
    if (content.length + (newline && content !== '' ? 1 : 0) < 2 || content.startsWith('#') || content.startsWith(';')) continue;
    addLine({ assignments, bad }, line, content, LINE_RULES);
  }
  return { assignments, bad };
}

/** Preload() of 3.3, and what of WriteSetting() takes a line apart. */
function parse33(text: string): ParsedFile {
  const assignments: Assignment[] = [];
  const bad: BadLine[] = [];
  let line = 0;
  for (const [raw] of linesOf(text)) {
    line += 1;
    const content = raw.replace(/[ \t\n\r]+$/, '').replace(/^[ \t]+/, '');
    if (content.length < 2 || content.startsWith('#') || content.startsWith(';')) continue;
    // A fault of it: where no blank stands before the name, the `=` that it puts behind the name is where strtok(3) goes on to read the value.
    const nameAlone = raw.startsWith(content) && !content.includes('=');
    if (nameAlone) bad.push({ line, text: content, message: "it has no value, and procps 3.3 writes '=': write NAME = VALUE, or leave it out" });
    // strtok(3) passes over delimiters at the begin.
    const [, written = '', after = ''] = nameAlone ? ['', content, '='] : /^=*([^=]+)=[\n\r]*([^\n\r]+)/.exec(content) ?? [];
    if (after === '') {
      bad.push({ line, text: content, message: 'it is not an assignment: write NAME = VALUE; procps 3.3 takes no empty value' });
      continue;
    }
    const whole = written.replace(/[ \t\n\r]+$/, '') || written.slice(0, 1);
    const tolerant = whole.startsWith('-');
    const name = tolerant ? whole.slice(1) : whole;
    assignments.push({ line, name, path: pathOfName(name), value: after.replace(/^[ \t]+/, ''), tolerant });
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

/** write_setting_list(): globs leave out what has a line of its own, or is excluded. */
function plan(given: readonly Placed[], tree: SysctlTree, leftOut: (path: string) => boolean): readonly PlannedWrite[] {
  return given.flatMap((by): PlannedWrite[] => {
    if (by.value === undefined) return [];
    if (!isGlob(by.path)) return [{ by, path: by.path }];
    return matchPaths(by.path, tree, 'sorted').filter((path) => !leftOut(path)).map((path) => ({ by, path }));
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

/** Last parts of names that the kernel has replaced by others, in milliseconds: DEPRECATED (sysctl.c). Releases from 4.0.0 on list them no more, and set them. */
const DEPRECATED: readonly string[] = ['base_reachable_time', 'retrans_time'];

/** WriteSetting() of 3.3, which leaves deprecated names out. */
function write33(tree: SysctlTree, path: string, value: string): Attempt {
  const last = path.slice(path.lastIndexOf('/') + 1);
  if (path.includes('/') && DEPRECATED.includes(last)) return { result: 'left-out', why: `procps 3.3 does not set ${last}, since it is deprecated: set ${last}_ms` };
  return write(tree, path, value);
}
