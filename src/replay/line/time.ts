import type { WallTime } from './log-line.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAY_MS = 86_400_000;

const ISO = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d+))? ?(Z|UTC|[+-]\d\d:?\d\d)?/;

/** `2026-11-23T04:46:01.123456+01:00`, with or without fraction and zone; a comma, as dmesg writes it, is as good as a point. */
export function isoTime(text: string): WallTime | undefined {
  const [, year, month, day, hours, minutes, seconds, fraction = '', zone] = ISO.exec(text) ?? [];
  if (year === undefined) return undefined;
  const ms = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hours), Number(minutes), Number(seconds));
  return { ms: ms + Math.floor(Number(`0.${fraction || '0'}`) * 1000) - zoneMs(zone), zoned: zone !== undefined };
}

function zoneMs(zone: string | undefined): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(zone ?? '') ?? [];
  return sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

const SYSLOG = /^([A-Z][a-z]{2}) +(\d{1,2}) (?:(\d{4}) )?(\d\d):(\d\d):(\d\d)(?:\.(\d+))?$/;

/**
 * `Nov 23 04:46:01`, as syslog writes it: without a zone, and without a year unless it says one. The year is then the last one in which that
 * moment was not after `before` (milliseconds since the epoch: the time of the file), but for a day, which zones and slow clocks may take.
 */
export function syslogTime(text: string, before: number): WallTime | undefined {
  const [, name = '', day, year, hours, minutes, seconds, fraction = ''] = SYSLOG.exec(text) ?? [];
  const month = MONTHS.indexOf(name);
  if (month < 0) return undefined;
  const inYear = (which: number): number =>
    Date.UTC(which, month, Number(day), Number(hours), Number(minutes), Number(seconds)) + Math.floor(Number(`0.${fraction || '0'}`) * 1000);
  if (year !== undefined) return { ms: inYear(Number(year)), zoned: false };
  const latest = new Date(before + DAY_MS).getUTCFullYear();
  // The 29th of February is only in leap years: eight years back there is one, even over 2100.
  for (let which = latest; which > latest - 9; which -= 1) {
    const ms = inYear(which);
    if (ms <= before + DAY_MS && new Date(ms).getUTCMonth() === month) return { ms, zoned: false };
  }
  return undefined;
}

const CTIME = /^[A-Z][a-z]{2} ([A-Z][a-z]{2} +\d{1,2}) (\d\d:\d\d:\d\d) (\d{4})$/;

/** `Tue Apr 21 16:02:26 2020`, as dmesg -T writes it: in the zone of whoever ran it. */
export function ctimeTime(text: string): WallTime | undefined {
  const [, date, clock, year] = CTIME.exec(text) ?? [];
  return date === undefined ? undefined : syslogTime(`${date} ${year} ${clock}`, 0);
}

/** A wall time as the output shows it: with a Z where the zone is known, and without one where the log did not say. */
export function showTime({ ms, zoned }: WallTime): string {
  const iso = new Date(ms).toISOString();
  return zoned ? iso : iso.slice(0, -1);
}
