import { ACTION_PAGE_TYPES } from '../../kernel/memory-failure/action-page-types.ts';

/** How a memory failure ended, as every kernel since 2.6.32 prints it. */
export type RecoveryResult = 'Ignored' | 'Failed' | 'Delayed' | 'Recovered';

/** A result line, as printed. */
export interface ResultLine {
  readonly pfn: string;
  readonly type: string;
  readonly result: RecoveryResult;
  /**
   * `trace`: from the trace buffer (ras:memory_failure_event), which reports the same failure again. `rasdaemon`: so too, but with the name that rasdaemon
   * has for the page type.
   */
  readonly from: 'log' | 'trace' | 'rasdaemon';
  /** Whether a known kernel prints this type. */
  readonly known: boolean;
  /** The wording before Linux 4.1: `MCE 0x19d0: non LRU page recovery: Ignored`. */
  readonly old: boolean;
}

/** Types that kernels before 7.3 printed and 7.3 does not. The word "page" belongs to the format before 4.1, to the name since. */
const FORMER_TYPES = [
  // 2.6.32 to 4.0
  'free kernel page', 'kernel slab page', 'swapcache page', 'unevictable LRU page', 'mlocked LRU page', 'LRU page', 'unknown page state page',
  'free buddy, 2nd try page', 'high order kernel page', 'non LRU page', 'memory outside kernel control page',
  // since 4.1
  'different compound page after locking', 'huge page already hardware poisoned', 'free buddy page (2nd try)', 'non-pmd-sized huge page',
  'already poisoned',
] as const;

const KNOWN_TYPES: ReadonlySet<string> = new Set([...Object.values(ACTION_PAGE_TYPES), ...FORMER_TYPES]);

/** Whether a known kernel prints this type. 2.6.32 could put `dirty ` before any of them. */
export function isKnownType(type: string): boolean {
  return KNOWN_TYPES.has(type) || (type.startsWith('dirty ') && KNOWN_TYPES.has(type.slice('dirty '.length)));
}

const TYPE = String.raw`[A-Za-z0-9][A-Za-z0-9 ,()\-]*?`;
const RESULTS = 'Ignored|Failed|Delayed|Recovered';
const LINE = String.raw`(Memory failure: |MCE |memory_failure_event: pfn )(0x[0-9a-f]+): (?:recovery action for (${TYPE})|(${TYPE}) recovery): ?(${RESULTS})\b`;

const ANYWHERE = new RegExp(LINE, 'g');
/** A record of rasdaemon's database, as a line. */
const RASDAEMON = new RegExp(String.raw`^memory_failure_event: pfn=(0x[0-9a-f]+) page_type=(.*) action_result=(${RESULTS})$`);

/** A result line, and its beginning and end in a text. */
type PlacedResultLine = ResultLine & { readonly start: number; readonly end: number };

/** Every result line in a text, with blanks as the kernel prints them. */
export function resultLines(text: string): readonly PlacedResultLine[] {
  if (!text.includes('0x')) return [];
  const [whole, pfn = '', type = '', result = ''] = RASDAEMON.exec(text) ?? [];
  if (whole !== undefined) {
    return [{ pfn, type, result: result as RecoveryResult, from: 'rasdaemon', known: isKnownType(type), old: false, start: 0, end: whole.length }];
  }
  const found: PlacedResultLine[] = [];
  ANYWHERE.lastIndex = 0;
  // matchAll() copies the pattern, which takes longer than to look for it.
  for (let match = ANYWHERE.exec(text); match !== null; match = ANYWHERE.exec(text)) {
    const [, prefix = '', pfn = '', since41, before41 = '', result = ''] = match;
    const type = since41 ?? before41;
    found.push({
      pfn, type, result: result as RecoveryResult, from: prefix.startsWith('memory') ? 'trace' : 'log', known: isKnownType(type), old: since41 === undefined,
      start: match.index, end: ANYWHERE.lastIndex,
    });
  }
  return found;
}

/** The beginnings of the lines of mm/memory-failure.c on a page. */
const BEGINNINGS = ['Memory failure: 0x', 'MCE 0x', 'memory_failure_event: pfn 0x'];
/** Every prefix of these, from two characters on, the longest first. */
const SHORTER = BEGINNINGS.flatMap((each) => Array.from({ length: each.length - 1 }, (_, n) => each.slice(0, each.length - n)));
const LAST_CHARACTERS = new Set(SHORTER.map((each) => each.at(-1)));
const BEGUN = /(?:Memory failure: |MCE |memory_failure_event: pfn )0x[0-9a-f]+(?:: [^:]*)?(?::? ?(?:[IFDR][a-z]*)?)?$/;
const RESULT_BEGUN = /: (?:recovery |[A-Za-z0-9 ,()\-]* recovery:)/;

/**
 * Where a cut line of mm/memory-failure.c begins in a text: a mailer cuts at column 72, a terminal at column 80. Undefined if the end of
 * the text cannot be the beginning of such a line.
 */
export function cutOff(text: string): number | undefined {
  const begun = text.includes('0x') ? BEGUN.exec(text) : null;
  if (begun) return begun.index;
  const shorter = LAST_CHARACTERS.has(text.at(-1)) ? SHORTER.find((each) => text.endsWith(each)) : undefined;
  return shorter === undefined ? undefined : text.length - shorter.length;
}

/** Whether a text found by cutOff() is the beginning of a result line, and not of another line on a page. */
export function wasToBeResult(text: string): boolean {
  return RESULT_BEGUN.test(text);
}
