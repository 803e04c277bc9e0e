import { ERRNO } from '../../abi/errno.ts';
import type { Decoded, EventField, EventLayout } from './event-format.ts';

/** What a filter sees of an event besides its fields. */
export interface FilterSubject {
  readonly fields: Decoded;
  readonly cpu: number;
  readonly comm: string;
}

export type Predicate = (subject: FilterSubject) => boolean;

/** A filter that cannot be parsed: the errno of the write, and the lines that the file shows behind the filter. */
export interface FilterError {
  readonly errno: number;
  readonly lines: string;
}

/** The messages of the parser. Source: ERRORS of kernel/trace/trace_events_filter.c. */
const PROBLEM = {
  field: 'Field not found', operator: 'Invalid operator', value: 'Invalid value (did you forget quotes)?', expectDigit: 'Expecting numeric field',
  expectString: 'Expecting string field', integer: 'Illegal integer value', tooFewOpen: "Too few '('", tooManyOpen: "Too many '('",
  tooManyTerms: 'Too many terms in predicate expression', quote: 'Missing closing quote', operand: 'Illegal operation for field type',
} as const;

class Refused extends Error {
  readonly problem: FilterError;
  constructor(at: number, text: string, errno: number = ERRNO.EINVAL) {
    super(text);
    this.problem = { errno: -errno, lines: `${' '.repeat(at)}^\nparse_error: ${text}\n` };
  }
}

/** Operators, the longer ones first. */
const OPERATORS = ['==', '!=', '~', '<=', '<', '>=', '>', '&'] as const;
type Operator = (typeof OPERATORS)[number];

const COMPARE: Readonly<Record<Exclude<Operator, '~'>, (left: bigint, right: bigint) => boolean>> = {
  '==': (left, right) => left === right, '!=': (left, right) => left !== right, '<': (left, right) => left < right, '<=': (left, right) => left <= right,
  '>': (left, right) => left > right, '>=': (left, right) => left >= right, '&': (left, right) => (left & right) !== 0n,
};

/** Names that every event has besides its fields. */
const GENERIC: Readonly<Record<string, 'cpu' | 'comm'>> = { CPU: 'cpu', cpu: 'cpu', common_cpu: 'cpu', COMM: 'comm', comm: 'comm' };

