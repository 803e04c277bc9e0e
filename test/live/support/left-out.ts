import type { Case } from './host-cases.ts';

/** A rule for cases that are left out of a comparison, and counted, by what is done and to which file. */
export interface LeftOut {
  readonly name: string;
  readonly why: string;
  /** Whether a case is one of them. `answers` are the emulation's, one for each operation. */
  concerns(one: Case, answers: readonly string[]): boolean;
}

/** A running kernel, as far as its answers depend on it. */
export interface HostKernel {
  readonly major: number;
  readonly minor: number;
  /** CONFIG_HZ. Undefined if it cannot be found. */
  readonly hz: number | undefined;
}

/** Answers of some kernels that differ from Linux 7.3 with 250 ticks a second, which is emulated and recorded. */
const KERNEL_DIFFERENCES: readonly (LeftOut & { holds(kernel: HostKernel): boolean })[] = [
  {
    name: 'lowmem_reserve_ratio: a write that is refused',
    holds: ({ major, minor }) => major < 7 || (major === 7 && minor < 3),
    why: 'Linux 6.18 answers with a count and keeps the numbers before the bad one, negative ones as 0; 7.3 answers EINVAL and keeps the old ones',
    concerns: ({ file, operations }, answers) =>
      file.entry.procname === 'lowmem_reserve_ratio' && operations.some((operation, at) => writes(operation) && answers[at] === 'EINVAL'),
  },
  {
    name: 'laptop_mode on a kernel of another tick rate',
    holds: ({ hz }) => hz !== 250,
    why: 'it keeps its seconds in ticks in an int, so the tick rate bounds them',
    concerns: ({ file }) => file.entry.procname === 'laptop_mode',
  },
];

/** Files where writing nothing has an effect, or is refused. */
const HEED_EMPTY_WRITES = [
  'compact_memory', 'dirty_background_bytes', 'dirty_background_ratio', 'numa_zonelist_order', 'overcommit_kbytes', 'overcommit_ratio',
];

/** What a FUSE server cannot answer as proc does, because Linux decides it before it asks the server. */
export const MOUNT_LIMITS: readonly LeftOut[] = [
  {
    name: 'a write of no bytes',
    why: `Linux answers 0 for a FUSE file without asking; it matters to ${HEED_EMPTY_WRITES.join(', ')}`,
    concerns: ({ file, operations }) =>
      HEED_EMPTY_WRITES.includes(file.entry.procname) && operations.some((operation) => writes(operation) && operation.endsWith(' -')),
  },
  {
    name: 'numa_zonelist_order: going on after a write',
    why: 'its handler leaves the position where it was; of a FUSE file Linux moves it on by what was written',
    concerns: ({ file, operations }, answers) => {
      const taken = operations.findIndex((operation, at) => /^write/.test(operation) && Number(answers[at]) > 0);
      const after = taken < 0 ? [] : operations.slice(taken + 1);
      return file.entry.procname === 'numa_zonelist_order' && after.some((operation) => /^(read|write|lseek)/.test(operation));
    },
  },
  {
    name: 'O_APPEND with lseek, pread or pwrite',
    why: 'Linux sends appending writes of a FUSE file to where it believes the end to be, and tells of no lseek(2); proc appends nothing',
    concerns: ({ operations }) => {
      let appending = false;
      return operations.some((operation) => {
        if (operation.startsWith('open ')) appending = operation.includes('APPEND');
        return appending && /^(lseek|pread|pwrite) /.test(operation);
      });
    },
  },
];

function writes(operation: string): boolean {
  return /^(set|write|pwrite) /.test(operation) || operation.startsWith('writerep ');
}

/** The rows that apply to a kernel. */
export function kernelDifferences(kernel: HostKernel): LeftOut[] {
  return KERNEL_DIFFERENCES.filter(({ holds }) => holds(kernel));
}
