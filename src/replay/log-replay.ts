// Replays kernel logs: bytes in, events out. The steps are scan/ (lines that matter), line/ (wrappings of a line), wording/ (facts in a
// line), history/ (events of a host), verdict/, summary/, report/. The folder may import kernel, abi, control and language. It
// is pure. Start with LogReplay below.
import type { ReplayEvent } from './history/event.ts';
import { History } from './history/history.ts';
import { EntryLines } from './line/entry-lines.ts';
import type { LogLine } from './line/log-line.ts';
import { LineWindows } from './scan/line-windows.ts';
import { FactReader } from './wording/wrapped.ts';

export interface LogReplayOptions {
  /** The name of the input in the output. */
  readonly file: string;
  /** The host of lines that name none. */
  readonly host?: string;
  /** The kernel where the input does not say which it was. */
  readonly kernel?: string;
  /** The version of rasdaemon that wrote a database. */
  readonly rasdaemon?: string;
  /** Seconds within which a crash counts as a consequence of a memory failure. */
  readonly crashWindow: number;
  /** The latest time of lines in it, ms since the epoch: it decides the year of times without one. */
  readonly before: number;
  /** Receives each event, in order, as soon as no later line can add anything to it. */
  readonly emit: (event: ReplayEvent) => void;
}

/** The counts of one input, besides its events. */
export interface InputCounts {
  readonly bytes: number;
  readonly lines: number;
  /** Lines that are not UTF-8, broken JSON, result lines that never end. */
  readonly malformed: { readonly invalidUtf8: number; readonly json: number; readonly unfinished: number };
}

/** Lines on memory failures. Other lines are read only near these. */
const MATTERS = new RegExp([
  '[Mm]emory [Ff]ailure', 'memory_failure_event', 'recovery action', ' recovery: ?(?:Ignored|Failed|Delayed|Recovered)', 'MCE 0x', 'MCE: Killing', 'npoisoned', 'hwpoison: ', 'Linux version \\d',
  'mc_event: ', '101,109,111,114,121,32,102',
].join('|'));
/** Lines that matter only after a memory failure. */
const MATTERS_LATER = /Kernel panic - |kernel BUG at|BUG: (?:unable to handle|kernel NULL pointer)|Internal error: |Oops[: ]|general protection|Unable to handle /;

/** Reads one log: bytes in, events out. One pass, constant memory. */
export class LogReplay {
  readonly windows: LineWindows;
  readonly #history: History;
  readonly #facts = new FactReader();
  readonly #entries: EntryLines;
  #brokenJson = 0;

  constructor(options: LogReplayOptions) {
    this.#history = new History(options);
    this.#entries = new EntryLines(options.before, (line) => { this.#take(line); });
    this.windows = new LineWindows({
      matters: (text) => MATTERS.test(text) || (this.#history.watching && MATTERS_LATER.test(text)),
      line: (text, number) => { this.#entries.line(text, number); },
    });
  }

  finish(): InputCounts {
    this.windows.finish();
    this.#entries.end();
    this.#facts.end();
    this.#history.end();
    const { bytes, lines, invalidUtf8 } = this.windows.counts;
    return { bytes, lines, malformed: { invalidUtf8, json: this.#brokenJson, unfinished: this.#facts.unfinished } };
  }

  #take(line: LogLine): void {
    if (line.broken) this.#brokenJson += 1;
    for (const found of this.#facts.read(line)) this.#history.add(found);
  }
}

/** Replays a whole text. */
export function replayText(text: string, options: Partial<LogReplayOptions> = {}): { readonly events: ReplayEvent[]; readonly counts: InputCounts } {
  const events: ReplayEvent[] = [];
  const replay = new LogReplay({ file: '-', crashWindow: 300, before: 0, emit: (event) => events.push(event), ...options });
  replay.windows.push(new TextEncoder().encode(text));
  return { counts: replay.finish(), events };
}
