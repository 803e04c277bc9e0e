// From facts to events: what became of each memory failure, host by host. page-evidence.ts collects what is known of a page,
// host-history.ts what a host did, event.ts says what an event is. The folder may import what replay may. Start with History below.
import type { LogLine, Source, WallTime } from '../line/log-line.ts';
import { showTime } from '../line/time.ts';
import { type Evidence, judge } from '../verdict/verdict.ts';
import { judgeRasdaemon } from '../verdict/rasdaemon.ts';
import type { Fact } from '../wording/facts.ts';
import type { ResultLine } from '../wording/result-line.ts';
import type { Found } from '../wording/wrapped.ts';
import type { Crash, Moment, ReplayEvent } from './event.ts';
import { type HostHistory, Hosts, type OpenEvent, sinceBoot } from './host-history.ts';
import { addKilled } from './page-evidence.ts';

export interface HistoryOptions {
  readonly file: string;
  /** The host of lines that name none. */
  readonly host?: string;
  /** The kernel where the input does not say which it was. */
  readonly kernel?: string;
  /** The version of rasdaemon that wrote a database. */
  readonly rasdaemon?: string;
  /** Seconds within which a crash counts as a consequence. */
  readonly crashWindow: number;
  /** Receives events in the order of their lines, when no later line can add anything to them. */
  readonly emit: (event: ReplayEvent) => void;
}

const MOST_OPEN = 4096;
/** How far uptime may go back without another boot, in µs: lines of two CPUs may be swapped. */
const BACKWARDS = 5_000_000;
/** How many lines after a panic or fault may name its function and its kernel. */
const DUMP_LINES = 16;
/** How many lines later a crash without a time still counts as a consequence. */
const CRASH_LINES = 1000;

/** Makes events of the facts of one file, host by host. Its memory is bounded for a file of any length. */
export class History {
  readonly #options: HistoryOptions;
  readonly #hosts = new Hosts();
  /** In the order of their lines. Those before `first` were emitted; they are dropped many at a time. */
  #queue: OpenEvent[] = [];
  #first = 0;

  constructor(options: HistoryOptions) {
    this.#options = options;
  }

  /** Whether a crash or an unpoisoning could belong to some event. */
  get watching(): boolean {
    return this.#queue.length > this.#first;
  }

  add({ fact, line }: Found): void {
    const host = this.#hosts.of(line.host ?? this.#options.host);
    this.#watchUptime(host, line);
    switch (fact.kind) {
      case 'result': this.#addResult(host, fact.line, line); break;
      case 'crash': this.#addCrash(host, fact, line); break;
      case 'crashed-at':
        if (line.number - host.anchor <= DUMP_LINES) for (const { crash } of host.crashed) if (crash) crash.place ??= fact.place;
        break;
      case 'unpoisoned':
        for (const event of host.events) if (event.result.pfn === fact.pfn) event.revoked ??= line;
        break;
      case 'killed': this.#addKilled(host, fact, line); break;
      case 'boot':
        this.#boot(host);
        host.kernel = fact.release;
        break;
      case 'release':
        if (line.number - host.anchor <= DUMP_LINES) this.#setKernel(host, fact.release);
        break;
      default: host.pages.note(fact, line.number);
    }
  }

  /** The file is at its end. */
  end(): void {
    for (const event of this.#queue) event.open = false;
    this.#emitDone();
  }

  /** A boot without a banner in the log shows in time stamps that begin again. */
  #watchUptime(host: HostHistory, { uptime }: LogLine): void {
    if (uptime === undefined) return;
    if (uptime < host.uptime - BACKWARDS) {
      this.#boot(host);
      host.kernel = undefined;
    }
    host.uptime = Math.max(host.uptime, uptime);
  }

