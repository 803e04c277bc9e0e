// Apart from the daemon: every thread that serves a machine has this log, and so has exec.
import { writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { printableJson } from '../abi/printable.ts';

/** The levels that are used, from the lowest, and their numbers in a line: those of pino. */
const LEVELS = { debug: 20, info: 30, warn: 40, error: 50, fatal: 60 } as const;
type Level = keyof typeof LEVELS;

/** Writes a line: its fields, if there are any, and its text. A field `err` may be an error. Undefined fields are left out. */
type WriteLine = (...line: [fields: Readonly<Record<string, unknown>>, text: string] | [text: string]) => void;

/** The daemon's own log: JSON lines. */
export type OperationalLog = Readonly<Record<Level, WriteLine>> & {
  /** The lowest level that is written. */
  level: string;
  isLevelEnabled(level: Level): boolean;
};

/** The level of the log: `debug` if `verbose`, else `otherwise`. */
export function operationalLevel(verbose: boolean, otherwise: 'info' | 'error' = 'info'): Level {
  return verbose ? 'debug' : otherwise;
}

/**
 * The daemon's own log: JSON lines on standard error, in the format of pino. A line is written before the call returns, so a crash loses none. What the
 * emulated kernel prints goes to the log file instead. pino itself is not used: to load it takes 0.4 times as long as to start Node.js, in each of two threads.
 */
export function operationalLog(verbose: boolean, otherwise: 'info' | 'error' = 'info', descriptor = 2): OperationalLog {
  const head = `"pid":${process.pid},"hostname":${JSON.stringify(hostname())},"name":"vmsysctld"`;
  const file = new LineFile(descriptor);
  const write = (level: Level): WriteLine => (...line) => {
    if (!log.isLevelEnabled(level)) return;
    const [fields, text] = line.length === 1 ? [{}, line[0]] : line;
    file.write(printableJson(`{"level":${LEVELS[level]},"time":${Date.now()},${head}${formatFields(fields)},"msg":${JSON.stringify(text)}}\n`));
  };
  const log: OperationalLog = {
    debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error'), fatal: write('fatal'),
    level: operationalLevel(verbose, otherwise),
    isLevelEnabled: (level) => LEVELS[level] >= LEVELS[log.level as Level],
  };
  return log;
}

/** The fields of a line, each after a comma. */
function formatFields(fields: Readonly<Record<string, unknown>>): string {
  return Object.entries(fields).map(([name, value]) => {
    const json = formatValue(name === 'err' && value instanceof Error ? errorFields(value) : value);
    return json === undefined ? '' : `,${JSON.stringify(name)}:${json}`;
  }).join('');
}

/** A value in JSON. Undefined if it has none, as a function. Errors may carry anything, also what refers to itself. */
function formatValue(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return JSON.stringify(String(value));
  }
}

/** What a line has of an error: its type, its message and stack with those of its causes, and its own properties, such as `code`. */
function errorFields(error: Error): Record<string, unknown> {
  const errors = withCauses(error);
  const own = Object.entries(error).filter(([name]) => name !== 'cause') as [string, unknown][];
  return {
    type: error.constructor.name, message: errors.map(({ message }) => message).join(': '), stack: errors.map(({ stack }) => stack ?? '').join('\ncaused by: '),
    ...Object.fromEntries(own),
  };
}

/** An error, its cause, the cause of that, and so on. */
function withCauses(error: Error): Error[] {
  const found: Error[] = [];
  for (let each: unknown = error; each instanceof Error && !found.includes(each); each = each.cause) found.push(each);
  return found;
}

/** How long to wait for the reader of a full pipe before the next try, in milliseconds. */
const PAUSE = 10;
/** Errors after which a write is tried again. */
const AGAIN: readonly (string | undefined)[] = ['EAGAIN', 'EINTR'];
/** A number that never changes, to wait on. */
const NEVER = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/** An open file that takes lines. */
class LineFile {
  readonly #descriptor: number;
  /** Whether the last line was cut. */
  #cut = false;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  /** Writes a line. If the file takes none (a full disk, a closed pipe), nobody can be informed: the machine is served all the same. */
  write(line: string): void {
    let rest = Buffer.from(this.#cut ? `\n${line}` : line);
    while (rest.length > 0) {
      try {
        rest = rest.subarray(writeSync(this.#descriptor, rest));
        this.#cut = rest.length > 0;
      } catch (error) {
        if (!AGAIN.includes((error as NodeJS.ErrnoException).code)) return;
        Atomics.wait(NEVER, 0, 0, PAUSE);
      }
    }
  }
}
