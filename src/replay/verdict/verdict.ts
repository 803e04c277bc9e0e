// Whether a kernel with the sysctl set would have panicked on a failure. The table below is an argument to be read from top to bottom;
// kernel-era.ts says how a kernel of some version names pages. The folder may import what replay may. Start with ROWS and judge() below.
import { ACTION_PAGE_TYPES } from '../../kernel/memory-failure/action-page-types.ts';
import { PANICS_ON } from '../../kernel/profiles/panics-on.ts';
import { isKnownType, type RecoveryResult } from '../wording/result-line.ts';
import { eraOf, type KernelEra, version, versionOf } from './kernel-era.ts';
import type { PolicyName } from './policy.ts';

/** Whether a kernel with vm.panic_on_unrecoverable_memory_failure=1 would have panicked on the same error. */
export type Verdict = 'would-panic' | 'would-not' | 'undecidable';

/** The facts about a memory failure, besides its time and place. */
export interface Evidence {
  readonly type: string;
  readonly result: RecoveryResult;
  /** Whether the wording is that before 4.1, so that the kernel must be that old. */
  readonly oldWording: boolean;
  /** The kernel's release, if the log has it. */
  readonly kernel?: string;
  /** Lines on the same page before the result line: `unhandlable page`, `Unknown page state`, `non anonymous thp`. */
  readonly unhandlable: boolean;
  readonly unknownState: boolean;
  readonly compound: boolean;
  /** Flags and page type by name, from a dump of the page. */
  readonly dump?: readonly string[];
}

/** A verdict for each policy, and the reason. */
export interface Judgement {
  readonly verdict: Readonly<Record<PolicyName, Verdict>>;
  readonly reason: string;
}

/** Judges by the first row of the table that fits. */
export function judge(evidence: Evidence): Judgement {
  const era: KernelEra = evidence.oldWording ? 'refcount' : eraOf(evidence.kernel);
  const type = plainType(evidence.type);
  const row = ROWS.find((each) => fits(each, evidence, type, era));
  if (!row) throw new Error('the last row of the verdict table fits all');
  return { verdict: { v4: row.v4, '7.3': row['7.3'] }, reason: row.reason };
}

function fits(row: Row, evidence: Evidence, type: string, era: KernelEra): boolean {
  const { dump } = row;
  return (
    (row.types === 'known' ? isKnownType(evidence.type) : row.types === undefined || row.types.includes(type)) &&
    (row.results === undefined || row.results.includes(evidence.result)) &&
    (row.eras === undefined || row.eras.includes(era)) &&
    (row.since === undefined || (versionOf(evidence.kernel) ?? 0) >= version(...row.since)) &&
    (row.line === undefined || evidence[row.line]) &&
    (dump === undefined || (evidence.dump?.some((name) => dump.includes(name)) ?? false))
  );
}

/** 2.6.32 put `dirty ` before a type whenever the page was dirty. */
function plainType(type: string): string {
  return type.replace(/^dirty (?=unknown page state page|kernel slab page|reserved kernel page|non LRU page|high order kernel page)/, '');
}

/** A row of the table: it fits if all its conditions do. */
interface Row extends Readonly<Record<PolicyName, Verdict>> {
  /** Types as printed; `known`: any that a kernel prints. */
  readonly types?: readonly string[] | 'known';
  readonly results?: readonly RecoveryResult[];
  readonly eras?: readonly KernelEra[];
  /** The log says the kernel is of this version or later. */
  readonly since?: readonly [major: number, minor: number];
  /** This line on the page came before the result line. */
  readonly line?: 'unhandlable' | 'unknownState' | 'compound';
  /** A dump of the page names one of these. */
  readonly dump?: readonly string[];
  readonly reason: string;
}

/** What a policy decides for a page whose type is certain on such a kernel: as the model does. */
function ofType(type: keyof typeof ACTION_PAGE_TYPES): Readonly<Record<PolicyName, Verdict>> {
  const of = (name: PolicyName): Verdict => ((PANICS_ON[name] as readonly string[]).includes(type) ? 'would-panic' : 'would-not');
  return { v4: of('v4'), '7.3': of('7.3') };
}

const RESERVED = [ACTION_PAGE_TYPES.MF_MSG_KERNEL];
const HIGH_ORDER = [ACTION_PAGE_TYPES.MF_MSG_KERNEL_HIGH_ORDER, 'high order kernel page'];
const GET_HWPOISON = [ACTION_PAGE_TYPES.MF_MSG_GET_HWPOISON];
const UNKNOWN = [ACTION_PAGE_TYPES.MF_MSG_UNKNOWN, 'unknown page state page'];
const NON_LRU = ['non LRU page'];
/** What the handler prints of a page it could not take, whatever it is. */
const LUMPS = [...GET_HWPOISON, ACTION_PAGE_TYPES.MF_MSG_UNKNOWN, ...NON_LRU];

