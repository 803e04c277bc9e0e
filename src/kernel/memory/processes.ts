import { hash } from '../random.ts';
import type { Mapper } from './page.ts';

/** The processes that user memory belongs to where a scenario names none. */
const PROCESSES = [
  { comm: 'systemd-journal', pid: 214 },
  { comm: 'sshd', pid: 402 },
  { comm: 'nginx', pid: 611 },
  { comm: 'postgres', pid: 703 },
  { comm: 'java', pid: 894 },
] as const;

/** Lowest address that mmap() hands out here: 0x7f0000000000, as x86-64 processes show. */
const MMAP_BASE = 0x7f0000000000n;

/** Where a process maps a page: an address that depends on nothing but both. */
function mappedAt(pid: number, pfn: number): bigint {
  return MMAP_BASE + (BigInt(hash(pfn * 31 + pid)) << 12n);
}

/** Somebody to map a page of user memory, the same for the same pfn. Not PID 1, whose death would be another story. */
export function defaultProcess(pfn: number): { readonly comm: string; readonly pid: number } {
  return PROCESSES[hash(pfn) % PROCESSES.length] as (typeof PROCESSES)[number];
}

/** A process as the mapper of a page. */
export function mapperOf(process: { readonly comm: string; readonly pid: number }, pfn: number, earlyKill: boolean): Mapper {
  return { comm: process.comm, pid: process.pid, address: mappedAt(process.pid, pfn), earlyKill, poisoned: false };
}
