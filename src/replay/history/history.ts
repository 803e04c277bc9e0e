import type { LogLine } from '../line/log-line.ts';
import type { Fact } from '../wording/facts.ts';
import type { ResultLine } from '../wording/result-line.ts';
import type { Found } from '../wording/wrapped.ts';
import type { ReplayEvent } from './event.ts';
import { finish } from './finish.ts';
import { type HostHistory, Hosts, type OpenEvent, sinceBoot } from './host-history.ts';
import { isNear, secondsBetween } from './nearness.ts';
import { addKilled } from './page-evidence.ts';

export interface HistoryOptions {
  readonly file: string;
  /** The host of lines that name none. */
  readonly host?: string;
  /** Seconds within which a crash is taken for a consequence. */
  readonly crashWindow: number;
  /** Takes events in the order of their lines, once nothing more can be found out about them. */
  readonly emit: (event: ReplayEvent) => void;
}

const MOST_OPEN = 4096;
/** How far uptime may go back, in µs, before it is another boot: lines of two CPUs may change places. */
const BACKWARDS = 5_000_000;
/** Lines after a panic or fault in which it says where it was and which kernel it is. */
const DUMP_LINES = 16;
/** Lines within which a crash without a time is taken for a consequence. */
const CRASH_LINES = 1000;

/** Puts facts of one file together into events, host by host. What it keeps is bounded, however long the file is. */
export class History {
  private readonly options: HistoryOptions;
  private readonly hosts = new Hosts();
  /** In the order of their lines. Those before `first` have been handed out; they are dropped many at a time. */
  private queue: OpenEvent[] = [];
  private first = 0;

  constructor(options: HistoryOptions) {
    this.options = options;
  }

  /** Whether there is an event that a crash or an unpoisoning could belong to. */
  get watching(): boolean {
    return this.queue.length > this.first;
  }

  add({ fact, line }: Found): void {
    const host = this.hosts.of(line.host ?? this.options.host);
    this.watchUptime(host, line);
    switch (fact.kind) {
      case 'result': this.addResult(host, fact.line, line); break;
      case 'crash': this.addCrash(host, fact, line); break;
      case 'crashed-at':
        if (line.number - host.anchor <= DUMP_LINES) for (const { crash } of host.crashed) if (crash) crash.place ??= fact.place;
        break;
      case 'unpoisoned':
        for (const event of host.events) if (event.result.pfn === fact.pfn) event.revoked ??= line;
        break;
      case 'killed': this.addKilled(host, fact, line); break;
      case 'boot':
        this.boot(host);
        host.kernel = fact.release;
        break;
      case 'release':
        if (line.number - host.anchor <= DUMP_LINES) this.setKernel(host, fact.release);
        break;
      default: host.pages.note(fact, line.number);
    }
  }

  /** The file is at its end. */
  end(): void {
    for (const event of this.queue) event.open = false;
    this.emitDone();
  }

  /** A boot that left no banner in the log shows by time stamps that begin again. */
  private watchUptime(host: HostHistory, { uptime }: LogLine): void {
    if (uptime === undefined) return;
    if (uptime < host.uptime - BACKWARDS) {
      this.boot(host);
      host.kernel = undefined;
    }
    host.uptime = Math.max(host.uptime, uptime);
  }

  private boot(host: HostHistory): void {
    for (const event of host.events) event.open = false;
    Object.assign(host, sinceBoot());
    this.emitDone();
  }

  private setKernel(host: HostHistory, release: string): void {
    host.kernel ??= release;
    for (const event of host.events) event.kernel ??= release;
  }

  private addResult(host: HostHistory, result: ResultLine, at: LogLine): void {
    const { evidence, dump } = host.pages.take(result.pfn, at.number);
    const killed = [...(evidence?.killed ?? [])];
    const stray = host.strayKill;
    if (stray && isNear(stray.at, at)) addKilled(killed, stray);
    host.strayKill = undefined;
    host.anchor = at.number;
    const event: OpenEvent = { host, at, result, evidence, dump, killed, crash: undefined, revoked: undefined, kernel: host.kernel, open: true };
    host.events.push(event);
    this.queue.push(event);
    const oldest = this.queue[this.first];
    if (oldest && this.queue.length - this.first > MOST_OPEN) {
      oldest.open = false;
      oldest.host.events.shift(); // a host's events are in the order of the queue
    }
    this.emitDone();
  }

  private addKilled(host: HostHistory, fact: Extract<Fact, { kind: 'killed' }>, line: LogLine): void {
    const last = fact.pfn === undefined
      ? host.events.findLast(({ at }) => isNear(at, line))
      : host.events.findLast(({ result }) => result.pfn === fact.pfn);
    if (last) addKilled(last.killed, fact);
    else if (fact.pfn === undefined) host.strayKill = { at: line, comm: fact.comm, pid: fact.pid };
    else host.pages.note(fact, line.number);
  }

  private addCrash(host: HostHistory, fact: Extract<Fact, { kind: 'crash' }>, line: LogLine): void {
    host.anchor = line.number;
    const hit: OpenEvent[] = [];
    for (const event of host.events) {
      const after = secondsBetween(event.at, line);
      const follows = after === undefined ? line.number - event.at.number <= CRASH_LINES : after >= 0 && after <= this.options.crashWindow;
      // Of a fault and the panic it ends in, the fault tells more.
      if (!event.crash && follows) {
        event.crash = { at: line, fact, after: after ?? null };
        hit.push(event);
      }
    }
    if (hit.length > 0) host.crashed = hit;
  }

  private emitDone(): void {
    for (let next = this.queue[this.first]; next?.open === false; next = this.queue[this.first]) {
      this.first += 1;
      this.options.emit(finish(next, this.options.file));
    }
    if (this.first > MOST_OPEN) {
      this.queue = this.queue.slice(this.first);
      this.first = 0;
    }
  }
}
