import type { Findings, LogLine } from './log-line.ts';
import { ctimeTime, isoTime, syslogTime, uptimeOfMicros, uptimeOfSeconds, wallTime } from './time.ts';

/** A kind of wrapping: its pattern at the start of a line, and its findings. The matched part is removed. */
interface Wrapping {
  readonly name: string;
  /** The characters that it may begin with, besides blanks. Absent: any. A line is compared with few patterns, and few are compiled. */
  readonly begins?: string;
  /** What is in every such line: to look for that takes a fraction of the time of the pattern. Absent: nothing in particular. */
  readonly has?: string;
  readonly pattern: RegExp;
  /** Absent: it has no findings. */
  readonly read?: (match: RegExpExecArray, before: number) => Findings;
  /** Whether it shows nothing about where a record begins. */
  readonly bare?: true;
}

const DIGITS = '0123456789';
const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const ISO = String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?`;
const SYSLOG = String.raw`[A-Z][a-z]{2} [ \d]\d (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d+)?`;
/** Beginnings of lines of the kernel that look like a host and the name of a program. */
const NOT_KERNEL = String.raw`(?!Memory failure: |MCE[: ]|Kernel panic |Oops\b|BUG: |Internal error: |Unpoison: |Linux version |kernel BUG |general protection |Unable to handle |\[)`;
// The name of a program does not begin like a time stamp, and has no blanks.
const TAG = String.raw`([^\s:\[\]{}<>"'=]+?)(?:\[\d+\])?:(?= |$) ?`;

function named(host: string | undefined, tag: string | undefined): Findings {
  const found: Findings = {};
  if (host !== undefined && host !== '-') found.host = host;
  if (tag !== undefined && tag !== '-') found.tag = tag;
  return found;
}

function stamped(uptime: number | undefined): Findings {
  return { ...(uptime !== undefined && { uptime }) };
}

/** An impossible date is not a date, but the rest is still a host and a program. */
function timed(wall: LogLine['wall'], host?: string, tag?: string): Findings {
  const found = named(host, tag);
  if (wall) found.wall = wall;
  return found;
}

/**
 * Every known wrapping. After a match all are tried again, because they may be nested: the JSON of a container around a syslog line around
 * printk's own time stamp. Patterns match at the start of the rest of the line.
 */
const WRAPPINGS: readonly Wrapping[] = [
  { name: 'mail quote', begins: '>', pattern: /^(?:[ \t]*>)+/, bare: true },
  { name: 'journalctl -o json-sse, -o json-seq', begins: 'd\x1e', pattern: /^(?:data: (?=\{)|\x1e)/, bare: true },
  {
    name: 'RFC 5424',
    begins: '<',
    pattern: /^<\d{1,3}>1 (\S+) (\S+) (\S+) \S+ \S+ (?:-|(?:\[(?:[^\]\\]|\\.)*\])+) ?\uFEFF?/,
    read: ([, time = '', host, tag]) => timed(isoTime(time), host, tag),
  },
  {
    name: 'CRI container log',
    begins: DIGITS,
    pattern: new RegExp(String.raw`^(\d{4}-\d\d-\d\dT\S+) (?:stdout|stderr) [FP] `),
    read: ([, time = '']) => timed(isoTime(time)),
  },
  {
    name: 'RFC 3164, journalctl -o short and short-precise',
    begins: `<${CAPITALS}`,
    pattern: new RegExp(String.raw`^(?:<\d{1,3}>)?(${SYSLOG}) ${NOT_KERNEL}(?:([^\s:\[]+) )?${TAG}`),
    read: ([, time = '', host, tag], before) => timed(syslogTime(time, before), host, tag),
  },
  {
    name: 'RSYSLOG_FileFormat, journalctl -o short-iso and short-full',
    begins: `<${CAPITALS}${DIGITS}`,
    pattern: new RegExp(String.raw`^(?:<\d{1,3}>)?(?:[A-Z][a-z]{2} )?(${ISO})(?: [A-Z]{2,5}(?= \S+ \S+: ))? ${NOT_KERNEL}(?:([^\s:\[]+) )?${TAG}`),
    read: ([, time = '', host, tag]) => timed(isoTime(time), host, tag),
  },
  {
    name: 'journalctl -o short-unix',
    begins: DIGITS,
    pattern: new RegExp(String.raw`^(\d{9,10}\.\d{3,6}) ([^\s:\[]+) ${TAG}`),
    read: ([, seconds, host, tag]) => timed(wallTime(Math.floor(Number(seconds) * 1000), true), host, tag),
  },
  {
    name: 'a time alone, as dmesg --time-format iso and docker logs -t write it',
    begins: `[${DIGITS}`,
    pattern: new RegExp(String.raw`^(?:\[(${ISO})\]|(${ISO}))(?: |$)`),
    read: ([, bracketed, plain]) => timed(isoTime(bracketed ?? plain ?? '')),
  },
  {
    name: 'dmesg -T',
    begins: '[',
    pattern: /^\[([A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4})\] ?/,
    read: ([, time = '']) => timed(ctimeTime(time)),
  },
  {
    name: 'journalctl -o short-monotonic',
    begins: '[',
    pattern: new RegExp(String.raw`^\[ *(\d+\.\d{6})\] ([A-Za-z][\w.-]*) (kernel): `),
    read: ([, seconds, host, tag]) => ({ ...stamped(uptimeOfSeconds(seconds)), ...named(host, tag) }),
  },
  {
    name: 'a record of /dev/kmsg',
    begins: DIGITS,
    pattern: /^\d{1,4},\d+,(\d+),[^;]{0,64};/,
    read: ([, usec]) => stamped(uptimeOfMicros(Number(usec))),
  },
  { name: 'dmesg --decode', begins: 'kuds', pattern: /^(?:kern|user|daemon|syslog) *:(?:emerg|alert|crit|err|warn|notice|info|debug) *: / },
  { name: 'level', begins: '<', pattern: /^<\d{1,3}>/ },
  {
    name: "printk's time stamp, its caller, and times since the line before it",
    begins: '[',
    pattern: /^\[ *(\d+\.\d{1,6})(?: +<.*?>)?\](?: ?\[ *[TC]\d+\])?(?: |$)/,
    read: ([, seconds]) => stamped(uptimeOfSeconds(seconds)),
  },
  {
    name: 'the trace buffer: task, CPU, flags and time',
    has: ': memory_failure_event: ',
    pattern: /^\S.*-\d+ +\[\d{3,}\] +\S{4,6} +(\d+\.\d{6}): (?=memory_failure_event: )/,
    read: ([, seconds]) => stamped(uptimeOfSeconds(seconds)),
  },
  { name: 'dmesg -d and -e', begins: '[', pattern: /^\[(?: *\+\d+\.\d+|[A-Z][a-z]{2} ?\d+ \d\d:\d\d|< *\d+\.\d+>)\] ?/ },
  { name: 'the caller alone', begins: '[', pattern: /^\[ *[TC]\d+\] / },
  { name: 'the tag alone', begins: 'k', pattern: /^kernel: /, read: () => ({ tag: 'kernel' }) },
];

/** The first wrapping that fits a text without blanks at its start: its length and its findings. */
export function wrappingOf(text: string, before: number): { readonly length: number; readonly findings: Findings; readonly bare: boolean } | undefined {
  const first = text.charAt(0);
  for (const { begins, has, pattern, read, bare = false } of WRAPPINGS) {
    if (begins !== undefined && !begins.includes(first)) continue;
    if (has !== undefined && !text.includes(has)) continue;
    const match = pattern.exec(text);
    if (match) return { length: match[0].length, findings: read?.(match, before) ?? {}, bare };
  }
  return undefined;
}
