// Writes a script for the control file that re-enacts what a log says of one host. page-types.ts chooses a type of page for each event.
// The folder may import what replay may. Start with scenario() below.
import { LIMITS } from '../../abi/limits.ts';
import { printable } from '../../abi/printable.ts';
import { type Command, formatCommand } from '../../control/command.ts';
import { counts, type Crash, type Moment, type ReplayEvent } from '../history/event.ts';
import { isoTime } from '../line/time.ts';
import { type EnactedPage, enactedPage, isKernelMemory, mayBeMapped } from './page-types.ts';

const MOST_PFN = 2 ** 40 - 1;
const MOST_PID = 4_194_304;
/** How far uptime may go back between two lines without a boot, in seconds. */
const BACKWARDS = 5;

/** The time of something, as far as a log has it. */
type When = Pick<Moment, 'time' | 'uptime'>;

/** One step in the log of a host. */
type Step = What & {
  readonly at: Moment;
  /** Whether the machine booted since the step before. */
  readonly reboots: boolean;
};
type What =
  | { readonly kind: 'failure'; readonly event: ReplayEvent }
  | { readonly kind: 'unpoison'; readonly event: ReplayEvent }
  | { readonly kind: 'crash'; readonly event: ReplayEvent; readonly crash: Crash };

/**
 * A control script that re-enacts the log of one host on an emulated machine: the same pages with the same times between them, the killed
 * processes, the unpoisoned pages, and the crashes. The machine itself decides by its kernel and its sysctl whether it panics. Duplicates
 * are left out.
 */
export function scenario(events: readonly ReplayEvent[]): string {
  const history = events.filter(({ duplicate_of }) => duplicate_of === undefined);
  const steps = timeline(history);
  const lines = header(history);
  const waits = new Waits();
  const poisoned = new Set<string>();
  const unpoisons = unpoisonsLater(steps);
  let last: When = { time: null, uptime: 0 };
  steps.forEach((step, index) => {
    if (step.reboots) {
      lines.push('', '# it came up again', ...commands([{ kind: 'reboot' }]));
      last = { time: last.time, uptime: 0 };
      poisoned.clear();
    }
    lines.push(...enact(step, waits.until(last, step.at), poisoned, unpoisons[index] ?? false));
    last = step.at;
  });
  return `${lines.join('\n')}\n`;
}

function header(history: readonly ReplayEvent[]): string[] {
  const host = history.find((event) => event.host !== null)?.host ?? 'a host';
  return [
    `# What happened to ${printable(host)}: ${history.filter(counts).length} memory failures. cat this file > MNT/control, on a machine mounted with`,
    '# --profile v4 or 7.3 and, to see what would have panicked, --sysctl vm.panic_on_unrecoverable_memory_failure=1.',
    '# A machine that panicked stays dead until the next reboot here, or comes back by itself after --sysctl kernel.panic=N seconds.',
    ...commands([{ kind: 'keep-going' }]),
  ];
}

/**
 * The failures and their consequences, each once, even if it follows several failures. They are in order of time if all failures have
 * dates, because rotated logs are not in the order of their names; otherwise in the order of files and lines.
 */
function timeline(history: readonly ReplayEvent[]): Step[] {
  const dated = history.every(({ time }) => millis(time) !== undefined);
  const unordered = history.flatMap((event) => {
    const { source, revoked, crash } = event;
    const ms = dated ? millis(event.time) ?? 0 : 0;
    const after = (what: What, at: Moment) => ({
      what, at, ms: dated ? Math.max(ms, millis(at.time) ?? ms) : 0,
      // A fact of another capture has no place among the lines of this one, except after its failure.
      file: source.file, line: at.source.file === source.file ? at.source.line : source.line + 0.5,
    });
    return [
      { what: { kind: 'failure' as const, event }, at: event, ms, ...source },
      ...(revoked ? [after({ kind: 'unpoison', event }, revoked)] : []),
      ...(crash ? [after({ kind: 'crash', event, crash }, crash)] : []),
    ];
  });
  const ordered = unordered.toSorted((a, b) => a.ms - b.ms || (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line));
  // A line that follows several failures belongs to the last of them.
  const lastOf = new Map(ordered.map((each, index) => [keyOf(each), index]));
  const steps: Step[] = [];
  ordered.forEach((each, index) => {
    if (each.what.kind !== 'failure' && lastOf.get(keyOf(each)) !== index) return;
    const before = steps.at(-1);
    const reboots = before !== undefined && each.what.kind === 'failure' && (before.kind === 'crash' || isEarlierBoot(before.at, each.at));
    steps.push({ ...each.what, at: each.at, reboots });
  });
  return steps;
}

function keyOf({ what, at: { source } }: { readonly what: What; readonly at: Moment }): string {
  return `${what.kind} ${source.line} ${source.file}`;
}

/**
 * For each step, whether a page is unpoisoned later in the same boot. Then no earlier error came from hardware, or the kernel would refuse.
 */
