import { hash } from '../random.ts';
import type { Mapper } from './page.ts';

/** A process that user memory belongs to. */
export interface Process {
  readonly comm: string;
  readonly pid: number;
  /** It asked for a SIGBUS at once, whatever page of its is hit (PR_MCE_KILL_EARLY), rather than on access. */
  readonly earlyKill?: boolean;
}

/** The processes of a machine that none are said of. Not PID 1, whose death would be another story. */
export const DEFAULT_PROCESSES: readonly Process[] = [
  { comm: 'systemd-journal', pid: 214 },
  { comm: 'sshd', pid: 402 },
  { comm: 'nginx', pid: 611 },
  { comm: 'postgres', pid: 703 },
  { comm: 'java', pid: 894 },
];

/** Source: include/linux/threads.h. */
const PID_MAX_LIMIT = 4_194_304;

/** Lowest address that mmap() hands out here: 0x7f0000000000, as x86-64 processes show. */
const MMAP_BASE = 0x7f0000000000n;

/** Where a process maps a page: an address that depends on nothing but both. */
function mappedAt(pid: number, pfn: number): bigint {
  return MMAP_BASE + (BigInt(hash(pfn * 31 + pid)) << 12n);
}

/** How the processes of a range map its pages, beyond who they are: see Mapper. */
interface HowMapped {
  readonly earlyKill?: boolean;
  readonly noAddress?: boolean;
}

/** A process as the mapper of a page. */
export function mapperOf(process: Process, pfn: number, { earlyKill = false, noAddress = false }: HowMapped): Mapper {
  const { comm, pid } = process;
  return { comm, pid, address: mappedAt(pid, pfn), noAddress, earlyKill: earlyKill || (process.earlyKill ?? false), poisoned: false };
}

/** The processes of a machine: who runs, and who has ended. */
export class Processes {
  readonly #all: readonly Process[];
  readonly #ended = new Set<number>();
  /** The pid under which the first has been, or will be, started anew. */
  #again: number;

  constructor(all: readonly Process[]) {
    this.#all = all.length > 0 ? all : DEFAULT_PROCESSES;
    this.#again = this.#nextAgain(this.#first.pid);
  }

  /** All of them run again. */
  boot(): void {
    this.#ended.clear();
    this.#again = this.#nextAgain(this.#first.pid);
  }

  /** A process as the machine has it, by its name and pid: what the machine knows of it holds wherever it is named. */
  known(process: Process): Process {
    return this.#all.find(({ comm, pid }) => comm === process.comm && pid === process.pid) ?? process;
  }

  /** Somebody running to map a page, the same for the same pfn. When all have ended, the first has been started anew, under another pid. */
  somebody(pfn: number): Process {
    const running = this.#all.filter(({ pid }) => !this.#ended.has(pid));
    if (running.length > 0) return running[hash(pfn) % running.length] as Process;
    return { comm: this.#first.comm, pid: this.#again };
  }

  /** The process runs no more. */
  end(pid: number): void {
    if (this.#all.some((process) => process.pid === pid)) this.#ended.add(pid);
    if (pid === this.#again) this.#again = this.#nextAgain(pid);
  }

  get #first(): Process {
    return this.#all[0] as Process;
  }

  /** Some pids later; from the least on when there are none beyond. */
  #nextAgain(pid: number): number {
    let next = pid;
    do next = (next + 1000) % PID_MAX_LIMIT; while (next === 0 || this.#all.some((process) => process.pid === next));
    return next;
  }

  /** A scenario that names a process says that it runs. */
  runs(processes: readonly Process[]): void {
    for (const { pid } of processes) this.#ended.delete(pid);
  }
}
