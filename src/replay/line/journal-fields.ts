import type { Findings } from './log-line.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Whether these are the fields of a journal entry, as `journalctl -o json`, `-o export` and `-o verbose` show them. */
export function isJournalFields(fields: Fields): boolean {
  return '__REALTIME_TIMESTAMP' in fields || '_TRANSPORT' in fields || '_BOOT_ID' in fields;
}

/** Microseconds that journald takes for a time: VALID_REALTIME() and VALID_MONOTONIC() of systemd. It is the year 3111 since the epoch. */
const MOST_MICROS = 2 ** 55;

/** A number of microseconds as the journal writes it, or as a converter made a number of it; undefined for anything else. */
function micros(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,17}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 && number < MOST_MICROS ? number : undefined;
}

/**
 * A text of the journal: itself, the bytes of one that is not UTF-8, or the first one of a field that has several values. Undefined for
 * what is none of these, such as the null of a text that journalctl found too long.
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
 * What the fields of a journal entry tell of its line; undefined for an entry whose own time is none, which journald would refuse too.
 * `_SOURCE_MONOTONIC_TIMESTAMP` is printk's own time stamp; `__MONOTONIC_TIMESTAMP` only says when journald read it. As journalctl does,
 * a `_SOURCE_` time that is none is left out. Source: systemd.journal-fields(7), parse_display_realtime() of systemd's logs-show.c.
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

/** A line of an entry that is spread over several: `-o export`, `-o verbose`, `-o json-pretty`. */
const FIELD = /^[ \t]*(?:([A-Z_][A-Z0-9_]*)=(.*)|"([A-Z_][A-Z0-9_]*)"\s*:\s*"(.*?)",?\s*)$/s;
/** The first line of an entry of `-o verbose`. */
const VERBOSE_HEAD = /^[A-Z][a-z]{2} \d{4}-\d\d-\d\d .* \[s=[0-9a-f]+;/;

/** What a line is to a journal entry: a field of it, what stands between two entries, or nothing. */
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