function unpoisonsLater(steps: readonly Step[]): boolean[] {
  let later = false;
  return steps.toReversed().map(({ kind, reboots }) => {
    const answer = later;
    later = !reboots && (later || kind === 'unpoison');
    return answer;
  }).toReversed();
}

/**
 * The lines of a step. `waited`: the lines that wait until its time; `poisoned`: the pages poisoned before it in this boot; `unpoisons`:
 * whether a page is unpoisoned later in this boot.
 */
function enact({ event, at, ...step }: Step, waited: readonly string[], poisoned: Set<string>, unpoisons: boolean): string[] {
  const number = Number(event.pfn);
  if (number > MOST_PFN) return step.kind === 'failure' ? ['', `# ${printable(event.pfn)} is beyond what this machine can have: left out`] : [];
  switch (step.kind) {
    case 'failure': return ['', ...failure(event, number, waited, poisoned, unpoisons)];
    case 'unpoison':
      poisoned.delete(event.pfn);
      return ['', `# ${printable(event.pfn)} was unpoisoned (${place(at)})`, ...waited, ...commands([{ kind: 'unpoison', pfn: number }])];
    case 'crash': return crash(event, step.crash, waited);
  }
}

/** The page, and the error. */
function failure(event: ReplayEvent, number: number, waited: readonly string[], poisoned: Set<string>, unpoisons: boolean): string[] {
  const { pfn, type, result, injected } = event;
  const page = enactedPage(event);
  const isAgain = page.type === 'poisoned' && poisoned.has(pfn);
  poisoned.add(pfn);
  return [
    `# ${printable([event.time, pfn, type, result].filter((part) => part !== null).join(' '))} (${place(event)})`,
    ...(page.guess === undefined ? [] : [`# ${printable(page.guess)}`]),
    ...waited,
    ...(isAgain ? [] : commands([pageOf(event, page, number)])),
    ...commands([{ kind: 'inject', target: { kind: 'pfn', pfn: number }, count: 1, via: injected ? 'corrupt' : unpoisons ? 'hard' : 'mce' }]),
  ];
}

function place({ source }: Moment): string {
  return `${printable(source.file)}:${source.line}`;
}

/** Device memory is recovered only if a process maps it. This one does if the log names none. */
const SOMEBODY = { comm: 'somebody', pid: 1 };

function pageOf({ killed, result }: ReplayEvent, page: EnactedPage, pfn: number): Command {
  const { type, pinned } = page;
  // A kill without a page may have been matched with the wrong failure.
  const named = (mayBeMapped(page) ? killed : []).filter(({ pid }) => pid >= 1 && pid <= MOST_PID).map(({ comm, pid }) => ({ comm: shortComm(comm), pid }));
  const mappers = named.length === 0 && type === 'pfnmap' && result === 'Recovered' ? [SOMEBODY] : named;
  const shape = { ...(mappers.length > 0 && { mappers }), ...(named.length > 0 && { earlyKill: true }), ...(pinned && { pins: 1 }) };
  return { kind: 'page', first: pfn, last: pfn, type, shape };
}

function crash(event: ReplayEvent, { kind, text }: Crash, waited: readonly string[]): string[] {
  const comment = `# ${printable(text)}`;
  if (kind === 'unrecoverable-page' || kind === 'recovery-disabled') return [comment, '# (the kernel did so by itself; so does this machine if its sysctls say so)'];
  const pfn = Number(event.pfn);
  return [
    comment, ...waited,
    ...commands([isKernelMemory(enactedPage(event)) ? { kind: 'access', pfn } : { kind: 'panic', text: printable(text).replace(/^Kernel panic - not syncing: /, '') }]),
  ];
}

function millis(time: string | null): number | undefined {
  return time === null ? undefined : isoTime(time)?.ms;
}

/** The time in a scenario. In all it stays below the limit of a machine's clock. */
class Waits {
  #left = Math.floor(LIMITS.clock.most / 1000);

  /** The lines that wait for the time between two moments, if one clock has both. */
  until(from: When, to: When): string[] {
    const ms = between(from, to);
    if (!(ms > 0)) return [];
    if (ms > this.#left) return [`# ${Math.round(ms / 1000)} s pass here by the log, which is longer than a machine can wait: left out`];
    this.#left -= ms;
    return commands([{ kind: 'wait', ms }]);
  }
}

function between(from: When, to: When): number {
  if (from.uptime !== null && to.uptime !== null) return Math.round((to.uptime - from.uptime) * 1000);
  const [a, b] = [millis(from.time), millis(to.time)];
  return a === undefined || b === undefined ? 0 : b - a;
}

function isEarlierBoot(last: When, next: When): boolean {
  return last.uptime !== null && next.uptime !== null && next.uptime < last.uptime - BACKWARDS;
}

function commands(list: readonly Command[]): string[] {
  return list.map(formatCommand);
}

/** A comm of the emulated machine has 15 bytes at most. */
function shortComm(comm: string): string {
  return printable(comm).replace(/[^\x20-\x7e]/g, '?').slice(0, 15) || '?';
}
