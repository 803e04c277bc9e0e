// Apart from the daemon: every thread that serves a machine has this log, and so has exec.
import { createRequire } from 'node:module';
import type * as Pino from 'pino';
import type { Logger } from 'pino';
import { whyNoWork } from '../abi/errno-words.ts';
import { printableJson } from '../abi/printable.ts';

/** The levels that are used, from the lowest. */
const LEVELS = ['debug', 'info', 'warn', 'error', 'fatal'] as const;
type Level = (typeof LEVELS)[number];

/** The daemon's own log, as pino has it: JSON lines. */
export type OperationalLog = Pick<Logger, Level | 'level'> & {
  isLevelEnabled(level: Level): boolean;
};

interface Preparable {
  /** Loads pino before the first line, while the thread has nothing else to do. */
  prepare(): void;
}

/** The level of the log: `debug` if `verbose`, else `otherwise`. */
export function operationalLevel(verbose: boolean, otherwise: 'info' | 'error' = 'info'): Level {
  return verbose ? 'debug' : otherwise;
}

/**
 * The daemon's own log: JSON lines on standard error. A line is written before the call returns, so a crash loses none. What the emulated
 * kernel prints goes to the log file instead. pino is loaded for the first line:
 * exec rarely logs, and loading takes a third as long as starting Node.js.
 */
export function operationalLog(verbose: boolean, otherwise: 'info' | 'error' = 'info', descriptor = 2): OperationalLog & Preparable {
  let level: string = operationalLevel(verbose, otherwise);
  let logger: Logger | undefined;
  const isLevelEnabled = (each: Level): boolean => LEVELS.indexOf(each) >= LEVELS.indexOf(level as Level);
  const prepare = (): void => {
    try {
      logger ??= newLogger(descriptor);
    } catch (error) {
      // No file can be opened any more, so nobody can be informed. The daemon loads pino when it starts.
      if (whyNoWork(error as NodeJS.ErrnoException) === undefined) throw error;
    }
  };
  const write = (each: Level) => (...line: Parameters<Logger[Level]>): void => {
    if (!isLevelEnabled(each)) return;
    prepare();
    logger?.[each](...line);
  };
  const log = Object.fromEntries(LEVELS.map((each) => [each, write(each)])) as unknown as Pick<Logger, Level>;
  return { ...log, isLevelEnabled, prepare, get level() { return level; }, set level(to) { level = to; } };
}

/** A logger that writes lines of all the levels. */
function newLogger(descriptor: number): Logger {
  const { pino } = createRequire(import.meta.url)('pino') as typeof Pino;
  const destination = pino.destination({ dest: descriptor, sync: true });
  // If standard error cannot be written (a full disk, a closed pipe), nobody can be informed. The machine is served all the same.
  destination.on('error', () => undefined);
  return pino({ name: 'vmsysctld', level: LEVELS[0] }, { write: (line) => destination.write(printableJson(line)) });
}