/** A pattern of `~`, as filter_parse_regex() takes it: `*`, `?` and `[…]`. */
function glob(pattern: string): (text: string) => boolean {
  const source = pattern.replace(/[.+^${}()|\\]/g, '\\$&').replace(/\[!/g, '[^').replace(/\*/g, '.*').replace(/\?/g, '.');
  const expression = compile(source);
  return (text) => expression?.test(text) ?? text === pattern;
}

function compile(source: string): RegExp | undefined {
  try {
    return new RegExp(`^${source}$`, 's');
  } catch {
    return undefined;
  }
}

class Parser {
  readonly #text: string;
  readonly #layout: EventLayout;
  #at = 0;

  constructor(text: string, layout: EventLayout) {
    this.#text = text;
    this.#layout = layout;
  }

  parse(): Predicate {
    this.#checkBrackets();
    const predicate = this.#or();
    this.#skip();
    if (this.#at < this.#text.length) throw new Refused(this.#at, PROBLEM.tooManyTerms, ERRNO.EPERM);
    return predicate;
  }

  /** Mirrors calc_stack() (kernel/trace/trace_events_filter.c), which runs first. */
  #checkBrackets(): void {
    let open = 0;
    let quote: string | undefined;
    for (const [index, character] of [...this.#text].entries()) {
      if (quote !== undefined) {
        if (character === quote) quote = undefined;
      } else if (character === '"' || character === "'") quote = character;
      else if (character === '(') open += 1;
      else if (character === ')') {
        open -= 1;
        if (open < 0) throw new Refused(index, PROBLEM.tooFewOpen, ERRNO.EPERM);
      }
    }
    if (quote !== undefined) throw new Refused(this.#text.length, PROBLEM.quote);
    if (open > 0) throw new Refused(0, PROBLEM.tooManyOpen, ERRNO.ENOENT);
  }

  /** An error of parse_pred(), which points behind the place. Mirrors append_filter_err(). */
  #refused(at: number, text: string): Refused {
    return new Refused(Math.min(at + 1, this.#text.length), text);
  }

  #skip(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }

  #take(word: string): boolean {
    this.#skip();
    if (!this.#text.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return true;
  }

  #or(): Predicate {
    let left = this.#and();
    while (this.#take('||')) {
      const [before, after] = [left, this.#and()];
      left = (subject) => before(subject) || after(subject);
    }
    return left;
  }

  #and(): Predicate {
    let left = this.#not();
    while (this.#take('&&')) {
      const [before, after] = [left, this.#not()];
      left = (subject) => before(subject) && after(subject);
    }
    return left;
  }

  #not(): Predicate {
    this.#skip();
    if (this.#text[this.#at] === '!' && this.#text[this.#at + 1] !== '=') {
      this.#at += 1;
      const inner = this.#not();
      return (subject) => !inner(subject);
    }
    if (!this.#take('(')) return this.#term();
    const inner = this.#or();
    if (!this.#take(')')) throw new Refused(this.#at, PROBLEM.tooManyTerms, ERRNO.EPERM);
    return inner;
  }

  /** Mirrors parse_pred(). */
  #term(): Predicate {
    this.#skip();
    const name = /^\w*/.exec(this.#text.slice(this.#at))?.[0] ?? '';
    this.#at += name.length;
    const field = this.#layout.fields.find((known) => known.name === name);
    const generic = GENERIC[name];
    if (field === undefined && generic === undefined) throw this.#refused(this.#at, PROBLEM.field);
    this.#skip();
    const operator = OPERATORS.find((known) => this.#text.startsWith(known, this.#at));
    if (operator === undefined) throw this.#refused(this.#at, PROBLEM.operator);
    this.#at += operator.length;
    this.#skip();
    return this.#value(field, generic, operator);
  }

  #value(field: EventField | undefined, generic: 'cpu' | 'comm' | undefined, operator: Operator): Predicate {
    const isText = field?.dynamic === 'string' || (field?.type === 'char' && field.elements !== undefined) || (field === undefined && generic === 'comm');
    const first = this.#text[this.#at] ?? '';
    if (first === '"' || first === "'") {
      const from = this.#at + 1;
      const to = this.#text.indexOf(first, from);
      if (!isText) throw this.#refused(this.#at, PROBLEM.expectDigit);
      if (operator !== '==' && operator !== '!=' && operator !== '~') throw this.#refused(from, PROBLEM.operand);
      const value = this.#text.slice(from, to);
      this.#at = to + 1;
      const matches = operator === '~' ? glob(value) : (text: string): boolean => (text === value) === (operator === '==');
      return (subject) => matches(field === undefined ? subject.comm : fieldText(subject.fields.get(field.name)));
    }
    const digits = /^-?(?:0[xX][\da-fA-F]+|\d+)/.exec(this.#text.slice(this.#at))?.[0];
    if (digits === undefined) throw this.#refused(this.#at, PROBLEM.value);
    const from = this.#at;
    this.#at += digits.length;
    if (isText) throw this.#refused(this.#at, PROBLEM.expectString);
    if (operator === '~') throw this.#refused(from, PROBLEM.operand);
    const value = numberOf(digits);
    if (value >= 2n ** 64n || value < -(2n ** 63n)) throw this.#refused(from, PROBLEM.integer);
    const compare = COMPARE[operator];
    return (subject) => {
      const left = field === undefined ? subject.cpu : subject.fields.get(field.name);
      return (typeof left === 'number' || typeof left === 'bigint') && compare(BigInt(left), value);
    };
  }
}

const fieldText = (value: unknown): string => (value instanceof Uint8Array ? String.fromCharCode(...value).replace(/\0.*$/s, '') : String(value));

/** A number as kstrtoull() takes it with base 0: `0x` is hexadecimal, and a 0 octal. */
function numberOf(digits: string): bigint {
  const isNegative = digits.startsWith('-');
  const plain = isNegative ? digits.slice(1) : digits;
  const value = /^0[0-7]+$/.test(plain) ? BigInt(`0o${plain.slice(1)}`) : BigInt(plain.toLowerCase());
  return isNegative ? -value : value;
}

/** Parses a filter for an event. Mirrors predicate_parse() (kernel/trace/trace_events_filter.c). */
export function parseFilter(text: string, layout: EventLayout): Predicate | FilterError {
  if (text.trim() === '') return { errno: -ERRNO.EINVAL, lines: 'Error: (0)\n' };
  try {
    return new Parser(text, layout).parse();
  } catch (error) {
    if (error instanceof Refused) return error.problem;
    throw error;
  }
}
