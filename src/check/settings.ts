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

/** A line that the tool passes over, and what would be right. */
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
