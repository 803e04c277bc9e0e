// What a line of a kernel log is wrapped in: syslog, journald, dmesg, a console. wrappings.ts is the table of them, unwrap.ts applies it,
// time.ts reads time stamps. The folder imports nothing. Start with EntryLines below.
import { entryPart, isJournalFields, journalFindings } from './journal-fields.ts';
import type { LogLine } from './log-line.ts';
import { isoTime } from './time.ts';
import { CutStamps } from './cut-stamps.ts';
import { malformed } from './unwrap.ts';

const MOST_LINES = 128;
/** For a text that is not plain, `-o export` writes its name alone on a line, and then its length in eight bytes. */
const BINARY_MESSAGE = 'MESSAGE';
const BINARY_LENGTH = /^.{1,3}\0{5,7}/s;
const VERBOSE_TIME = /^[A-Z][a-z]{2} (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?(?: UTC)?)/;

/** Makes log lines of raw lines: one of each, except for entries of the journal that have several lines. It takes lines in order. */
export class EntryLines {
  readonly #stamps: CutStamps;
  readonly #take: (line: LogLine) => void;
  #entry: { readonly text: string; readonly number: number }[] = [];
  #fields: Record<string, string> = {};
  #head: string | undefined;
  #binaryNext = false;

  /** `before`: as unwrap() takes it. */
  constructor(before: number, take: (line: LogLine) => void) {
    this.#stamps = new CutStamps(before);
    this.#take = take;
  }

  line(text: string, number: number): void {
    const last = this.#entry.at(-1);
    if (last && (number !== last.number + 1 || this.#entry.length >= MOST_LINES)) this.end();
    if (this.#binaryNext) {
      this.#binaryNext = false;
      this.#add(text, number, 'MESSAGE', text.replace(BINARY_LENGTH, ''));
      return;
    }
    if (this.#entry.length > 0 && text === BINARY_MESSAGE) {
      this.#entry.push({ text, number });
      this.#binaryNext = true;
      return;
    }
    const part = entryPart(text);
    if (part === undefined || part === 'border') {
      this.end();
      this.#head = part === 'border' ? text : undefined;
      this.#take(this.#stamps.unwrap(text, number));
    } else {
      this.#add(text, number, part.name, part.value);
    }
  }

  /** An entry ends here, if there is one. Fields without an entry were ordinary lines. */
  end(): void {
    const [entry, fields, head] = [this.#entry, this.#fields, this.#head];
    this.#entry = [];
    this.#fields = {};
    this.#head = undefined;
    this.#binaryNext = false;
    if (entry.length === 0) return;
    const message = fields['MESSAGE'];
    if (message === undefined || !isJournalFields(fields)) {
      for (const { text, number } of entry) this.#take(this.#stamps.unwrap(text, number));
      return;
    }
    const number = entry.find(({ text }) => /^\s*"?MESSAGE\b/.test(text))?.number ?? entry[0]?.number ?? 0;
    const findings = journalFindings(fields);
    if (!findings) {
      this.#take(malformed(number));
      return;
    }
    const { tag, ...rest } = findings;
    const wall = rest.wall ?? isoTime(VERBOSE_TIME.exec(head ?? '')?.[1] ?? '');
    this.#take({ number, text: message, ...rest, ...(wall && { wall }), bare: false, foreign: tag !== undefined && tag !== 'kernel' });
  }

  #add(text: string, number: number, name: string, value: string): void {
    this.#entry.push({ text, number });
    this.#fields[name] ??= value;
  }
}
