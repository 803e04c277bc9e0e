import type { LogLevel } from '../../abi/log-level.ts';
import type { LogFormatName } from '../../kernel/printk/log-format.ts';

/** A line of a log: the parts of a record that its format shows. */
export interface PrintedLine {
  readonly text: string;
  /** Microseconds since boot. Absent if the line has no time stamp, for example because its beginning is lost. */
  readonly usec?: number;
  readonly level?: LogLevel;
  /** The number of the facility, as in syslog(3). */
  readonly facility?: number;
  readonly sequence?: number;
}

const STAMP = String.raw`\[ *(?<seconds>\d+)\.(?<micros>\d{6})\]`;
const SYSLOG_HEAD = String.raw`[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ kernel: `;

/** The pattern of a line in each format of `--log-format`. They begin differently, so a line fits at most one. */
const PATTERNS: Readonly<Record<LogFormatName, RegExp>> = {
  dmesg: new RegExp(`^${STAMP} (?<text>.*)$`, 's'),
  raw: new RegExp(`^<(?<priority>\\d+)>${STAMP} (?<text>.*)$`, 's'),
  syslog: new RegExp(`^${SYSLOG_HEAD}${STAMP} (?<text>.*)$`, 's'),
  kmsg: /^(?<priority>\d+),(?<sequence>\d+),(?<usec>\d+),[^;]*;(?<escaped>.*)$/s,
};

/** Reads a line of any format, without its newline. A line that fits none is all text. */
export function readPrintedLine(line: string): PrintedLine {
  for (const pattern of Object.values(PATTERNS)) {
    const groups = pattern.exec(line)?.groups;
    if (groups !== undefined) return lineOf(groups);
  }
  return { text: line };
}

function lineOf({ priority, sequence, usec, seconds, micros, text = '', escaped }: Record<string, string | undefined>): PrintedLine {
  return {
    text: escaped === undefined ? text : unescapeKmsg(escaped),
    usec: usec === undefined ? Number(seconds) * 1_000_000 + Number(micros) : Number(usec),
    ...(priority !== undefined && { level: (Number(priority) & 7) as LogLevel, facility: Number(priority) >> 3 }),
    ...(sequence !== undefined && { sequence: Number(sequence) }),
  };
}

/** Undoes escapeKmsg(): `\xNN` is a byte. */
function unescapeKmsg(text: string): string {
  if (!text.includes('\\')) return text;
  const bytes = text.split(/(\\x[0-9a-f]{2})/).map((part, index) => (index % 2 === 1 ? Buffer.of(parseInt(part.slice(2), 16)) : Buffer.from(part)));
  return Buffer.concat(bytes).toString('utf8');
}

/** The beginning of the first line of every boot. */
export const BOOT_BEGINS = 'Linux version ';

/** Whether a line is the first of a boot. */
export function isBootLine({ usec, text }: PrintedLine): boolean {
  return usec === 0 && text.startsWith(BOOT_BEGINS);
}

/** The names of facilities by number, as in dmesg(1); 12 to 15 have none. */
const FACILITIES = [
  'kern', 'user', 'mail', 'daemon', 'auth', 'syslog', 'lpr', 'news', 'uucp', 'cron', 'authpriv', 'ftp',
  undefined, undefined, undefined, undefined, 'local0', 'local1', 'local2', 'local3', 'local4', 'local5', 'local6', 'local7',
] as const;

export function facilityName(facility: number): string {
  return FACILITIES[facility] ?? String(facility);
}
