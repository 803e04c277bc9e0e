import type { WallTime } from './log-line.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAY_MS = 86_400_000;

const ISO = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d+))? ?(Z|UTC|[+-]\d\d:?\d\d)?/;

/** The first millisecond of the year 0 and the last one of the year 9999: the years that ISO 8601 writes with four digits. */
const FIRST_MS = new Date('0000-01-01T00:00:00Z').getTime();
const LAST_MS = Date.UTC(10_000, 0, 1) - 1;

/**
 * `2026-11-23T04:46:01.123456+01:00`, with or without fraction and zone. The fraction may follow a comma, as dmesg writes it.
 * Undefined for anything else, and for a date, time or zone that is impossible.
 */
export function isoTime(text: string): WallTime | undefined {
  const [, year, month, day, hours, minutes, seconds, fraction, zone] = ISO.exec(text) ?? [];
  const zoneOffset = zoneMs(zone);
  if (year === undefined || zoneOffset === undefined) return undefined;
  const ms = utc([year, Number(month) - 1, day, hours, minutes, seconds], fraction);
  return ms === undefined ? undefined : wallTime(ms - zoneOffset, zone !== undefined);
}

/** A moment for {@link showTime}. Undefined outside of the years 0 to 9999, or if it is not a number. */
export function wallTime(ms: number, zoned: boolean): WallTime | undefined {
  return ms >= FIRST_MS && ms <= LAST_MS ? { ms, zoned } : undefined;
}

/** How far a zone is ahead of UTC, in ms; undefined for an impossible one. RFC 3339 ends at 23:59. */
function zoneMs(zone: string | undefined): number | undefined {
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(zone ?? '') ?? [];
  if (sign === undefined) return 0;
  if (Number(hours) > 23 || Number(minutes) > 59) return undefined;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

/**
 * Milliseconds since the epoch of a date and time of UTC, months from 0; undefined if there is no such day or time. Second 60 is a leap
 * second, and equals the first second of the next minute. `fraction`: the digits after the point.
 */
function utc(parts: readonly (string | number | undefined)[], fraction = '0'): number | undefined {
  const [year = NaN, month = NaN, day = NaN, hours = NaN, minutes = NaN, seconds = NaN] = parts.map(Number);
  // Not Date.UTC(): it takes the years 0 to 99 for 1900 to 1999.
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  if (date.getUTCMonth() !== month || date.getUTCDate() !== day || hours > 23 || minutes > 59 || seconds > 60) return undefined;
  return date.setUTCHours(hours, minutes, seconds) + Math.floor(Number(`0.${fraction}`) * 1000);
}

const SYSLOG = /^([A-Z][a-z]{2}) +(\d{1,2}) (?:(\d{4}) )?(\d\d):(\d\d):(\d\d)(?:\.(\d+))?$/;

/**
 * `Nov 23 04:46:01`, as syslog writes it: without a zone, and often without a year. Then it is the last year in which the moment is not
 * after `before` (milliseconds since the epoch: the time of the file), with a day of tolerance for zones and slow clocks.
 */
export function syslogTime(text: string, before: number): WallTime | undefined {
  const [, name = '', day, year, hours, minutes, seconds, fraction] = SYSLOG.exec(text) ?? [];
  const month = MONTHS.indexOf(name);
  if (month < 0) return undefined;
  const inYear = (which: number): number | undefined => utc([which, month, day, hours, minutes, seconds], fraction);
  if (year !== undefined) {
    const ms = inYear(Number(year));
    return ms === undefined ? undefined : wallTime(ms, false);
  }
  const latest = new Date(before + DAY_MS).getUTCFullYear();
  // The 29th of February is only in leap years: eight years back there is one, even over 2100.
  for (let which = latest; which > latest - 9; which -= 1) {
    const ms = inYear(which);
    if (ms !== undefined && ms <= before + DAY_MS) return wallTime(ms, false);
  }
  return undefined;
}

/**
 * The longest uptime in a log, in µs: printk counts nanoseconds in 64 bits, which is 584 years. A longer one is not an uptime.
 */
const MOST_UPTIME = 2 ** 64 / 1000;

/** Seconds since boot, as printk writes them, in µs; undefined for an impossible number. */
export function uptimeOfSeconds(seconds: string | undefined): number | undefined {
  return uptimeOfMicros(Math.round(Number(seconds) * 1_000_000));
}

/** Microseconds since boot; undefined for an impossible number. */
export function uptimeOfMicros(micros: number): number | undefined {
  return micros >= 0 && micros < MOST_UPTIME ? micros : undefined;
}

const CTIME = /^[A-Z][a-z]{2} ([A-Z][a-z]{2} +\d{1,2}) (\d\d:\d\d:\d\d) (\d{4})$/;

/** `Tue Apr 21 16:02:26 2020`, as dmesg -T writes it: in the zone of the user who ran it. */
export function ctimeTime(text: string): WallTime | undefined {
  const [, date, clock, year] = CTIME.exec(text) ?? [];
  return date === undefined ? undefined : syslogTime(`${date} ${year} ${clock}`, 0);
}

/** A wall time as the output shows it: with a Z if the zone is known, else without. */
export function showTime({ ms, zoned }: WallTime): string {
  const iso = new Date(ms).toISOString();
  return zoned ? iso : iso.slice(0, -1);
}
