import type { Findings } from './log-line.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Whether these are the fields of a journal entry, as `journalctl -o json`, `-o export` and `-o verbose` show them. */
export function isJournalFields(fields: Fields): boolean {
  return '__REALTIME_TIMESTAMP' in fields || '_TRANSPORT' in fields || '_BOOT_ID' in fields;
}

/**
 * The limit of a time of journald, in microseconds: VALID_REALTIME() and VALID_MONOTONIC() of systemd. From the epoch on it is the year
 * 3111.
 */
const MOST_MICROS = 2 ** 55;

/** A number of microseconds, as the text of the journal or as the number of a converter. Undefined for anything else. */
function micros(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,17}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 && number < MOST_MICROS ? number : undefined;
}

/**
 * A text of the journal: a string, the bytes of a text that is not UTF-8, or the first value of a field with several. Undefined for
 * anything else, such as the null for a text that was too long for journalctl.
 */
export function journalText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return undefined;
  const items: readonly unknown[] = value;
  if (items.length > 0 && items.every(isByte)) return new TextDecoder().decode(Uint8Array.from(items));
  const [first] = items;
  return typeof first === 'string' || (Array.isArray(first) && first.every(isByte)) ? journalText(first) : undefined;
}

function isByte(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xff;
}

/**
 * The findings of the fields of a journal entry. Undefined for an entry with an impossible time, which journald would refuse too.
 * `_SOURCE_MONOTONIC_TIMESTAMP` is printk's own time stamp; `__MONOTONIC_TIMESTAMP` is when journald read the line. As in journalctl, an
 * impossible `_SOURCE_` time is ignored. Source: systemd.journal-fields(7), parse_display_realtime() of systemd's logs-show.c.
 */
export function journalFindings(fields: Fields): Findings | undefined {
  const received = micros(fields['__REALTIME_TIMESTAMP']);
  if (received === undefined && '__REALTIME_TIMESTAMP' in fields) return undefined;
  const realtime = micros(fields['_SOURCE_REALTIME_TIMESTAMP']) ?? received;
  const uptime = micros(fields['_SOURCE_MONOTONIC_TIMESTAMP']);
  const word = (name: string): string | undefined => journalText(fields[name]) || undefined;
  const host = word('_HOSTNAME');
  const transport = word('_TRANSPORT');
  const tag = transport === 'kernel' ? 'kernel' : (word('SYSLOG_IDENTIFIER') ?? transport);
  return {
    ...(realtime !== undefined && { wall: { ms: Math.floor(realtime / 1000), zoned: true } }),
    ...(uptime !== undefined && { uptime }),
    ...(host !== undefined && { host }),
    ...(tag !== undefined && { tag }),
  };
}

/** A line of an entry with several lines: `-o export`, `-o verbose`, `-o json-pretty`. */
const FIELD = /^[ \t]*(?:([A-Z_][A-Z0-9_]*)=(.*)|"([A-Z_][A-Z0-9_]*)"\s*:\s*"(.*?)",?\s*)$/s;
/** The first line of an entry of `-o verbose`. */
const VERBOSE_HEAD = /^[A-Z][a-z]{2} \d{4}-\d\d-\d\d .* \[s=[0-9a-f]+;/;

/** The role of a line in a journal entry: a field, the border between two entries, or none. */
export function entryPart(line: string): { readonly name: string; readonly value: string } | 'border' | undefined {
  const match = FIELD.exec(line);
  if (match) return { name: match[1] ?? match[3] ?? '', value: match[2] ?? unescapeJson(match[4] ?? '') };
  return /^[{}]?,?$/.test(line.trim()) || VERBOSE_HEAD.test(line) ? 'border' : undefined;
}

function unescapeJson(text: string): string {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}
