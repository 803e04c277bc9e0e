import type { Findings } from './log-line.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Whether these are the fields of a journal entry, as `journalctl -o json`, `-o export` and `-o verbose` show them. */
export function isJournalFields(fields: Fields): boolean {
  return '__REALTIME_TIMESTAMP' in fields || '_TRANSPORT' in fields || '_BOOT_ID' in fields;
}

/**
 * What the fields of a journal entry tell of its line. `_SOURCE_MONOTONIC_TIMESTAMP` is printk's own time stamp; `__MONOTONIC_TIMESTAMP` only
 * says when journald read it. Source: systemd.journal-fields(7).
 */
export function journalFindings(fields: Fields): Findings {
  const number = (name: string): number | undefined => (/^\d+$/.test(String(fields[name])) ? Number(fields[name]) : undefined);
  const word = (name: string): string | undefined => (typeof fields[name] === 'string' && fields[name] !== '' ? fields[name] : undefined);
  const realtime = number('_SOURCE_REALTIME_TIMESTAMP') ?? number('__REALTIME_TIMESTAMP');
  const uptime = number('_SOURCE_MONOTONIC_TIMESTAMP');
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
  return /^\s*[{}]?,?\s*$/.test(line) || VERBOSE_HEAD.test(line) ? 'border' : undefined;
}

function unescapeJson(text: string): string {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}
