import type { PrintkRecord } from '../effect.ts';

// Printable ASCII without the backslash: texts that need no escape.
const PLAIN = /^[ -[\]-~]*$/;
const UTF8 = new TextEncoder();

/** Level and facility in one, as syslog(3) has them. */
export function priority({ level, facility = 0 }: Pick<PrintkRecord, 'level' | 'facility'>): number {
  return facility * 8 + level;
}

/**
 * A record as one read(2) of /dev/kmsg gives it: `3,395,5792785,-;text` and a newline. It is always one line. No modelled record continues
 * another or names a device, so neither the flag `c` nor a line of ` KEY=value` occurs.
 * Source: info_print_ext_header() and msg_add_ext_text(), kernel/printk/printk.c.
 */
export function extendedRecord(record: PrintkRecord): string {
  return `${priority(record)},${record.sequence},${record.usec},-;${escapeKmsg(record)}\n`;
}

/** A text as /dev/kmsg escapes it: `\xNN` for bytes below 32, from 127 on and the backslash. */
export function escapeKmsg({ text, bytes }: Pick<PrintkRecord, 'text' | 'bytes'>): string {
  if (bytes === undefined && PLAIN.test(text)) return text;
  const escape = (byte: number): string =>
    byte < 32 || byte >= 127 || byte === 0x5c ? `\\x${byte.toString(16).padStart(2, '0')}` : String.fromCharCode(byte);
  return Array.from(bytes ?? UTF8.encode(text), escape).join('');
}
