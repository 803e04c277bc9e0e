import type { ReplayEvent } from './history/event.ts';
import { isoTime } from './line/time.ts';

/** Which events are wanted. Times are milliseconds since the epoch. A time without a zone is compared as if it were UTC. */
export interface Filter {
  readonly host?: RegExp;
  readonly since?: number;
  readonly until?: number;
}

/** Whether an event is wanted. If the filter has dates, an event without a date is not; the same for hosts. */
export function wanted({ host, time }: ReplayEvent, filter: Filter): boolean {
  if (filter.host && (host === null || !filter.host.test(host))) return false;
  if (filter.since === undefined && filter.until === undefined) return true;
  const ms = time === null ? undefined : isoTime(time)?.ms;
  return ms !== undefined && ms >= (filter.since ?? -Infinity) && ms <= (filter.until ?? Infinity);
}

/** `2026-11-23`, `2026-11-23 04:46`, `2026-11-23T04:46:01+01:00`, in milliseconds since the epoch; undefined for anything else. */
export function parseWhen(text: string): number | undefined {
  const [, date, clock, seconds = ':00', rest = ''] = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(.*))?$/.exec(text) ?? [];
  if (date === undefined) return undefined;
  const whole = `${date}T${clock ?? '00:00'}${seconds}${rest}`;
  const wall = isoTime(whole);
  // A date such as 2026-02-31 becomes another one, and what follows a time has to be read by something.
  const readable = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?$/.test(whole) && !Number.isNaN(Date.parse(`${date}T00:00:00Z`));
  return readable && wall && new Date(`${date}T00:00:00Z`).toISOString().startsWith(date) ? wall.ms : undefined;
}
