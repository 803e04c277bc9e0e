/**
 * What is printable, decided once for every output: the log, messages, reports, what `cat control` shows.
 *
 * A text may come from anybody: a command, a sysctl, a file name, somebody's log. As it is, it could end a line, begin one of its own making,
 * change the order in which a line is read, or have the terminal do something. So these characters are escaped, by Unicode's general category:
 * - Cc, but for the tab: C0 and C1 control characters and DEL, so also newline, carriage return, escape and U+009B;
 * - Cf: format characters, so also bidirectional controls (U+202A to U+202E, U+2066 to U+2069), zero-width characters and U+FEFF;
 * - Zl and Zp: the line and paragraph separators U+2028 and U+2029;
 * - Cs: surrogates that stand alone, which have no UTF-8: they count as U+FFFD.
 *
 * Each of their bytes in UTF-8 becomes `\xNN`, NN in lower-case hex. So does dmesg(1) with control characters (fwrite_hex() of util-linux), and
 * /dev/kmsg with everything that is not ASCII (msg_add_ext_text(), kernel/printk/printk.c). Like dmesg(1) it leaves tabs and backslashes as they
 * are: what is escaped is for reading, and not to be read back.
 */
const UNPRINTABLE = /(?!\t)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const UNPRINTABLE_OR_SPACE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\s]/gu;

/** Nearly every text is like this, and needs no further look. */
const PLAIN = /^[ -~]*$/;

const UTF8 = new TextEncoder();

/** A byte as `\xNN`. */
export function escapedByte(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}

function escaped(text: string): string {
  return Array.from(UTF8.encode(text), escapedByte).join('');
}

/** A text as one line that no terminal obeys: what is not printable is escaped. */
export function printable(text: string): string {
  return PLAIN.test(text) ? text : text.replace(UNPRINTABLE, escaped);
}

/** A text as one word of such a line: blanks are escaped too. */
export function printableWord(text: string): string {
  return text.replace(UNPRINTABLE_OR_SPACE, escaped);
}

/** JSON, in which what is not printable is escaped as `\uNNNN`: it parses to the same value. Line breaks of its own, between values, stay. */
export function printableJson(json: string): string {
  return json.replace(UNPRINTABLE, (text) => (text === '\n' ? text : text.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)));
}

/** A number as printk's %#lx prints it, and as the control file takes addresses: `0x40272d`. Zero is `0x0`. */
export function hex(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}

/** A path as it can be pasted into a shell, always in one line: what is not printable, and a tab, is in the form of bash: $'\\xNN'. */
export function shellWord(path: string): string {
  if (/^[\w@%+=:,./-]+$/.test(path)) return path;
  if (printable(path) === path && !path.includes('\t')) return `'${path.replaceAll("'", String.raw`'\''`)}'`;
  return `$'${printable(path.replace(/[\\']/g, String.raw`\$&`)).replaceAll('\t', String.raw`\x09`)}'`;
}
