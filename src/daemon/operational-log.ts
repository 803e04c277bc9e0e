import { type Logger, pino } from 'pino';

/**
 * The daemon's own log: JSON lines on standard error, written before the call returns, so that nothing said before a crash is lost. What the
 * emulated kernel says goes to the log file instead.
 */
export function operationalLog(verbose: boolean): Logger {
  return pino({ name: 'vmsysctld', level: verbose ? 'debug' : 'info' }, pino.destination({ dest: 2, sync: true }));
}