const IS_RESERVED = ofType('MF_MSG_KERNEL');
const IS_HIGH_ORDER = ofType('MF_MSG_KERNEL_HIGH_ORDER');
const IS_UNKNOWN = ofType('MF_MSG_UNKNOWN');
/** Slab, page-table and large-kmalloc pages: 7.3 takes them for MF_MSG_KERNEL, v4 for MF_MSG_GET_HWPOISON. */
const IS_SLAB = { v4: ofType('MF_MSG_GET_HWPOISON').v4, '7.3': ofType('MF_MSG_KERNEL')['7.3'] } as const;
const NEITHER = { v4: 'would-not', '7.3': 'would-not' } as const;
const CANNOT_TELL = { v4: 'undecidable', '7.3': 'undecidable' } as const;

/**
 * From what a kernel printed to what each policy would have done with the same error. The first row that fits counts, and the last one fits
 * all. What 5.10 and 6.1 print for which page was recorded (test/recordings/replay).
 */
const ROWS: readonly Row[] = [
  { types: LUMPS, dump: ['reserved'], ...IS_RESERVED, reason: 'the dump of the page says it is reserved' },
  { types: LUMPS, dump: ['slab', 'table', 'large_kmalloc'], ...IS_SLAB, reason: 'the dump of the page says it is the kernel\'s own, which 7.3 panics on and v4 does not' },
  { types: LUMPS, dump: ['uptodate', 'swapbacked', 'lru'], ...NEITHER, reason: 'the dump of the page says it holds a program\'s memory or a file, off its list for a moment' },

  {
    types: RESERVED, eras: ['merged'], ...IS_RESERVED, v4: 'undecidable',
    reason: 'a kernel since 7.3 prints this for slab, page-table and large-kmalloc pages too, which v4 does not panic on',
  },
  {
    types: RESERVED, eras: ['unseen'], line: 'unhandlable', ...IS_RESERVED, v4: 'undecidable',
    reason: 'only a kernel that has the sysctl prints this after "unhandlable page"; if it is 7.3 or later, then also for slab, page-table and large-kmalloc pages, which v4 does not panic on',
  },
  { types: RESERVED, results: ['Failed'], since: [4, 19], ...IS_RESERVED, reason: 'a reserved page, Failed only because something else held it too' },
  {
    types: RESERVED, results: ['Failed'], ...CANNOT_TELL,
    reason: 'a reserved page would panic, but kernels before 4.19 printed this for persistent memory mapped by a program too, which is recovered today',
  },
  { types: RESERVED, ...IS_RESERVED, reason: 'a reserved page' },

  { types: ['kernel slab page'], ...IS_SLAB, reason: 'a slab page: 7.3 takes it for the kernel\'s own and panics, v4 does not' },

  {
    types: HIGH_ORDER, eras: ['refcount', 'unseen'], line: 'compound', v4: IS_SLAB.v4, '7.3': 'undecidable',
    reason: 'before 5.14 "non anonymous thp" and this are printed for any large allocation of the kernel: slab and large kmalloc panic under 7.3, others do not, and v4 calls all of them get hwpoison page',
  },
  { types: HIGH_ORDER, ...IS_HIGH_ORDER, reason: 'between allocation and freeing: v4 panics, 7.3 leaves these out' },

  { types: UNKNOWN, eras: ['merged', 'posted', 'get-hwpoison'], ...IS_UNKNOWN, reason: 'taken, but in no state the handler knows: v4 panics, 7.3 leaves these out' },
  { types: UNKNOWN, results: ['Ignored'], line: 'unknownState', ...IS_UNKNOWN, reason: 'taken, but in no state the handler knows: v4 panics, 7.3 leaves these out' },
  { types: UNKNOWN, results: ['Failed'], eras: ['unknown'], ...IS_UNKNOWN, reason: 'taken, but in no state the handler knows: v4 panics, 7.3 leaves these out' },
  {
    types: UNKNOWN, results: ['Failed'], ...CANNOT_TELL,
    reason: 'before 5.14 this is printed for page tables, which 7.3 panics on, for vmalloc areas and stacks, which nothing panics on, and for lost races, which v4 panics on',
  },
  {
    types: UNKNOWN, ...CANNOT_TELL,
    reason: 'from 5.14 to 6.10 this is printed for every page that could not be taken: reserved, slab and page-table pages would panic, vmalloc areas, stacks and user pages off their list for a moment would not',
  },

  { types: GET_HWPOISON, eras: ['merged'], ...NEITHER, reason: 'could not be taken, and a kernel since 7.3 would print another type if it were the kernel\'s own' },
  {
    types: GET_HWPOISON, eras: ['posted'], v4: 'would-not', '7.3': 'undecidable',
    reason: 'not a reserved page, or v4 would print that; slab, page-table and large-kmalloc pages panic under 7.3, vmalloc areas, stacks and user pages do not',
  },
  {
    types: GET_HWPOISON, ...CANNOT_TELL,
    reason: 'before 7.3 this is printed for every page that could not be taken: reserved, slab and page-table pages would panic, vmalloc areas, stacks and user pages off their list for a moment would not',
  },
  { types: NON_LRU, ...CANNOT_TELL, reason: 'printed for every page that is on no list: reserved and slab pages would panic, others would not' },

  { types: 'known', ...NEITHER, reason: 'not the kernel\'s own memory: neither rule panics on this type' },
  { ...CANNOT_TELL, reason: 'no kernel is known to print this type' },
];
