// Apart from the daemon: every thread that serves a machine has this log, and so has exec.
import { type Logger, pino } from 'pino';
import { printableJson } from '../abi/printable.ts';

/** The level of the log: `debug` if `verbose`, else `otherwise`. */
export function operationalLevel(verbose: boolean, otherwise: 'info' | 'error' = 'info'): string {
  return verbose ? 'debug' : otherwise;
}

/**
 * The daemon's own log: JSON lines on standard error. A line is written before the call returns, so a crash loses none. What the emulated
 * kernel prints goes to the log file instead.
 */
export function operationalLog(verbose: boolean, otherwise: 'info' | 'error' = 'info', descriptor = 2): Logger {
  const destination = pino.destination({ dest: descriptor, sync: true });
  // If standard error cannot be written (a full disk, a closed pipe), nobody can be informed. The machine is served all the same.
  destination.on('error', () => undefined);
  return pino({ name: 'vmsysctld', level: operationalLevel(verbose, otherwise) }, { write: (line) => destination.write(printableJson(line)) });
}
