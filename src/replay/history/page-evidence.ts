import type { Fact } from '../wording/facts.ts';

/** The facts about a page in the lines before its result line. */
export interface PageEvidence {
  unhandlable: boolean;
  unknownState: boolean;
  compound: boolean;
  injected: boolean;
  readonly killed: { readonly comm: string; readonly pid: number }[];
  /** The DIMM that the hardware named. */
  dimm?: string;
  line: number;
}

/** A dump of a page (dump_page(), mm/debug.c), as far as it was read. */
interface Dump {
  pfn: string | undefined;
  flags: string[];
  /** Whether it was dumped because memory_failure() could not take the page, as 5.15 to 5.17 did. */
  unhandlable: boolean;
  line: number;
}

/** The most lines between a fact about a page and its result line. */
const NEAR = 32;
const MOST_PAGES = 64;
/** The most processes killed for a page that are reported: the first ones. */
const MOST_KILLED = 1024;

/** A process that was killed, by the log. */
export interface Killed {
  readonly comm: string;
  readonly pid: number;
}

/** Adds a process that is not in the list, up to a limit. */
export function addKilled(killed: Killed[], { comm, pid }: Killed): void {
  if (killed.length < MOST_KILLED && !killed.some((each) => each.pid === pid && each.comm === comm)) killed.push({ comm, pid });
}

type OnPage = Extract<Fact, { kind: 'unhandlable' | 'unknown-state' | 'compound' | 'injected' | 'killed' | 'dimm' | 'dump-page' | 'dump-flags' | 'dump-reason' }>;

/** Keeps recent facts of a host's log about pages, until their result lines come. Bounded in pages and in lines. */
export class RecentPages {
  readonly #pages = new Map<string, PageEvidence>();
  #dump: Dump | undefined;

  note(fact: OnPage, line: number): void {
    switch (fact.kind) {
      case 'unhandlable': this.#page(fact.pfn, line).unhandlable = true; break;
      case 'unknown-state': this.#page(fact.pfn, line).unknownState = true; break;
      case 'compound': this.#page(fact.pfn, line).compound = true; break;
      case 'injected': this.#page(fact.pfn, line).injected = true; break;
      case 'killed':
        if (fact.pfn !== undefined) addKilled(this.#page(fact.pfn, line).killed, fact);
        break;
      case 'dimm': this.#page(fact.pfn, line).dimm = fact.label; break;
      case 'dump-page': this.#dump = { pfn: fact.pfn, flags: [], unhandlable: false, line }; break;
      case 'dump-flags': this.#currentDump(line).flags.push(...fact.flags); break;
      case 'dump-reason': this.#currentDump(line).unhandlable = true; break;
    }
  }

  /** Takes the facts about the page of this result line. They are not used again. */
  take(pfn: string, line: number): { readonly evidence: PageEvidence | undefined; readonly dump: readonly string[] | undefined } {
    const evidence = this.#pages.get(pfn);
    this.#pages.delete(pfn);
    const dump = this.#dump;
    const isIts = dump !== undefined && line - dump.line <= NEAR && (dump.pfn === pfn || (dump.pfn === undefined && dump.unhandlable));
    if (isIts) this.#dump = undefined;
    return {
      evidence: evidence && line - evidence.line <= NEAR ? evidence : undefined,
      dump: isIts && dump.flags.length > 0 ? dump.flags : undefined,
    };
  }

  #page(pfn: string, line: number): PageEvidence {
    const known = this.#pages.get(pfn);
    const fresh = known && line - known.line <= NEAR ? known : { unhandlable: false, unknownState: false, compound: false, injected: false, killed: [], line };
    fresh.line = line;
    // Inserted again at the end, so that the first is the one whose last fact is the oldest.
    this.#pages.delete(pfn);
    this.#pages.set(pfn, fresh);
    const [oldest] = this.#pages.keys();
    if (this.#pages.size > MOST_PAGES && oldest !== undefined) this.#pages.delete(oldest);
    return fresh;
  }

  #currentDump(line: number): Dump {
    if (!this.#dump || line - this.#dump.line > NEAR) this.#dump = { pfn: undefined, flags: [], unhandlable: false, line };
    return this.#dump;
  }
}
