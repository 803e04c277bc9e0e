import { decodeQuotedPrintable } from '../line/clean.ts';
import type { LogLine } from '../line/log-line.ts';
import { type Fact, factOf } from './facts.ts';
import { cutOff, resultLines, wasToBeResult } from './result-line.ts';

/** A fact, and the line on which it begins. */
export interface Found {
  readonly fact: Fact;
  readonly line: LogLine;
}

/** A line that was cut. */
interface Pending {
  readonly text: string;
  readonly line: LogLine;
  /** How many more lines it may wait for. */
  readonly patience: number;
}

/** How many lines may be between the parts of a cut line, and into how many parts it may be cut. */
const PATIENCE = 3;
const SOFT_BREAK = /=\s*$/;
/** The same, with a blank at the end of a line, which quoted-printable must spell. */
const SOFT_END = /=(?:20)?\s*$/;

/**
 * Reads facts from lines, even if a line was cut: by a mailer (also within a word, with quoted-printable's `=`), by a terminal, or by lines
 * of other programs between the parts. It takes lines in order.
 */
export class FactReader {
  #pending: Pending | undefined;
  #lastNumber = -1;
  /** Result lines that began and never ended. */
  unfinished = 0;

  /** The facts in this line, alone or together with the lines before it. */
  read(line: LogLine): Found[] {
    if (line.foreign) return [];
    if (line.number !== this.#lastNumber && line.number !== this.#lastNumber + 1) this.end();
    const followsAtOnce = this.#pending?.patience === PATIENCE;
    this.#lastNumber = line.number;
    const joined = this.#pending && (line.bare || followsAtOnce) ? this.#join(this.#pending, line) : undefined;
    if (joined) return joined;
    if (this.#pending) this.#wait(this.#pending);
    return this.#readAlone(line);
  }

  /** There are no more lines. What the last line left open stays open. */
  end(): void {
    if (this.#pending && wasToBeResult(this.#pending.text)) this.unfinished += 1;
    this.#pending = undefined;
  }

  #wait(pending: Pending): void {
    if (pending.patience > 1) this.#pending = { ...pending, patience: pending.patience - 1 };
    else this.end();
  }

  #readAlone(line: LogLine): Found[] {
    const text = singleBlanks(line.text).trimStart();
    const found = read(text, line);
    // After a result line the rest of the line may be the beginning of another one. After any other fact the line is done.
    const rest = text.slice(lastEnd(text));
    const start = found.length > 0 && rest === text ? undefined : cutOff(rest.replace(SOFT_END, ''));
    if (start !== undefined) {
      this.end();
      this.#pending = { text: rest.slice(start), line, patience: PATIENCE };
    }
    return found;
  }

  /** The cut line joined with this one, if that has a fact, or is at least a longer beginning. */
  #join({ text, line, patience }: Pending, next: LogLine): Found[] | undefined {
    const candidates = joinings(text, singleBlanks(next.text));
    const results = candidates.map((whole) => ({ whole, lines: resultLines(whole).filter(({ start }) => start === 0) }));
    const complete = results.find(({ lines }) => lines[0]?.known) ?? (next.bare ? results.find(({ lines }) => lines.length > 0) : undefined);
    if (complete) {
      this.#pending = undefined;
      // The rest of the line belongs to another record, or to the next cut.
      const rest = { ...next, text: complete.whole.slice(complete.lines[0]?.end ?? 0) };
      return [...complete.lines.map((result): Found => ({ fact: { kind: 'result', line: result }, line })), ...this.#readAlone(rest)];
    }
    if (!next.bare) return undefined;
    for (const whole of candidates) {
      const fact = cutOff(whole) === 0 ? undefined : factOf(whole);
      if (fact) {
        this.#pending = undefined;
        return [{ fact, line }];
      }
    }
    const longer = candidates.find((whole) => cutOff(whole.replace(SOFT_END, '')) === 0 && patience > 1);
    if (longer === undefined || read(singleBlanks(next.text), next).length > 0) return undefined;
    this.#pending = { text: longer, line, patience: patience - 1 };
    return [];
  }
}

/** All facts in a text. */
function read(text: string, line: LogLine): Found[] {
  const results = resultLines(text);
  if (results.length > 0) return results.map((result) => ({ fact: { kind: 'result', line: result }, line }));
  const fact = factOf(text) ?? (text.includes('=') ? factOf(decodeQuotedPrintable(text)) : undefined);
  return fact ? [{ fact, line }] : [];
}

function lastEnd(text: string): number {
  return resultLines(text).at(-1)?.end ?? 0;
}

/** The possible joins of two parts: cut at a blank, cut in a word, or cut by quoted-printable, which also spells blanks. */
function joinings(text: string, next: string): string[] {
  const head = text.trimEnd();
  const tail = next.trimStart();
  if (SOFT_BREAK.test(head)) {
    const soft = head.replace(SOFT_BREAK, '');
    return [decodeQuotedPrintable(`${soft}${next}`), decodeQuotedPrintable(`${soft}${tail}`), decodeQuotedPrintable(`${soft} ${tail}`)].map(singleBlanks);
  }
  const plain = [`${head} ${tail}`, `${head}${tail}`];
  return (head.includes('=') ? [...plain, ...plain.map(decodeQuotedPrintable)] : plain).map(singleBlanks);
}

function singleBlanks(text: string): string {
  return /[\t\r\v\f\u00a0]| {2}/.test(text) ? text.replace(/\s+/g, ' ') : text;
}
