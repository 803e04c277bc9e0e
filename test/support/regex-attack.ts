import { createContext, Script } from 'node:vm';
import { type AST, RegExpParser } from '@eslint-community/regexpp';

/** The length of an attack, in characters: far more than the longest line that replay takes as one. */
const LENGTH = 200_000;
/** A linear search takes some milliseconds for it, a quadratic one seconds. */
const LIMIT_MS = 300;
/** A busy machine may be slow once, but not three times. */
const TRIES = 3;
const SUFFIXES = ['', '!', '\u2028', ' \u0000'];
const CHARACTERS = [...'a1 A0F.-:=,;[](){}<>/"\\\'_x\t\r\n\u001b\u0007|', ...Array.from({ length: 128 }, (_, n) => String.fromCharCode(n)), '\u00a0', '\u241b', '\u2028', '\ufeff'];

const parser = new RegExpParser({ ecmaVersion: 2024 });

/** The characters that an element may be, for a class or a set at most six. */
function charactersOf(node: AST.Element | AST.Quantifier['element'], flags: string): string[] {
  if (node.type === 'Character') return [String.fromCodePoint(node.value)];
  if (node.type !== 'CharacterClass' && node.type !== 'CharacterSet') return [];
  const one = new RegExp(`^${node.raw}$`, flags.replace(/[gy]/g, ''));
  return [...new Set(CHARACTERS.filter((character) => one.test(character)))].slice(0, 6);
}

/** A text that an element matches, with `times` repetitions of optional parts. */
function sample(node: AST.Element, times: number, flags: string): string {
  switch (node.type) {
    case 'Quantifier': return sample(node.element, times, flags).repeat(Math.max(node.min, Math.min(times, node.max)));
    case 'Group': case 'CapturingGroup': return (node.alternatives[0]?.elements ?? []).map((each) => sample(each, times, flags)).join('');
    default: return charactersOf(node, flags)[0] ?? '';
  }
}

/** What a path from the start of the pattern to a node matches. */
function before(node: AST.Node, times: number, flags: string): string {
  const parent = node.parent;
  if (!parent || parent.type === 'Pattern' || parent.type === 'RegExpLiteral') return '';
  if (parent.type !== 'Alternative') return before(parent, times, flags);
  const at = parent.elements.indexOf(node as AST.Element);
  return before(parent, times, flags) + parent.elements.slice(0, at).map((each) => sample(each, times, flags)).join('');
}

function quantifiers(node: AST.Pattern | AST.Alternative | AST.Element): AST.Quantifier[] {
  if (node.type === 'Quantifier') return [node, ...quantifiers(node.element)];
  if ('alternatives' in node) return node.alternatives.flatMap(quantifiers);
  return node.type === 'Alternative' ? node.elements.flatMap(quantifiers) : [];
}

/** Texts for which a pattern may take long: for every quantifier what comes before it, what it repeats, and an end that does not fit. */
export function attacks({ source, flags }: RegExp, length = LENGTH): string[] {
  const pattern = parser.parsePattern(source, 0, source.length, { unicode: flags.includes('u') });
  const pumped = quantifiers(pattern).flatMap((quantifier) => [0, 1].flatMap((times) => {
    const prefix = before(quantifier, times, flags);
    const wholes = [0, 1].map((again) => prefix + sample(quantifier, again, flags)).filter((whole) => whole !== '');
    const pumps = [sample(quantifier.element, 1, flags), ...charactersOf(quantifier.element, flags)].filter((pump) => pump !== '');
    return [
      ...pumps.map((pump) => prefix + pump.repeat(Math.ceil(length / pump.length))),
      ...wholes.map((whole) => whole.repeat(Math.ceil(length / whole.length))),
    ];
  }));
  return [...new Set(pumped)].flatMap((text) => SUFFIXES.map((suffix) => text + suffix));
}

const context = createContext({ pattern: undefined as unknown, text: '' }) as { pattern: RegExp; text: string };
const search = new Script('pattern.global ? text.replace(pattern, "").length : pattern.exec(text)?.index');

function isSlow(pattern: RegExp, text: string): boolean {
  for (let n = 0; n < TRIES; n += 1) {
    Object.assign(context, { pattern: new RegExp(pattern.source, pattern.flags), text });
    try {
      search.runInContext(context, { timeout: LIMIT_MS });
      return false;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    }
  }
  return true;
}

/** The beginning of an attack for which a pattern takes more than linear time. Undefined if none is found. */
export function slowOn(pattern: RegExp): string | undefined {
  // Exponential ones first: a short text is enough for them.
  const slow = [...attacks(pattern, 40), ...attacks(pattern)].find((text) => isSlow(pattern, text));
  return slow === undefined ? undefined : `${slow.slice(0, 60)}… ${slow.slice(-3)}`;
}
