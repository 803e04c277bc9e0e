import { type Summary, SUMMARY_VERSION } from './summary.ts';

/** Whether `value` has, at every place where `like` has a number, a number that can be counted with. */
function hasNumbers(value: unknown, like: unknown): boolean {
  if (typeof like === 'number') return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(like as object).every(([key, each]) => hasNumbers((value as Record<string, unknown>)[key], each));
}

const LIKE: Omit<Summary, 'events'> = {
  version: SUMMARY_VERSION,
  crashWindow: 0,
  totals: { files: 0, bytes: 0, lines: 0, leftOut: 0, malformed: { invalidUtf8: 0, json: 0, unfinished: 0, truncated: 0 }, unreadable: 0 },
};

const VERDICTS = ['would-panic', 'would-not', 'undecidable'];

function isEvent(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { pfn, type, result, reason, host, killed, verdict, source } = value as Record<string, unknown>;
  return (
    [pfn, type, result, reason].every((each) => typeof each === 'string') && (host === null || typeof host === 'string') && Array.isArray(killed) &&
    hasNumbers(source, { line: 0 }) && typeof (source as { file?: unknown }).file === 'string' &&
    typeof verdict === 'object' && verdict !== null && ['v4', '7.3'].every((policy) => VERDICTS.includes((verdict as Record<string, string>)[policy] ?? ''))
  );
}

/** A summary out of the text of a file that `--summary` wrote; or what is wrong with it, in words. */
export function parseSummary(text: string): Summary | { readonly bad: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { bad: 'it is not JSON: give files that --summary wrote' };
  }
  if (!hasNumbers(value, LIKE) || !Array.isArray((value as { events?: unknown }).events)) return { bad: 'it is no summary: give files that --summary wrote' };
  const summary = value as Summary;
  const version: number = summary.version;
  if (version !== SUMMARY_VERSION) return { bad: `its version is ${version}, this program reads ${SUMMARY_VERSION}` };
  if (!summary.events.every(isEvent)) return { bad: 'it holds an event that is none: give files that --summary wrote' };
  return summary;
}
