import type { LogLevel } from '../../../abi/log-level.ts';
import { type PrintedLine, readPrintedLine } from '../../../daemon/observing/log-line.ts';
import { ObservingError } from '../../../daemon/observing/observing-error.ts';
import { shellWord } from '../../../daemon/shell-word.ts';
import type { CliContext } from '../../context.ts';
import type { DmesgForm } from './forms.ts';

/** How many lines are written before it is looked whether anybody reads them. */
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

  /** Prints lines as long as somebody reads them. */
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
    // A line without a time stamp is none that its format would tell the level of.
    if (level !== undefined || usec === undefined) return level !== undefined && this.#levels.has(level);
    throw new ObservingError(`--level: the log ${shellWord(this.#path)} does not tell the levels of its lines: mount with --log-format raw or kmsg`);
  }
}
