import type { PrintkRecord } from '../effect.ts';
import { extendedRecord, priority } from './extended-record.ts';

/** What a line needs to know besides its record. Only `syslog` looks at it. */
export interface LogMachine {
  /** The machine's own name, as kernel.hostname has it now. */
  readonly hostname: string;
  /** Wall time at `clockUsec` 0, in milliseconds since the epoch. */
  readonly startWallMs: number;
}

/** One record as bytes of the log: one or more lines, each with its newline. */
export type LogFormat = (record: PrintkRecord, machine: LogMachine) => string;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

// Whatever some reader takes for the end of a line, and whatever a terminal obeys. Tabs stay, as dmesg(1) leaves them.
const UNSAFE = /(?!\t)[\p{Cc}\u2028\u2029]/gu;
const UNSAFE_OR_SPACE = /[\p{Cc}\s]/gu;

/** What nearly every line of a kernel is: it needs no looking at twice. */
const PLAIN = /^[ -~]*$/;

const UTF8 = new TextEncoder();

function hex(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}

function hexBytes(text: string): string {
  return Array.from(UTF8.encode(text), hex).join('');
}

/** The time stamp of a line: `[   14.111653]`, of microseconds since boot. Source: print_time(), printk.c. */
export function timeStamp(usec: number): string {
  const seconds = Math.floor(usec / 1_000_000);
  return `[${String(seconds).padStart(5)}.${String(usec - seconds * 1_000_000).padStart(6, '0')}]`;
}

/** RFC 3164 time in the local time zone: `Nov 23 04:46:01`, `Nov  3 …`. */
function syslogTime(wallMs: number): string {
  const date = new Date(wallMs);
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
  return `${MONTHS[date.getMonth()]} ${String(date.getDate()).padStart(2)} ${clock}`;
}

/** HOST_NAME_MAX of Linux. */
const HOST_MOST = 64;

/** The name rsyslog writes: the host part, since `$PreserveFQDN` is off unless asked for. A name cannot smuggle in further fields. */
function syslogHost(hostname: string): string {
  const host = hostname.split('.', 1)[0] ?? '';
  return host === '' || host === '(none)' ? 'localhost' : host.replace(UNSAFE_OR_SPACE, hexBytes).slice(0, HOST_MOST);
}

/**
 * Every line of a text under the same prefix, so that a line break in a text cannot start a line with a prefix of its own making.
 * Source: record_print_text(), printk.c; other control characters as dmesg(1) shows them.
 */
function prefixLines(prefix: string, text: string): string {
  if (PLAIN.test(text)) return `${prefix}${text}\n`;
  return text.split('\n').map((line) => `${prefix}${line.replace(UNSAFE, hexBytes)}\n`).join('');
}

/** The formats of `--log-format`. */
export const LOG_FORMATS = {
  /** What dmesg(1) shows: `[   14.111653] text`. */
  dmesg: ({ usec, text }) => prefixLines(`${timeStamp(usec)} `, text),
  /** What `dmesg --raw`, /proc/kmsg and syslog(2) give: `<3>[   14.111653] text`. */
  raw: (record) => prefixLines(`<${priority(record)}>${timeStamp(record.usec)} `, record.text),
  /** RSYSLOG_TraditionalFileFormat: `Nov 23 04:46:01 host kernel: [   14.111653] text`. */
  syslog: ({ usec, clockUsec, text }, { hostname, startWallMs }) =>
    prefixLines(`${syslogTime(startWallMs + clockUsec / 1000)} ${syslogHost(hostname)} kernel: ${timeStamp(usec)} `, text),
  /** A record of /dev/kmsg: `3,395,5792785,-;text`. Always one line. */
  kmsg: (record) => extendedRecord(record),
} as const satisfies Record<string, LogFormat>;

export type LogFormatName = keyof typeof LOG_FORMATS;
