import type { LogLine } from '../line/log-line.ts';
import type { Fact } from '../wording/facts.ts';
import type { ResultLine } from '../wording/result-line.ts';
import { type PageEvidence, RecentPages } from './page-evidence.ts';

/** An event to which later lines may still add something. */
export interface OpenEvent {
  readonly host: HostHistory;
  readonly at: LogLine;
  readonly result: ResultLine;
  readonly evidence: PageEvidence | undefined;
  readonly dump: readonly string[] | undefined;
  readonly killed: { readonly comm: string; readonly pid: number }[];
  crash: { readonly at: LogLine; readonly fact: Extract<Fact, { kind: 'crash' }>; readonly after: number | null; place?: string } | undefined;
  revoked: LogLine | undefined;
  kernel: string | undefined;
  open: boolean;
}

/** What is known of one host since its last boot. */
export interface HostHistory {
  readonly name: string | undefined;
  kernel: string | undefined;
  /** The latest uptime seen, µs. */
  uptime: number;
  pages: RecentPages;
  /** Events since the boot. */
  events: OpenEvent[];
  /** A process that was killed for poison shortly before a result line, without the name of the page. */
  strayKill: { readonly at: LogLine; readonly comm: string; readonly pid: number } | undefined;
  /** The last line of a result or a crash. What follows it closely belongs to it. */
  anchor: number;
  crashed: OpenEvent[];
}

/** The state of a host that has just booted. */
export function sinceBoot(): Omit<HostHistory, 'name' | 'kernel'> {
  return { uptime: 0, pages: new RecentPages(), events: [], strayKill: undefined, anchor: -Infinity, crashed: [] };
}

const MOST_HOSTS = 4096;

/** The hosts of a file. Beyond MOST_HOSTS the one seen first is forgotten: later lines add nothing to its events. */
export class Hosts {
  readonly #byName = new Map<string, HostHistory>();

  of(name: string | undefined): HostHistory {
    const key = name ?? '';
    const known = this.#byName.get(key);
    if (known) return known;
    const host: HostHistory = { name, kernel: undefined, ...sinceBoot() };
    this.#byName.set(key, host);
    const [oldest] = this.#byName.keys();
    if (this.#byName.size > MOST_HOSTS && oldest !== undefined) {
      for (const event of this.#byName.get(oldest)?.events ?? []) event.open = false;
      this.#byName.delete(oldest);
    }
    return host;
  }
}
