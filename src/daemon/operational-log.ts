import { type Logger, pino } from 'pino';

/**
 * The daemon's own log: JSON lines on standard error, written before the call returns, so that nothing said before a crash is lost. What the
 * emulated kernel says goes to the log file instead. Without
 * `verbose` it tells what is at least of the level `otherwise`.
 */
export function operationalLog(verbose: boolean, otherwise: 'info' | 'error' = 'info'): Logger {
  return pino({ name: 'vmsysctld', level: verbose ? 'debug' : otherwise }, pino.destination({ dest: 2, sync: true }));
}
