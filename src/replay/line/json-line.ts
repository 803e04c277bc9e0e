import { isJournalFields, journalFindings, journalText } from './journal-fields.ts';
import type { Findings } from './log-line.ts';
import { isoTime } from './time.ts';

/** Keys under which container engines and log shippers keep the line itself, and its time. */
const MESSAGE_KEYS = ['MESSAGE', 'log', 'message', 'msg', 'short_message'];
const TIME_KEYS = ['time', '@timestamp', 'timestamp'];
const HOST_KEYS = ['host', 'hostname', '_HOSTNAME'];

/** What a JSON object tells of the line in it, and that line; undefined if it is no JSON, `malformed` for a journal entry with an impossible time. */
export function jsonFindings(text: string): { findings: Findings; message: string } | 'malformed' | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const fields = value as Readonly<Record<string, unknown>>;
  const message = MESSAGE_KEYS.map((key) => journalText(fields[key])).find((each) => each !== undefined) ?? '';
  if (isJournalFields(fields)) {
    const findings = journalFindings(fields);
    return findings ? { findings, message } : 'malformed';
  }
  const time = TIME_KEYS.map((key) => (typeof fields[key] === 'string' ? isoTime(fields[key]) : undefined)).find((each) => each !== undefined);
  const host = HOST_KEYS.map((key) => fields[key]).find((each): each is string => typeof each === 'string' && each !== '');
  return { findings: { ...(time && { wall: time }), ...(host !== undefined && { host }) }, message: message.replace(/\r?\n$/, '') };
}
