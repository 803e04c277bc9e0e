import { escapedByte, printable, printableWord } from '../../abi/printable.ts';
import type { PrintkRecord } from '../effect.ts';
import { latin1Bytes } from '../sysctl/ctl-table.ts';
import { extendedRecord, priority } from './extended-record.ts';

/** What a line needs to know besides its record. Only `syslog` looks at it. */
export interface LogMachine {
  /** The machine's own name, as kernel.hostname has it now: bytes, one a character. */
  readonly hostname: string;
  /** Wall time at `clockUsec` 0, in milliseconds since the epoch. */
  readonly startWallMs: number;
}

/** One record as bytes of the log: one or more lines, each with its newline. */
export type LogFormat = (record: PrintkRecord, machine: LogMachine) => string;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** Nearly every line of a kernel is like this, and needs no further look. */
const PLAIN = /^[ -~]*$/;

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

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
  const host = (hostname.split('.', 1)[0] ?? '').slice(0, HOST_MOST);
  return host === '' || host === '(none)' ? 'localhost' : firstBytes(printableWord(decoded(host)), HOST_MOST);
}

/** The whole characters of a text that fit into `most` bytes of UTF-8: escapes can make a name longer than any real name. */
function firstBytes(text: string, most: number): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(most));
  return text.slice(0, read);
}

/** The text of bytes, one a character; those that are not UTF-8 are escaped, as everything beyond ASCII is then. */
function decoded(bytes: string): string {
  if (PLAIN.test(bytes)) return bytes;
  try {
    return UTF8.decode(latin1Bytes(bytes));
  } catch {
    return bytes.replace(/[\x80-\xff]/g, (byte) => escapedByte(byte.charCodeAt(0)));
  }
}

/**
 * Every line of a text under the same prefix, so that a line break in a text cannot start a line with a prefix of its own making.
 * Source: record_print_text(), printk.c.
 */
function prefixLines(prefix: string, text: string): string {
  if (PLAIN.test(text)) return `${prefix}${text}\n`;
  return text.split('\n').map((line) => `${prefix}${printable(line)}\n`).join('');
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
