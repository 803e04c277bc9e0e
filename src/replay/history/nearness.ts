import type { LogLine } from '../line/log-line.ts';

/** A process killed without its page being named belongs to a result line so near in time (µs), or in lines where there are no times. */
const KILL_NEAR = 2_000_000;
const KILL_NEAR_LINES = 10;

/** Seconds from one line to another; undefined where they have no clock in common. */
export function secondsBetween(from: LogLine, to: LogLine): number | undefined {
  if (from.uptime !== undefined && to.uptime !== undefined) return (to.uptime - from.uptime) / 1_000_000;
  return from.wall && to.wall ? (to.wall.ms - from.wall.ms) / 1000 : undefined;
}

/** Whether what two lines tell may be of one and the same hit. */
export function isNear(a: LogLine, b: LogLine): boolean {
  const seconds = secondsBetween(a, b);
  return seconds === undefined ? Math.abs(b.number - a.number) <= KILL_NEAR_LINES : Math.abs(seconds) * 1_000_000 <= KILL_NEAR;
}
