import type { Command } from '../../control/command.ts';
import { formatCommand } from '../../control/format.ts';
import { counts, type Crash, type ReplayEvent } from '../history/event.ts';
import { isoTime } from '../line/time.ts';
import { harmless } from '../report/words.ts';
import { type EnactedPage, enactedPage, isKernelMemory } from './page-types.ts';

const MOST_WAIT_MS = 1_000_000_000;
const MOST_PFN = 2 ** 40 - 1;
const MOST_PID = 4_194_304;
/** A machine's uptime may go back so little between two lines, in seconds, without a boot between them. */
const BACKWARDS = 5;

/** When something was, as far as a log tells. */
interface When {
  readonly time: string | null;
  readonly uptime: number | null;
}

/**
 * A control script that makes an emulated machine go through what the log of one host tells of: the same pages and times between them, the
 * processes killed, and the crashes. Under which policy, and whether armed, is the machine's affair. What was told of twice is left out.
 */
export function scenario(events: readonly ReplayEvent[]): string {
  const history = inTime(events.filter(({ duplicate_of }) => duplicate_of === undefined));
  const lines = header(history);
  let last: When = { time: null, uptime: 0 };
  let crashed: Crash | undefined;
  history.forEach((event, index) => {
    const rebooted = crashed !== undefined || isEarlierBoot(last, event);
    if (rebooted) lines.push('', '# it came up again', ...commands([{ kind: 'reboot' }]));
    lines.push('', ...enact(event, rebooted ? { time: last.time, uptime: 0 } : last));
    last = event;
    crashed = crashAfter(event, history[index + 1]);
    if (crashed) {
      lines.push(...crash(event, crashed));
      last = { time: crashed.time, uptime: crashed.uptime };
    }
  });
  return `${lines.join('\n')}\n`;
}

function header(history: readonly ReplayEvent[]): string[] {
  const host = history.find((event) => event.host !== null)?.host ?? 'a host';
  return [
    `# What happened to ${harmless(host)}: ${history.filter(counts).length} memory failures. cat this file > MNT/control, on a machine mounted with`,
    '# --profile v4 or 7.3 and, to see what would have panicked, --sysctl vm.panic_on_unrecoverable_memory_failure=1.',
    '# A machine that panicked stays dead until the next reboot here, or comes back by itself after --sysctl kernel.panic=N seconds.',
    ...commands([{ kind: 'keep-going' }]),
  ];
}

/** One failure: the time until it, the page, the error, and if it was so, its unpoisoning. */
function enact(event: ReplayEvent, last: When): string[] {
  const { pfn, type, result, source, revoked, injected } = event;
  const page = enactedPage(event);
  const number = Number(pfn);
  if (number > MOST_PFN) return [`# ${pfn} is beyond what this machine can have: left out`];
  return [
    `# ${harmless([event.time, pfn, type, result].filter((part) => part !== null).join(' '))} (${harmless(source.file)}:${source.line})`,
    ...(page.guess === undefined ? [] : [`# ${page.guess}`]),
    ...commands(wait(last, event)),
    ...(page.type === 'poisoned' ? [] : commands([pageOf(event, page, number)])),
    ...commands([{ kind: 'inject', target: { kind: 'pfn', pfn: number }, count: 1, via: injected || revoked ? 'corrupt' : 'mce' }]),
    ...(revoked ? commands([...wait(event, revoked), { kind: 'unpoison', pfn: number }]) : []),
  ];
}

/** Device memory is recovered only if somebody maps it: where the log names nobody, this one does. */
const SOMEBODY = { comm: 'somebody', pid: 1 };

function pageOf({ killed, result }: ReplayEvent, { type, pinned }: EnactedPage, pfn: number): Command {
  const named = killed.filter(({ pid }) => pid >= 1 && pid <= MOST_PID).map(({ comm, pid }) => ({ comm: shortComm(comm), pid }));
  const mapped = named.length === 0 && type === 'pfnmap' && result === 'Recovered' ? [SOMEBODY] : named;
  return { kind: 'page', first: pfn, last: pfn, type, ...(mapped.length > 0 && { mapped }), earlyKill: named.length > 0, refs: pinned ? 1 : 0 };
}

/** The crash after an event, if no other failure came between them that it followed as well. */
function crashAfter({ crash }: ReplayEvent, next: ReplayEvent | undefined): Crash | undefined {
  if (crash === null || (next?.crash && next.crash.source.file === crash.source.file && next.crash.source.line === crash.source.line)) return undefined;
  return crash;
}

function crash(event: ReplayEvent, { kind, text, ...when }: Crash): string[] {
  const told = `# ${harmless(text)}`;
  if (kind === 'unrecoverable-page' || kind === 'recovery-disabled') return [told, '# (the kernel did so by itself; so does this machine if its sysctls say so)'];
  const pfn = Number(event.pfn);
  return [
    told,
    ...commands([...wait(event, when), isKernelMemory(enactedPage(event)) ? { kind: 'access', pfn } : { kind: 'panic', text: harmless(text).replace(/^Kernel panic - not syncing: /, '') }]),
  ];
}

/** Rotated logs are not in the order of their names: where all events have dates, those decide. */
function inTime(events: readonly ReplayEvent[]): readonly ReplayEvent[] {
  const dated = events.map((event) => ({ event, ms: event.time === null ? undefined : isoTime(event.time)?.ms }));
  return dated.every(({ ms }) => ms !== undefined) ? dated.sort((a, b) => (a.ms ?? 0) - (b.ms ?? 0)).map(({ event }) => event) : events;
}

/** The time between two moments, where a clock has both. */
function wait(from: When, to: When): Command[] {
  let ms = between(from, to);
  const waits: Command[] = [];
  for (; ms > 0; ms -= MOST_WAIT_MS) waits.push({ kind: 'wait', ms: Math.min(ms, MOST_WAIT_MS) });
  return waits;
}

function between(from: When, to: When): number {
  if (from.uptime !== null && to.uptime !== null) return Math.round((to.uptime - from.uptime) * 1000);
  const [a, b] = [from.time, to.time].map((time) => (time === null ? undefined : isoTime(time)?.ms));
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
  return harmless(comm).replace(/[^\x20-\x7e]/g, '?').slice(0, 15);
}
