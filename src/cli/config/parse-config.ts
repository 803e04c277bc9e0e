import { Composer, isMap, isScalar, isSeq, Lexer, LineCounter, type Pair, Parser, type ParsedNode, type CST } from 'yaml';
import { printable } from '../../abi/printable.ts';
import { parseLines } from '../../language/parse.ts';
import { takes, unknownWord } from '../../language/words.ts';
import { UsageError } from '../exit-status.ts';
import type { FileSettings, Option, OptionTable, Setting } from '../options/option.ts';

/** How to read a configuration file. */
export interface ConfigLanguage {
  /** The options it may give. */
  readonly options: OptionTable;
  /** The name of the file in messages. */
  readonly name: string;
  /** Makes a path absolute that is relative to the directory of the file. */
  readonly absolute: (path: string) => string;
}

/** Nothing is deeper than a list of texts. A text that is far deeper would overflow the stack of the parser. */
const DEEPEST = 10;

/** An error in a line of the file. */
class Wrong extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/** The values of a configuration file. @throws UsageError of one line, `FILE:LINE: …`, for the first error */
export function parseConfig(bytes: Uint8Array, { options, name, absolute }: ConfigLanguage): FileSettings {
  const settings = new Map<string, readonly Setting[]>();
  const given = new Map<string, number>();
  for (const { key, line, values } of entries(bytes, name)) {
    const called = (at: number): string => `${name}:${at}: ${key}`;
    const before = given.get(key);
    const option = Object.hasOwn(options, key) ? options[key] : undefined;
    if (option === undefined) throw new UsageError(`${name}:${line}: ${unknownWord('key', key, Object.keys(options))}`);
    if (before !== undefined) throw new UsageError(`${called(line)} is given in line ${before} already: give it once`);
    given.set(key, line);
    if (values.length !== 1 && option.kind !== 'list') throw new UsageError(`${called(line)} takes one value, not a list`);
    settings.set(key, values.map(({ text, line: at }) => ({ value: understand(option, text, called(at), absolute), called: called(at) })));
  }
  return settings;
}

const FLAGS: Readonly<Record<string, boolean>> = { true: true, false: false };

function understand(option: Option, text: string, called: string, absolute: (path: string) => string): unknown {
  if (text === '') throw new UsageError(`${called} needs a value`);
  switch (option.kind) {
    case 'list': return text;
    case 'text': return option.read(option.completes === 'files' ? absolute(text) : text, called);
    case 'flag': {
      const value = Object.hasOwn(FLAGS, text) ? FLAGS[text] : undefined;
      if (value === undefined) throw new UsageError(takes(called, 'true or false', text));
      return value;
    }
  }
}

/** A key of the file, with its value or the values of its list. */
interface Entry {
  readonly key: string;
  readonly line: number;
  readonly values: readonly Value[];
}

interface Value {
  readonly text: string;
  readonly line: number;
}

/** The entries of the file, in order, without their meaning. */
function entries(bytes: Uint8Array, name: string): Entry[] {
  try {
    return parse(bytes);
  } catch (error) {
    if (error instanceof Wrong) throw new UsageError(`${name}:${error.line}: ${error.message}`);
    throw error;
  }
}

/** The bytes as text, without byte order mark and carriage returns. */
function decode(bytes: Uint8Array): string {
  const lines = parseLines(bytes, (line) => line);
  if ('error' in lines) throw new Wrong(lines.error.line, lines.error.message);
  return lines.statements.map(({ statement }) => `${statement}\n`).join('');
}

/** The file as YAML in which every scalar is text (the failsafe schema), in the order of its keys. */
function parse(bytes: Uint8Array): Entry[] {
  const text = decode(bytes);
  const lines = new LineCounter();
  const tokens = tokenize(text, lines);
  const [document, another] = new Composer({ schema: 'failsafe', prettyErrors: false, uniqueKeys: false }).compose(tokens, false, text.length);
  // An error at the end of the file belongs to its last line.
  const lineOf = (offset: number): number => lines.linePos(Math.min(offset, text.length - 1)).line;
  const error = document?.errors[0];
  if (error) throw new Wrong(lineOf(error.pos[0]), `it is not YAML: ${oneSentence(error.message)}`);
  if (another) throw new Wrong(lineOf(another.range[0]), 'it has a second document: there is one');
  const contents = document?.contents ?? null;
  if (contents === null || (isScalar(contents) && contents.value === '')) return [];
  if (!isMap<ParsedNode, ParsedNode | null>(contents)) throw new Wrong(lineOf(contents.range[0]), 'it has KEY: VALUE in a line, such as memory: 32G, and nothing else');
  return contents.items.map((pair) => entry(pair, lineOf));
}

function tokenize(text: string, lines: LineCounter): CST.Token[] {
  lines.addNewLine(0);
  const parser = new Parser(lines.addNewLine);
  const tokens: CST.Token[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    if (parser.stack.length > DEEPEST) throw new Wrong(lines.linePos(parser.offset).line, 'there are lists in lists: it has KEY: VALUE in a line, and lists of values');
  }
  return [...tokens, ...parser.end()];
}

/** The message of yaml in one sentence. It may have several lines, and quote the whole text. */
function oneSentence(message: string): string {
  const line = message.split('\n', 1).join('');
  return printable(line.length > 120 ? `${line.slice(0, 120)}…` : line);
}

type LineOf = (offset: number) => number;

function entry({ key, value }: Pair<ParsedNode, ParsedNode | null>, lineOf: LineOf): Entry {
  const { text, line } = scalar(key, lineOf);
  if (!isSeq<ParsedNode>(value)) return { key: text, line, values: [value === null ? { text: '', line } : scalar(value, lineOf)] };
  refuseProperties(value, lineOf);
  return { key: text, line, values: value.items.map((item) => scalar(item, lineOf)) };
}

function scalar(node: ParsedNode, lineOf: LineOf): Value {
  const line = lineOf(node.range[0]);
  if (!isScalar(node)) throw new Wrong(line, isMap(node) ? 'there is KEY: VALUE in a value: quote what has a colon' : 'a value is text, or a list of texts');
  refuseProperties(node, lineOf);
  const text = String(node.value);
  if (/[\n\0]/.test(text) || lineOf(node.range[1]) !== line) throw new Wrong(line, 'a value is text in one line');
  return { text, line };
}

/** Anchors and tags mean nothing here. */
function refuseProperties(node: ParsedNode, lineOf: LineOf): void {
  const { anchor, tag } = node as { anchor?: string; tag?: string };
  if (anchor !== undefined || tag !== undefined) throw new Wrong(lineOf(node.range[0]), 'there is a YAML anchor or tag: quote what begins with & or !');
}
