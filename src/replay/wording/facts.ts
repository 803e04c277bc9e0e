// What the text of a log line says of memory failures, in the words of every kernel: result-line.ts has the result lines, wrapped.ts joins
// lines that were cut. The folder may import replay/line and kernel. Start with factOf() below.
import type { ResultLine } from './result-line.ts';

/** A fact in a line of a kernel log, related to memory failures. */
export type Fact =
  | { readonly kind: 'result'; readonly line: ResultLine }
  | { readonly kind: 'unhandlable'; readonly pfn: string }
  | { readonly kind: 'unknown-state'; readonly pfn: string }
  | { readonly kind: 'compound'; readonly pfn: string }
  | { readonly kind: 'injected'; readonly pfn: string }
  | { readonly kind: 'unpoisoned'; readonly pfn: string }
  | { readonly kind: 'killed'; readonly comm: string; readonly pid: number; readonly pfn?: string }
  | { readonly kind: 'dimm'; readonly pfn: string; readonly label: string }
  | { readonly kind: 'dump-page'; readonly pfn: string }
  | { readonly kind: 'dump-flags'; readonly flags: readonly string[] }
  | { readonly kind: 'dump-reason' }
  | { readonly kind: 'crash'; readonly crash: CrashKind; readonly text: string; readonly pfn?: string }
  | { readonly kind: 'crashed-at'; readonly place: string }
  | { readonly kind: 'boot'; readonly release: string }
  | { readonly kind: 'release'; readonly release: string };

/**
 * How a machine crashed: by vm.panic_on_unrecoverable_memory_failure itself, by vm.memory_failure_recovery=0, by another panic, or by a
 * fault in the kernel, which most machines do not survive.
 */
export type CrashKind = 'unrecoverable-page' | 'recovery-disabled' | 'panic' | 'fault';

/** A wording: the pattern of a line without its wrapping and with single blanks, and its fact. */
interface Wording {
  readonly pattern: RegExp;
  /** A part of every line that the pattern matches. Searching it first is faster, for a pattern that may match anywhere. */
  readonly needs?: string;
  readonly fact: (match: RegExpExecArray) => Fact;
}

const ON_PAGE = '(?:[Mm]emory failure: |MCE )(0x[0-9a-f]+):? ';
const PFN = '(?:0x)?([0-9a-f]+)';
/** The name of a program has up to 15 bytes; each is four characters if /dev/kmsg escapes it. A pid has at most 10 digits. */
const PROGRAM = '(.{1,60}?):(\\d{1,10})';

function pfnFact(kind: 'unhandlable' | 'unknown-state' | 'compound' | 'injected' | 'unpoisoned' | 'dump-page'): (match: RegExpExecArray) => Fact {
  return ([, digits = '']) => ({ kind, pfn: normalPfn(digits) });
}

/** A pfn as the kernel's %#lx prints it, of one printed with or without 0x, with or without leading zeros. */
function normalPfn(digits: string): string {
  return `0x${digits.replace(/^0x/, '').replace(/^0+(?=.)/, '')}`;
}

function killed(comm: string, pid: string, pfn?: string): Fact {
  return { kind: 'killed', comm, pid: Number(pid), ...(pfn !== undefined && { pfn }) };
}

function crash(kind: CrashKind): (match: RegExpExecArray) => Fact {
  return ([text, pfn]) => ({ kind: 'crash', crash: kind, text, ...(pfn !== undefined && { pfn: normalPfn(pfn) }) });
}

/** Flags between the parentheses of `flags: 0x57ffffc0801000(reserved|hwpoison|node=1|…)`, or the name in `page_type: f5(slab)`. */
function dumpFlags([, names = '']: RegExpExecArray): Fact {
  return { kind: 'dump-flags', flags: names.split('|').filter((name) => !name.includes('=')) };
}

/**
 * The wording of lines around a result line, in kernels from 2.6.32 to 7.3. The first that matches counts. A pattern is anchored if the
 * kernel begins a line with it, so that a quotation by a program does not count.
 */
