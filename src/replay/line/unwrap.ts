import { clean } from './clean.ts';
import { isJournalFields, journalFindings } from './journal-fields.ts';
import type { Findings, LogLine } from './log-line.ts';
import { ctimeTime, isoTime, syslogTime } from './time.ts';

/** A kind of wrapping: what it looks like at the start of a line, and what it tells. What it matched is taken off. */
interface Wrapping {
  readonly name: string;
  readonly pattern: RegExp;
  /** Absent: it only has to be taken off. `undefined` from it: it was not this after all. */
  readonly read?: (match: RegExpExecArray, before: number) => Findings | undefined;
  /** A line with it begins no record by that. */
  readonly bare?: true;
}

const KERNEL_TAGS = /^(?:kernel|kern|vmunix|klogd|linux|printk)$/i;
const ISO = String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?`;
const SYSLOG = String.raw`[A-Z][a-z]{2} [ \d]\d (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d+)?`;
/** How the kernel's own lines begin that could be read as a host and a program's name. */
const NOT_KERNEL = String.raw`(?!Memory failure: |MCE[: ]|Kernel panic |Oops\b|BUG: |Internal error: |Unpoison: |Linux version |kernel BUG |general protection |Unable to handle |\[)`;
// A program's name does not begin like a time stamp, and takes no blanks.
const TAG = String.raw`([^\s:\[\]{}<>"'=]+?)(?:\[\d+\])?:(?= |$) ?`;

function named(host: string | undefined, tag: string | undefined): Findings {
  return { ...(host !== undefined && host !== '-' && { host }), ...(tag !== undefined && tag !== '-' && { tag }) };
}

function timed(wall: LogLine['wall'], host?: string, tag?: string): Findings | undefined {
  return wall && { wall, ...named(host, tag) };
}

/**
 * Every wrapping that is known, tried from the top again after each one that matched, so that they may be inside one another: a container's
 * JSON around a syslog line around printk's own time stamp. Patterns begin at the start of what is left of the line.
 */
const WRAPPINGS: readonly Wrapping[] = [
  { name: 'mail quote', pattern: /^(?:[ \t]*>)+/, bare: true },
  { name: 'journalctl -o json-sse, -o json-seq', pattern: /^(?:data: (?=\{)|\x1e)/, bare: true },
  {
    name: 'RFC 5424',
    pattern: /^<\d{1,3}>1 (\S+) (\S+) (\S+) \S+ \S+ (?:-|(?:\[(?:[^\]\\]|\\.)*\])+) ?\uFEFF?/,
    read: ([, time = '', host, tag]) => timed(isoTime(time), host, tag) ?? named(host, tag),
  },
  {
    name: 'CRI container log',
    pattern: new RegExp(String.raw`^(\d{4}-\d\d-\d\dT\S+) (?:stdout|stderr) [FP] `),
    read: ([, time = '']) => timed(isoTime(time)),
  },
  {
    name: 'RFC 3164, journalctl -o short and short-precise',
    pattern: new RegExp(String.raw`^(?:<\d{1,3}>)?(${SYSLOG}) ${NOT_KERNEL}(?:([^\s:\[]+) )?${TAG}`),
    read: ([, time = '', host, tag], before) => timed(syslogTime(time, before), host, tag),
  },
  {
    name: 'RSYSLOG_FileFormat, journalctl -o short-iso and short-full',
    pattern: new RegExp(String.raw`^(?:<\d{1,3}>)?(?:[A-Z][a-z]{2} )?(${ISO})(?: [A-Z]{2,5}(?= \S+ \S+: ))? ${NOT_KERNEL}(?:([^\s:\[]+) )?${TAG}`),
    read: ([, time = '', host, tag]) => timed(isoTime(time), host, tag),
  },
  {
    name: 'journalctl -o short-unix',
    pattern: new RegExp(String.raw`^(\d{9,10}\.\d{3,6}) ([^\s:\[]+) ${TAG}`),
    read: ([, seconds, host, tag]) => ({ wall: { ms: Math.floor(Number(seconds) * 1000), zoned: true }, ...named(host, tag) }),
  },
  {
    name: 'a time alone, as dmesg --time-format iso and docker logs -t write it',
    pattern: new RegExp(String.raw`^(?:\[(${ISO})\]|(${ISO}))(?: |$)`),
    read: ([, bracketed, plain]) => timed(isoTime(bracketed ?? plain ?? '')),
  },
  {
    name: 'dmesg -T',
    pattern: /^\[([A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4})\] ?/,
    read: ([, time = '']) => timed(ctimeTime(time)),
  },
  {
    name: 'journalctl -o short-monotonic',
    pattern: new RegExp(String.raw`^\[ *(\d+\.\d{6})\] ([A-Za-z][\w.-]*) (kernel): `),
    read: ([, seconds, host, tag]) => ({ uptime: micros(seconds), ...named(host, tag) }),
  },
  {
    name: 'a record of /dev/kmsg',
    pattern: /^\d{1,4},\d+,(\d+),[^;]{0,64};/,
    read: ([, usec]) => ({ uptime: Number(usec) }),
  },
  { name: 'dmesg --decode', pattern: /^(?:kern|user|daemon|syslog) *:(?:emerg|alert|crit|err|warn|notice|info|debug) *: / },
  { name: 'level', pattern: /^<\d{1,3}>/ },
  {
    name: "printk's time stamp, its caller, and times since the line before it",
    pattern: /^\[ *(\d+\.\d{1,6})(?: +<.*?>)?\](?: ?\[ *[TC]\d+\])?(?: |$)/,
    read: ([, seconds]) => ({ uptime: micros(seconds) }),
  },
  {
    name: 'the trace buffer: task, CPU, flags and time',
    pattern: /^\S.*-\d+ +\[\d{3,}\] +\S{4,6} +(\d+\.\d{6}): (?=memory_failure_event: )/,
    read: ([, seconds]) => ({ uptime: micros(seconds) }),
  },
  { name: 'dmesg -d and -e', pattern: /^\[(?: *\+\d+\.\d+|[A-Z][a-z]{2} ?\d+ \d\d:\d\d|< *\d+\.\d+>)\] ?/ },
  { name: 'the caller alone', pattern: /^\[ *[TC]\d+\] / },
  { name: 'the tag alone', pattern: /^kernel: /, read: () => ({ tag: 'kernel' }) },
];

function micros(seconds: string | undefined): number {
  return Math.round(Number(seconds) * 1_000_000);
}

const DEEPEST = 8;

/**
 * Takes a line out of whatever transports wrapped around it, and keeps what they told of it: the first that tells is believed. `before` is
 * the time by which everything in the file had happened, in milliseconds since the epoch: it decides the year of times that have none.
 */
export function unwrap(raw: string, number: number, before: number): LogLine {
  const found: Findings = {};
  let text = clean(raw);
  let bare = true;
  let broken = false;
  for (let depth = 0; depth < DEEPEST; depth += 1) {
    const trimmed = text.trimStart();
    if (trimmed.startsWith('{')) {
      // `{1}[Hardware Error]:` is no JSON, and not meant to be.
      const isMeant = /^\{\s*"/.test(trimmed);
      const inner = isMeant ? jsonFindings(trimmed) : undefined;
      if (inner === undefined) {
        broken = isMeant;
        break;
      }
      keep(found, inner.findings);
      text = clean(inner.message);
      bare = false;
      continue;
    }
    const wrapping = wrappingOf(trimmed, before);
    if (!wrapping) break;
    keep(found, wrapping.findings);
    text = trimmed.slice(wrapping.length);
    bare &&= wrapping.bare;
  }
  const { tag, ...rest } = found;
  return { number, text, ...rest, bare, foreign: tag !== undefined && !KERNEL_TAGS.test(tag), ...(broken && { broken }) };
}

/** The first wrapping that fits, how long it is, and what it tells. */
function wrappingOf(text: string, before: number): { readonly length: number; readonly findings: Findings | undefined; readonly bare: boolean } | undefined {
  for (const { pattern, read, bare = false } of WRAPPINGS) {
    const match = pattern.exec(text);
    if (!match) continue;
    const findings = read?.(match, before);
    if (!read || findings) return { length: match[0].length, findings, bare };
  }
  return undefined;
}

/** The outermost wrapping that tells something is believed. */
function keep(found: Findings, more: Findings | undefined): void {
  if (!more) return;
  const { host, wall, uptime, tag } = more;
  if (host !== undefined) found.host ??= host;
  if (wall !== undefined) found.wall ??= wall;
  if (uptime !== undefined) found.uptime ??= uptime;
  if (tag !== undefined) found.tag ??= tag;
}

/** Keys under which container engines and log shippers keep the line itself, and its time. */
const MESSAGE_KEYS = ['MESSAGE', 'log', 'message', 'msg', 'short_message'];
const TIME_KEYS = ['time', '@timestamp', 'timestamp'];
const HOST_KEYS = ['host', 'hostname', '_HOSTNAME'];

function jsonFindings(text: string): { findings: Findings; message: string } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const fields = value as Readonly<Record<string, unknown>>;
  const message = MESSAGE_KEYS.map((key) => textOf(fields[key])).find((each) => each !== undefined) ?? '';
  if (isJournalFields(fields)) return { findings: journalFindings(fields), message };
  const time = TIME_KEYS.map((key) => (typeof fields[key] === 'string' ? isoTime(fields[key]) : undefined)).find((each) => each !== undefined);
  const host = HOST_KEYS.map((key) => fields[key]).find((each) => typeof each === 'string');
  return { findings: { ...(time && { wall: time }), ...(typeof host === 'string' && { host }) }, message: message.replace(/\r?\n$/, '') };
}

/** A value of the journal: a text, or the bytes of one that is not UTF-8. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((byte) => typeof byte === 'number')) return new TextDecoder().decode(Uint8Array.from(value));
  return undefined;
}
