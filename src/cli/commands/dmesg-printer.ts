import { levelName, LOG_LEVEL, type LogLevel } from '../../abi/log-level.ts';
import { printable, printableJson, shellWord } from '../../abi/printable.ts';
import { facilityName, type PrintedLine, readPrintedLine } from '../../daemon/observing/log-line.ts';
import { ObservingError } from '../../daemon/observing/observe.ts';
import { timeStamp } from '../../kernel/printk/log-format.ts';
import type { CliContext } from '../command.ts';

/** How many lines are written before checking whether they still have a reader. */
const LINES_AT_A_TIME = 1000;

/** Prints the lines that are wanted. */
export class Printer {
  readonly #context: CliContext;
  readonly #form: DmesgForm;
  readonly #levels: ReadonlySet<LogLevel> | undefined;
  readonly #path: string;

  constructor(context: CliContext, form: DmesgForm, wanted: ReadonlySet<LogLevel> | undefined, path: string) {
    this.#context = context;
    this.#form = form;
    this.#levels = wanted;
    this.#path = path;
  }

  get readerGone(): boolean {
    return this.#context.outputGone();
  }

  /** Prints lines while they have a reader. */
  async print(lines: Iterable<string>): Promise<void> {
    let count = 0;
    for (const each of lines) {
      const line = readPrintedLine(each);
      if (this.#wants(line)) this.#context.print(this.#form(line));
      count += 1;
      if (count % LINES_AT_A_TIME > 0) continue;
      await new Promise((resolve) => setImmediate(resolve));
      if (this.readerGone) return;
    }
  }

  #wants({ level, usec }: PrintedLine): boolean {
    if (this.#levels === undefined) return true;
    // A line without a time stamp has no level in any format.
    if (level !== undefined || usec === undefined) return level !== undefined && this.#levels.has(level);
    throw new ObservingError(`--level: the log ${shellWord(this.#path)} has no levels in its lines: mount with --log-format raw or kmsg`);
  }
}

/** Writes a line of a log as text, which may have several lines. */
export type DmesgForm = (line: PrintedLine) => string;

/** The default colours of util-linux's dmesg(1). */
const ESCAPE = '\x1b[';
const RESET = `${ESCAPE}0m`;
const TIME = `${ESCAPE}32m`;
const SUBSYSTEM = `${ESCAPE}33m`;
const SEGFAULT = `${ESCAPE}2m${ESCAPE}31m`;
const BY_LEVEL: Readonly<Partial<Record<LogLevel, string>>> = {
  [LOG_LEVEL.alert]: `${ESCAPE}7m${ESCAPE}31m`, [LOG_LEVEL.crit]: `${ESCAPE}1m${ESCAPE}31m`, [LOG_LEVEL.err]: `${ESCAPE}31m`, [LOG_LEVEL.warn]: `${ESCAPE}1m`,
};

function painted(text: string, colour: string | undefined): string {
  return colour === undefined || text === '' ? text : `${colour}${text}${RESET}`;
}

/** The part of a text that names the subsystem: up to a colon and a blank, with something after them. */
const SPEAKER = /^.*?:[ \t](?=.)/;

function paintedText(text: string, level: LogLevel | undefined): string {
  const [speaker = ''] = SPEAKER.exec(text) ?? [];
  const rest = text.slice(speaker.length);
  const colour = (level === undefined ? undefined : BY_LEVEL[level]) ?? (rest.includes('segfault at') ? SEGFAULT : undefined);
  return `${painted(speaker, SPEAKER.test(text) ? SUBSYSTEM : undefined)}${painted(rest, colour)}`;
}

/** As dmesg(1) shows a record: each line of a text has its time stamp. A line without one is shown as it is. */
export const plain: DmesgForm = ({ usec, text }) => {
  const stamp = usec === undefined ? '' : `${timeStamp(usec)} `;
  return text.split('\n').map((line) => `${stamp}${printable(line)}`).join('\n');
};

/** The same as on a terminal. */
export const coloured: DmesgForm = ({ usec, text, level }) => {
  const stamp = usec === undefined ? '' : painted(`${timeStamp(usec)} `, TIME);
  return text.split('\n').map((line) => `${stamp}${paintedText(printable(line), level)}`).join('\n');
};

/** One JSON object: usec, level, facility, seq, text; null for what the format of the log does not have. */
export const json: DmesgForm = ({ usec, level, facility, sequence, text }) => printableJson(JSON.stringify({
  usec: usec ?? null,
  level: level === undefined ? null : levelName(level),
  facility: facility === undefined ? null : facilityName(facility),
  seq: sequence ?? null,
  text,
}));
