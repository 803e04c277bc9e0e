import { hash } from '../random.ts';
import type { Mapper } from './page.ts';

/** A process that user memory belongs to. */
export interface Process {
  readonly comm: string;
  readonly pid: number;
  /** It asked for a SIGBUS at once for every page it maps (PR_MCE_KILL_EARLY), instead of on access. */
  readonly earlyKill?: boolean;
}

/** The processes of a machine whose description names none. PID 1 is not among them, because its death panics the kernel. */
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

/** The address at which a process maps a page. It depends on these two alone. */
function mappedAt(pid: number, pfn: number): bigint {
  return MMAP_BASE + (BigInt(hash(pfn * 31 + pid)) << 12n);
}

/** Properties of the mappings of a range: see Mapper. */
interface HowMapped {
  readonly earlyKill?: boolean;
  readonly noAddress?: boolean;
}

/** A process as the mapper of a page. */
export function mapperOf(process: Process, pfn: number, { earlyKill = false, noAddress = false }: HowMapped): Mapper {
  const { comm, pid } = process;
  return { comm, pid, address: mappedAt(pid, pfn), noAddress, earlyKill: earlyKill || (process.earlyKill ?? false), poisoned: false };
}

/** The processes of a machine: running or ended. */
export class Processes {
  readonly #all: readonly Process[];
  readonly #ended = new Set<number>();
  /** The pid under which the first process is restarted when all have ended. */
  #again: number;

  constructor(all: readonly Process[]) {
    this.#all = all.length > 0 ? all : DEFAULT_PROCESSES;
    this.#again = this.#nextAgain(this.#first.pid);
  }

  /** Starts all of them again. */
  boot(): void {
    this.#ended.clear();
    this.#again = this.#nextAgain(this.#first.pid);
  }

  /** The process of the machine with this name and pid, with the properties it has there; else the given one. */
  known(process: Process): Process {
    return this.#all.find(({ comm, pid }) => comm === process.comm && pid === process.pid) ?? process;
  }

  /** A running process to map a page, the same one for the same pfn. If all have ended, the first one restarted, under another pid. */
  somebody(pfn: number): Process {
    const running = this.#all.filter(({ pid }) => !this.#ended.has(pid));
    if (running.length > 0) return running[hash(pfn) % running.length] as Process;
    return { comm: this.#first.comm, pid: this.#again };
  }

  /** The process ends. */
  end(pid: number): void {
    if (this.#all.some((process) => process.pid === pid)) this.#ended.add(pid);
    if (pid === this.#again) this.#again = this.#nextAgain(pid);
  }

  get #first(): Process {
    return this.#all[0] as Process;
  }

  /** The pid of a restart: 1000 later, modulo the largest pid. */
  #nextAgain(pid: number): number {
    let next = pid;
    do next = (next + 1000) % PID_MAX_LIMIT; while (next === 0 || this.#all.some((process) => process.pid === next));
    return next;
  }

  /** Marks processes as running: a scenario named them. */
  runs(processes: readonly Process[]): void {
    for (const { pid } of processes) this.#ended.delete(pid);
  }
}