export const WORDINGS: readonly Wording[] = [
  { pattern: new RegExp(`${ON_PAGE}unhandlable page`), needs: 'unhandlable', fact: pfnFact('unhandlable') },
  { pattern: new RegExp(`${ON_PAGE}Unknown page state`), needs: 'Unknown page state', fact: pfnFact('unknown-state') },
  { pattern: new RegExp(`${ON_PAGE}non anonymous thp`), needs: 'non anonymous thp', fact: pfnFact('compound') },
  // 2.6.32 printed `early`; `Sending SIGBUS to` since 5.3.
  {
    pattern: new RegExp(`${ON_PAGE}(?:Killing|Sending SIGBUS to) ${PROGRAM} (?:early )?due to\\b`),
    needs: ' due to',
    fact: ([, pfn, comm = '', pid = '']) => killed(comm, pid, pfn),
  },
  { pattern: new RegExp(`^MCE: Killing ${PROGRAM} due to\\b`), fact: ([, comm = '', pid = '']) => killed(comm, pid) },
  { pattern: new RegExp(`Injecting memory failure (?:for page|for pfn|at pfn) ${PFN}`), needs: 'Injecting memory', fact: pfnFact('injected') },
  // `Unpoison: 0x…: software-unpoisoned page` since 6.x; before, `Software-unpoisoned page 0x…`, and virtio-balloon's own.
  { pattern: /Unpoison: (0x[0-9a-f]+): software-unpoisoned page/, needs: 'npoison', fact: pfnFact('unpoisoned') },
  { pattern: /npoisoned page (0x[0-9a-f]+)/, needs: 'npoison', fact: pfnFact('unpoisoned') },
  // A record of rasdaemon's database: the hardware names the DIMM.
  {
    pattern: /^mc_event: (?=.* at )(.*) address=0x([0-9a-f]+)$/,
    fact: ([, error = '', address = '0']) => ({
      kind: 'dimm', pfn: `0x${(BigInt(`0x${address}`) >> 12n).toString(16)}`, label: error.slice(error.lastIndexOf(' at ') + ' at '.length),
    }),
  },
  { pattern: /^page:.*\bpfn:(0x[0-9a-f]+)/, fact: pfnFact('dump-page') },
  // Without the closing parenthesis, which a mailer may have moved to the next line.
  { pattern: /^(?:flags: 0x[0-9a-f]+|page_type: [0-9a-f]+)\(([^)]*)/, fact: dumpFlags },
  { pattern: /^page dumped because: hwpoison: unhandlable page/, fact: () => ({ kind: 'dump-reason' }) },
  { pattern: new RegExp(`^Kernel panic - not syncing: Memory failure: ${PFN}: unrecov.*`), fact: crash('unrecoverable-page') },
  { pattern: new RegExp(`^Kernel panic - not syncing: Memory failure (?:from trap \\d+ )?on page ${PFN}.*`), fact: crash('recovery-disabled') },
  { pattern: /^Kernel panic - not syncing: .*/, fact: crash('panic') },
  {
    pattern: new RegExp(`^(?:${['Internal error: .+', 'Oops(?::| -) .*', 'BUG: (?:unable to handle|kernel NULL pointer) .*', 'kernel BUG at .*',
      'general protection fault\\b.*', 'Unable to handle kernel .*'].join('|')})`),
    fact: crash('fault'),
  },
  { pattern: /^(?:pc ?: |R?IP: (?:00[0-9a-f]{2}:)?(?:\[<[0-9a-f]+>\] ?)*)([A-Za-z_][\w.]*\+0x[0-9a-f]+\/0x[0-9a-f]+)/, fact: ([, place = '']) => ({ kind: 'crashed-at', place }) },
  { pattern: /^Linux version (\d\S*)/, fact: ([, release = '']) => ({ kind: 'boot', release }) },
  // The last one of the line: a program may have such a name.
  { pattern: /^[^]*(?:Not tainted|Tainted: [A-Z ]+?) (\d+\.\d+\S*)/, needs: 'omm: ', fact: ([, release = '']) => ({ kind: 'release', release }) },
];

/** The fact in a line, other than a result line. Undefined if there is none. */
export function factOf(text: string): Fact | undefined {
  for (const { pattern, needs, fact } of WORDINGS) {
    if (needs !== undefined && !text.includes(needs)) continue;
    const match = pattern.exec(text);
    if (match) return fact(match);
  }
  return undefined;
}
