import { clean } from './clean.ts';
import { isJournalFields, journalFindings, journalText } from './journal-fields.ts';
import type { Findings, LogLine } from './log-line.ts';
import { isoTime } from './time.ts';
import { wrappingOf } from './wrappings.ts';

const KERNEL_TAGS = /^(?:kernel|kern|vmunix|klogd|linux|printk)$/i;
const DEEPEST = 8;

/**
 * Removes the wrappings of transports from a line, and collects their findings; of two findings the outer one counts. `before` is the
 * latest time of the lines in the file, in milliseconds since the epoch: it decides the year of times without one.
 */
export function unwrap(raw: string, number: number, before: number): LogLine {
  const found: Findings = {};
  let text = clean(raw);
  let bare = true;
  let broken = false;
  for (let depth = 0; depth < DEEPEST; depth += 1) {
    const trimmed = text.trimStart();
    if (trimmed.startsWith('{')) {
      // `{1}[Hardware Error]:` is not JSON.
      const isMeant = /^\{\s*"/.test(trimmed);
      const inner = isMeant ? jsonFindings(trimmed) : undefined;
      if (inner === undefined) {
        broken = isMeant;
        break;
      }
      // Nothing in such a record counts.
      if (inner === 'malformed') return malformed(number);
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

/** The line for a record that is counted and skipped. */
export function malformed(number: number): LogLine {
  return { number, text: '', bare: false, foreign: true, broken: true };
}

/** Adds findings. Those of an outer wrapping stay. */
function keep(found: Findings, more: Findings): void {
  const { host, wall, uptime, tag } = more;
  if (host !== undefined) found.host ??= host;
  if (wall !== undefined) found.wall ??= wall;
  if (uptime !== undefined) found.uptime ??= uptime;
  if (tag !== undefined) found.tag ??= tag;
}

/** The keys of container engines and log shippers for the line itself, and for its time. */
const MESSAGE_KEYS = ['MESSAGE', 'log', 'message', 'msg', 'short_message'];
const TIME_KEYS = ['time', '@timestamp', 'timestamp'];
const HOST_KEYS = ['host', 'hostname', '_HOSTNAME'];

/**
 * The findings of a JSON object, and the line in it. Undefined if it is not JSON; `malformed` for a journal entry with an impossible time.
 */
function jsonFindings(text: string): { findings: Findings; message: string } | 'malformed' | undefined {
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
