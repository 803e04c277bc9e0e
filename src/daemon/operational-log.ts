// Apart from the daemon: every thread that serves a machine has this log, and so has exec.
import { type Logger, pino } from 'pino';
import { printableJson } from '../abi/printable.ts';

/** How much of it is told: without `verbose` what is at least of the level `otherwise`. */
export function operationalLevel(verbose: boolean, otherwise: 'info' | 'error' = 'info'): string {
  return verbose ? 'debug' : otherwise;
}

/**
 * The daemon's own log: JSON lines on standard error, written before the call returns, so that nothing said before a crash is lost. What the
 * emulated kernel says goes to the log file instead.
 */
export function operationalLog(verbose: boolean, otherwise: 'info' | 'error' = 'info', descriptor = 2): Logger {
  const destination = pino.destination({ dest: descriptor, sync: true });
  // Where standard error takes nothing (a full disk, nobody who reads it), there is nobody to tell: the machine is served all the same.
  destination.on('error', () => undefined);
  return pino({ name: 'vmsysctld', level: operationalLevel(verbose, otherwise) }, { write: (line) => destination.write(printableJson(line)) });
}
