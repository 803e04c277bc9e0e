import type { FailureSymbol } from '../../kernel/trace/event-format.ts';
import { LINUX_6_12_PAGE_TYPES, LINUX_6_1_PAGE_TYPES, LINUX_7_3_PAGE_TYPES } from '../../kernel/trace/formats/page-types.ts';
import { version, versionOf } from './kernel-era.ts';
import { type Evidence, judge, type Judgement, type Verdict } from './verdict.ts';

/**
 * Names of page types in rasdaemon, by their number. The kernel reports a number, and rasdaemon names it by a table of its own, which is that of
 * another kernel. A number beyond the table is `unknown page`. Source: mf_page_type[] of ras-memory-failure-handler.c.
 */
const BEFORE_0_8_1 = [
  'reserved kernel page', 'high-order kernel page', 'kernel slab page', 'different compound page after locking', 'huge page already hardware poisoned',
  'huge page', 'free huge page', 'non-pmd-sized huge page', 'unmapping failed page', 'dirty swapcache page', 'clean swapcache page',
  'dirty mlocked LRU page', 'clean mlocked LRU page', 'dirty unevictable LRU page', 'clean unevictable LRU page', 'dirty LRU page', 'clean LRU page',
  'already truncated LRU page', 'free buddy page', 'free buddy page (2nd try)', 'dax page', 'unsplit thp', 'unknown page',
];
const SINCE_0_8_1 = BEFORE_0_8_1.filter((name) => ![
  'huge page already hardware poisoned', 'non-pmd-sized huge page', 'free buddy page (2nd try)',
].includes(name));
/** The versions whose tables are known: 0.6.7, which added the event, to 0.8.5. */
const FIRST = [0, 6, 7];
const CHANGED = [0, 8, 1];
const LAST = [0, 8, 5];

/** The numbers of kernels that were recorded. The first two types have had their numbers since 4.3, which added the event. */
const KERNELS: ReadonlyMap<number, readonly FailureSymbol[]> = new Map([
  [version(6, 1), LINUX_6_1_PAGE_TYPES], [version(6, 12), LINUX_6_12_PAGE_TYPES], [version(7, 3), LINUX_7_3_PAGE_TYPES],
]);
const ALWAYS = LINUX_7_3_PAGE_TYPES.slice(0, 2);
/** Beyond the numbers of every kernel. */
const MOST_NUMBERS = 64;

function compare(left: readonly number[], right: readonly number[]): number {
  const differing = [0, 1, 2].find((index) => (left[index] ?? 0) !== (right[index] ?? 0));
  return differing === undefined ? 0 : (left[differing] ?? 0) - (right[differing] ?? 0);
}

/** The tables that a version of rasdaemon may have; none for a version of which nothing is known. */
function tablesOf(rasdaemon: string | undefined): readonly (readonly string[])[] {
  if (rasdaemon === undefined) return [BEFORE_0_8_1, SINCE_0_8_1];
  const parts = rasdaemon.split('.').map(Number);
  if (compare(parts, FIRST) < 0 || compare(parts, LAST) > 0) return [];
  return [compare(parts, CHANGED) < 0 ? BEFORE_0_8_1 : SINCE_0_8_1];
}

/** The numbers that a table gives a name. */
function numbersOf(name: string, table: readonly string[]): readonly number[] {
  return Array.from({ length: MOST_NUMBERS }, (_, number) => number).filter((number) => (table[number] ?? 'unknown page') === name);
}

/** The page types that a name of rasdaemon can stand for, as the kernel names them. Undefined for an unknown name. */
function typesOf(name: string, kernel: string | undefined, rasdaemon: string | undefined): ReadonlySet<string | undefined> {
  const release = versionOf(kernel);
  const symbols = release === undefined ? undefined : KERNELS.get(release);
  const most = Math.max(...(symbols ?? []).map(([number]) => number));
  const numbers = tablesOf(rasdaemon).flatMap((table) => numbersOf(name, table)).filter((number) => symbols === undefined || number <= most);
  return new Set(numbers.map((number) => (symbols ?? ALWAYS).find(([known]) => known === number)?.[2]));
}

const CANNOT_TELL = { v4: 'undecidable', '7.3': 'undecidable' } as const;

/** A kernel that means more by `reserved kernel page` than those before it: a kernel that is not known may be one. */
const NEWEST = '7.3';

/** The verdict of each policy if both agree. */
function agreed(left: Judgement, right: Judgement): Judgement {
  const of = (policy: keyof Judgement['verdict']): Verdict => (left.verdict[policy] === right.verdict[policy] ? left.verdict[policy] : 'undecidable');
  const verdict = { v4: of('v4'), '7.3': of('7.3') };
  const isSame = verdict.v4 === left.verdict.v4 && verdict['7.3'] === left.verdict['7.3'];
  return { verdict, reason: isSame ? left.reason : right.reason };
}

/** Judges a type. A kernel that is not known may be any. */
function judgeType(evidence: Evidence, type: string): Judgement {
  const judgement = judge({ ...evidence, type });
  return evidence.kernel === undefined ? agreed(judgement, judge({ ...evidence, type, kernel: NEWEST })) : judgement;
}

/**
 * Judges a memory failure that rasdaemon recorded: its name of the page type, corrected as far as the versions are known. Where the name can stand for
 * types that are judged differently, the verdict is undecidable.
 */
export function judgeRasdaemon(evidence: Evidence, rasdaemon: string | undefined): Judgement & { readonly type: string } {
  const types = typesOf(evidence.type, evidence.kernel, rasdaemon);
  const [type] = types;
  if (types.size === 1 && type !== undefined) return { type, ...judgeType(evidence, type) };
  const judgements = [...types].map((each) => (each === undefined ? undefined : judgeType(evidence, each)));
  const [first] = judgements;
  const isSure = first !== undefined && judgements.every((each) => each?.verdict.v4 === first.verdict.v4 && each.verdict['7.3'] === first.verdict['7.3']);
  if (isSure) return { type: evidence.type, verdict: first.verdict, reason: `rasdaemon's name can stand for several types, and none differs: ${first.reason}` };
  return { type: evidence.type, verdict: CANNOT_TELL, reason: whatIsMissing(evidence.kernel, rasdaemon) };
}

/** Why a name shows nothing, and what would help. */
function whatIsMissing(kernel: string | undefined, rasdaemon: string | undefined): string {
  const names = 'rasdaemon names the kernel\'s number of a page type by a table of its own';
  const release = versionOf(kernel);
  if (release === undefined) return `${names}: which type it is depends on the kernel (--kernel)`;
  if (!KERNELS.has(release)) return `${names}: the numbers of kernel ${kernel ?? ''} are not known, only those of 6.1, 6.12 and 7.3`;
  if (rasdaemon === undefined) return `${names}: which type it is depends on its version (--rasdaemon)`;
  return `${names}: that of version ${rasdaemon} gives no type that this kernel has`;
}