  #boot(host: HostHistory): void {
    for (const event of host.events) event.open = false;
    Object.assign(host, sinceBoot());
    this.#emitDone();
  }

  #setKernel(host: HostHistory, release: string): void {
    host.kernel ??= release;
    for (const event of host.events) event.kernel ??= release;
  }

  #addResult(host: HostHistory, result: ResultLine, at: LogLine): void {
    const { evidence, dump } = host.pages.take(result.pfn, at.number);
    const killed = [...(evidence?.killed ?? [])];
    const stray = host.strayKill;
    if (stray && isNear(stray.at, at)) addKilled(killed, stray);
    host.strayKill = undefined;
    host.anchor = at.number;
    const event: OpenEvent = { host, at, result, evidence, dump, killed, crash: undefined, revoked: undefined, kernel: host.kernel, open: true };
    host.events.push(event);
    this.#queue.push(event);
    const oldest = this.#queue[this.#first];
    if (oldest && this.#queue.length - this.#first > MOST_OPEN) {
      oldest.open = false;
      oldest.host.events.shift(); // a host's events are in the order of the queue
    }
    this.#emitDone();
  }

  #addKilled(host: HostHistory, fact: Extract<Fact, { kind: 'killed' }>, line: LogLine): void {
    const last = fact.pfn === undefined
      ? host.events.findLast(({ at }) => isNear(at, line))
      : host.events.findLast(({ result }) => result.pfn === fact.pfn);
    if (last) addKilled(last.killed, fact);
    else if (fact.pfn === undefined) host.strayKill = { at: line, comm: fact.comm, pid: fact.pid };
    else host.pages.note(fact, line.number);
  }

  #addCrash(host: HostHistory, fact: Extract<Fact, { kind: 'crash' }>, line: LogLine): void {
    host.anchor = line.number;
    const hit: OpenEvent[] = [];
    for (const event of host.events) {
      const after = secondsBetween(event.at, line);
      const follows = after === undefined ? line.number - event.at.number <= CRASH_LINES : after >= 0 && after <= this.#options.crashWindow;
      // Of a fault and its panic, the fault has more information.
      if (!event.crash && follows) {
        event.crash = { at: line, fact, after: after ?? null };
        hit.push(event);
      }
    }
    if (hit.length > 0) host.crashed = hit;
  }

  #emitDone(): void {
    for (let next = this.#queue[this.#first]; next?.open === false; next = this.#queue[this.#first]) {
      this.#first += 1;
      this.#options.emit(finish(next, this.#options));
    }
    if (this.#first > MOST_OPEN) {
      this.#queue = this.#queue.slice(this.#first);
      this.#first = 0;
    }
  }
}

/** An open event as it is emitted, with its verdicts, when no later line can add anything. `options`: where its lines are, and what they do not say. */
function finish(event: OpenEvent, options: HistoryOptions): ReplayEvent {
  const { host, at, result, evidence, dump, killed, crash, revoked } = event;
  const { file, rasdaemon } = options;
  const kernel = event.kernel ?? options.kernel;
  const known: Evidence = {
    type: result.type, result: result.result, oldWording: result.old, unhandlable: evidence?.unhandlable ?? false,
    unknownState: evidence?.unknownState ?? false, compound: evidence?.compound ?? false,
    ...(kernel !== undefined && { kernel }), ...(dump && { dump }),
  };
  const { type, verdict, reason } = result.from === 'rasdaemon' ? judgeRasdaemon(known, rasdaemon) : { type: result.type, ...judge(known) };
  return {
    ...moment(at, file), host: host.name ?? null, kernel: kernel ?? null, pfn: result.pfn, type, result: result.result,
    verdict, reason, killed, crash: crash ? crashOf(crash, file) : null,
    ...(evidence?.injected && { injected: true }),
    ...(evidence?.dimm !== undefined && { dimm: evidence.dimm }),
    ...(result.from !== 'log' && { trace: true }),
    ...(revoked && { revoked: moment(revoked, file) }),
  };
}

function crashOf({ at, fact, after, place }: NonNullable<OpenEvent['crash']>, file: string): Crash {
  return { ...moment(at, file), kind: fact.crash, text: fact.text, at: place ?? null, after };
}

function moment({ wall, uptime, number }: LogLine, file: string): Moment {
  const source: Source = { file, line: number };
  return { time: showWall(wall), uptime: uptime === undefined ? null : uptime / 1_000_000, source };
}

function showWall(wall: WallTime | undefined): string | null {
  return wall === undefined ? null : showTime(wall);
}

/** How near to a result line, in time (µs) or in lines without times, a killed process without a page belongs to it. */
const KILL_NEAR = 2_000_000;
const KILL_NEAR_LINES = 10;

/** Seconds from one line to another. Undefined if they have no clock in common. */
function secondsBetween(from: LogLine, to: LogLine): number | undefined {
  if (from.uptime !== undefined && to.uptime !== undefined) return (to.uptime - from.uptime) / 1_000_000;
  return from.wall && to.wall ? (to.wall.ms - from.wall.ms) / 1000 : undefined;
}

/** Whether two lines may report the same failure. */
function isNear(a: LogLine, b: LogLine): boolean {
  const seconds = secondsBetween(a, b);
  return seconds === undefined ? Math.abs(b.number - a.number) <= KILL_NEAR_LINES : Math.abs(seconds) * 1_000_000 <= KILL_NEAR;
}
