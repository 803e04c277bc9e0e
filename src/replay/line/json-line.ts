import { isJournalFields, journalFindings } from './journal-fields.ts';
import type { Findings } from './log-line.ts';
import { isoTime } from './time.ts';

/** Keys under which container engines and log shippers keep the line itself, and its time. */
const MESSAGE_KEYS = ['MESSAGE', 'log', 'message', 'msg', 'short_message'];
const TIME_KEYS = ['time', '@timestamp', 'timestamp'];
const HOST_KEYS = ['host', 'hostname', '_HOSTNAME'];

/** What a JSON object tells of the line in it, and that line; undefined if it is none. */
export function jsonFindings(text: string): { findings: Findings; message: string } | undefined {
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
