import { clean } from './clean.ts';
import { jsonFindings } from './json-line.ts';
import type { Findings, LogLine } from './log-line.ts';
import { wrappingOf } from './wrappings.ts';

const KERNEL_TAGS = /^(?:kernel|kern|vmunix|klogd|linux|printk)$/i;
const DEEPEST = 8;

/**
 * Takes a line out of whatever transports wrapped around it, and keeps what they told of it: the first that tells is believed. `before` is
 * the time by which everything in the file had happened, in milliseconds since the epoch: it decides the year of times that have none.
 */
export function unwrap(raw: string, number: number, before: number): LogLine {
  const found: Findings = {};
  let text = clean(raw);
  let bare = true;
  let broken = false;
  for (let depth = 0; depth < DEEPEST; depth += 1) {
    const trimmed = text.trimStart();
    if (trimmed.startsWith('{')) {
      // `{1}[Hardware Error]:` is no JSON, and not meant to be.
      const isMeant = /^\{\s*"/.test(trimmed);
      const inner = isMeant ? jsonFindings(trimmed) : undefined;
      if (inner === undefined) {
        broken = isMeant;
        break;
      }
      // Nothing in such a record is believed.
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

/** What stands for a record that is counted and skipped. */
export function malformed(number: number): LogLine {
  return { number, text: '', bare: false, foreign: true, broken: true };
}

/** The outermost wrapping that tells something is believed. */
function keep(found: Findings, more: Findings): void {
  const { host, wall, uptime, tag } = more;
  if (host !== undefined) found.host ??= host;
  if (wall !== undefined) found.wall ??= wall;
  if (uptime !== undefined) found.uptime ??= uptime;
  if (tag !== undefined) found.tag ??= tag;
}
