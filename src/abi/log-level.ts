// Apart from the other tables: nearly every folder needs the levels, and little else of printk.
/** Kernel log levels by name, most severe first. Source: include/linux/kern_levels.h; the names are those of dmesg(1) and syslog(3). */
export const LOG_LEVEL = { emerg: 0, alert: 1, crit: 2, err: 3, warn: 4, notice: 5, info: 6, debug: 7 } as const;

export type LogLevelName = keyof typeof LOG_LEVEL;
export type LogLevel = (typeof LOG_LEVEL)[LogLevelName];

const NAMES = Object.keys(LOG_LEVEL);

/** The name of a level: `err` of 3. */
export function levelName(level: LogLevel): string {
  return NAMES[level] ?? String(level);
}
