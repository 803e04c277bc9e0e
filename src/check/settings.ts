/** What one line of a sysctl.d file says. Texts hold one byte a character (Latin-1), as the values of sysctls do. */
export interface Assignment {
  readonly line: number;
  /** The name as it is written, without the `-` before it. */
  readonly name: string;
  /** The path below /proc/sys that the tool makes of the name. It may be a glob. */
  readonly path: string;
  /** Absent: the line is `-NAME` without a value. It keeps globs away from NAME. */
  readonly value: string | undefined;
  /** Whether a `-` before the name says that a failure does not matter. */
  readonly tolerant: boolean;
}

/** A line that the tool ignores, and what would be right. */
export interface BadLine {
  readonly line: number;
  readonly text: string;
  readonly message: string;
}

/** A file as one of the tools reads it. */
export interface ParsedFile {
  readonly assignments: readonly Assignment[];
  readonly bad: readonly BadLine[];
}

/** How a tool cleans what stands on both sides of the `=`, and which path it makes of the cleaned name. */
export interface LineRules {
  readonly name: (text: string) => string;
  readonly value: (text: string) => string;
  readonly path: (name: string) => string;
}

/**
 * Adds a line that is neither empty nor a comment, without the blanks before it, to the content of a file. Both tools split these lines in
 * the same way.
 */
export function addLine(to: { readonly assignments: Assignment[]; readonly bad: BadLine[] }, line: number, content: string, rules: LineRules): void {
  const dashed = content.startsWith('-');
  const equals = content.indexOf('=');
  if (equals < 0 && !dashed) {
    to.bad.push({ line, text: content, message: 'it is not an assignment: write NAME = VALUE, or -NAME to keep globs away from NAME' });
    return;
  }
  const name = rules.name(content.slice(dashed ? 1 : 0, equals < 0 ? undefined : equals));
  const value = equals < 0 ? undefined : rules.value(content.slice(equals + 1));
  to.assignments.push({ line, name, path: rules.path(name), value, tolerant: dashed && value !== undefined });
}

/** The lines that all files together apply, in order: each with its file, an index into the list of files. */
export interface Placed extends Assignment {
  readonly file: number;
}

/** A write that a tool attempts: the line it comes from, and the path below /proc/sys. Of a glob, there is one for each match. */
export interface PlannedWrite {
  readonly by: Placed;
  readonly path: string;
}

/** Characters that make a name a glob, to both tools. */
const GLOB_CHARACTERS = /[*?[]/;

export function isGlob(path: string): boolean {
  return GLOB_CHARACTERS.test(path);
}

const SWAPPED: Readonly<Record<string, string>> = { '/': '.', '.': '/' };

/**
 * The path of a name. The first of its separators decides: with a slash it is a path already, with a dot all dots and slashes
 * change places. So do sysctl_normalize() of systemd and slashdot() of procps.
 */
export function pathOfName(name: string): string {
  const first = /[/.]/.exec(name)?.[0];
  return first === '.' ? name.replace(/[/.]/g, (separator) => SWAPPED[separator] ?? separator) : name;
}
