import { decodeQuotedPrintable } from './clean.ts';
import type { LogLine } from './log-line.ts';
import { unwrap } from './unwrap.ts';

/** The longest part of a cut wrapping, in characters. If more is left of a line without its wrapping, it is a text. */
const LONGEST_BEGINNING = 64;
/** Into how many parts a mailer may cut a wrapping, besides the one before the text. */
const MOST_PARTS = 2;
/**
 * What a text begins with if a mailer may have cut it in a wrapping: as wrappings begin; or it is a few words, such as a host and a tag; or it
 * has a task and a CPU of the trace buffer. Most lines of a kernel are none of that, and each try takes as long as a line.
 */
const MAY_BEGIN = /^(?:[>[<{\d\x1e]|[A-Z][a-z]{2} |\S*(?: +\S+){0,2}$)|-\d+ +\[/;
const QUOTES = /^(?:[ \t]*>)+/;

interface Part {
  readonly raw: string;
  /** Whether a wrapping may begin in it; yes if quoted-printable may hide that. */
  readonly mayBegin: boolean;
}

/**
 * Removes the wrappings of lines, even if a mailer has cut a wrapping in two: `[=20` on one line, `2439.761866] Memory failure: …` on the
 * next. It takes lines in order.
 */
export class CutStamps {
  readonly #before: number;
  /** The last lines, if they are short enough to be a part of a wrapping. */
  #parts: readonly Part[] = [];
  #lastNumber = -1;

  /** `before`: as unwrap() takes it. */
  constructor(before: number) {
    this.#before = before;
  }

  /** The line without its wrapping. Its number stays that of the text. */
  unwrap(raw: string, number: number): LogLine {
    if (number !== this.#lastNumber + 1) this.#parts = [];
    const alone = unwrap(raw, number, this.#before);
    const line = times(alone) === 2 || alone.broken ? alone : (this.#joined(raw, number, times(alone)) ?? alone);
    this.#lastNumber = number;
    const isPart = alone.text.length <= LONGEST_BEGINNING && raw.length <= 4 * LONGEST_BEGINNING && withoutQuotes(raw).trim() !== '';
    this.#parts = isPart ? [...this.#parts, { raw, mayBegin: raw.includes('=') || MAY_BEGIN.test(alone.text.trim()) }].slice(-MOST_PARTS) : [];
    return line;
  }

  /** The line before it was cut after its first parts. Undefined if that does not give more times than `known`. */
  #joined(raw: string, number: number, known: number): LogLine | undefined {
    if (!this.#parts.some(({ mayBegin }) => mayBegin) && !raw.includes('=')) return undefined;
    const plain = withoutQuotes(raw).trimStart();
    for (const tail of new Set([plain, decodeQuotedPrintable(plain)])) {
      for (const head of beginnings(this.#parts)) {
        // That line itself is known.
        if (head + tail === raw) continue;
        const line = unwrap(head + tail, number, this.#before);
        // All parts must be wrappings; otherwise they were a line of their own.
        if (times(line) > known && line.text.length <= tail.length) return line;
      }
    }
    return undefined;
  }
}

/** How many of the two times of a line are known. */
function times({ wall, uptime }: LogLine): number {
  return (wall === undefined ? 0 : 1) + (uptime === undefined ? 0 : 1);
}

function withoutQuotes(text: string): string {
  return text.replace(QUOTES, '');
}

/** What may be before the cut: nothing (the line spells its own blanks), the last part, or the last parts, with and without a blank. */
function beginnings(parts: readonly Part[]): string[] {
  const [first, second] = parts.length < MOST_PARTS ? [] : parts;
  const last = parts.slice(-1).flatMap((part) => (part.mayBegin ? ends(part.raw) : []));
  const all = first?.mayBegin ? ends(first.raw).flatMap((head) => ends(head + withoutQuotes(second?.raw ?? '').trimStart())) : [];
  return ['', ...last, ...all];
}

/** The possible texts of a part that was cut at a blank, in a word, or by quoted-printable, which also spells blanks. */
function ends(part: string): string[] {
  const head = decodeQuotedPrintable(part.trimEnd()).replace(/=$/, '');
  return [`${head} `, head];
}
