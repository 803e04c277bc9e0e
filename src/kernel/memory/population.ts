import type { PageTypeName } from './page-types.ts';
import { DEFAULT_PROCESSES, type Process } from './processes.ts';

/** Pages of one type that a machine has after boot. */
export interface Population {
  readonly type: PageTypeName;
  /** Number of pages; rounded up to whole folios. */
  readonly pages: number;
  /** The pages are in folios of 2^order. Absent: the order of the type. */
  readonly order?: number;
  /** The processes that map them. Absent: a process of the machine, if pages of the type are mapped. */
  readonly mappers?: readonly Process[];
  readonly earlyKill?: boolean;
  /** At the end of memory instead of the beginning. */
  readonly atTheEnd?: true;
}

/** Pages of a machine of 1 GiB. */
const RECORDED_PAGES = 262_144;

/**
 * What fills RAM besides the kernel's image, as a 1 GiB machine with Linux 7.3 showed it in /proc/kpageflags shortly after boot, in the
 * order of its first pages. Numbers of pages. Two flags of the recording are noise and left out (REFERENCED, and a page that is not on
 * the LRU for the moment). The processes are this project's: the recorded machine ran busybox.
 */
const RECORDED: readonly Population[] = [
  { type: 'pgtable', pages: 116 },
  { type: 'slab', pages: 1075 },
  { type: 'slab', pages: 198, order: 1 },
  { type: 'slab', pages: 496, order: 2 },
  { type: 'slab', pages: 480, order: 3 },
  // 12 folios, 660 pages.
  { type: 'large-kmalloc', pages: 28, order: 2 },
  { type: 'large-kmalloc', pages: 8, order: 3 },
  { type: 'large-kmalloc', pages: 16, order: 4 },
  { type: 'large-kmalloc', pages: 32, order: 5 },
  { type: 'large-kmalloc', pages: 64, order: 6 },
  { type: 'large-kmalloc', pages: 512, order: 9 },
  { type: 'stack', pages: 252 },
  // No flags at all: vmalloc areas, and what else the kernel allocated page by page.
  { type: 'vmalloc', pages: 8600 },
  { type: 'shmem', pages: 277, mappers: named('systemd-journal') },
  { type: 'shmem', pages: 300, mappers: named('postgres') },
  { type: 'shmem', pages: 1416, mappers: [] },
  { type: 'anon', pages: 11, mappers: named('systemd-journal') },
  { type: 'anon', pages: 11, mappers: named('sshd') },
  { type: 'anon', pages: 11, mappers: named('nginx') },
  { type: 'anon', pages: 12, mappers: named('postgres') },
  { type: 'anon', pages: 12, mappers: named('java') },
  // struct pages (one frame in 64), page tables of the direct map.
  { type: 'reserved', pages: 5814, atTheEnd: true },
];

function named(comm: string): readonly Process[] {
  return DEFAULT_PROCESSES.filter((process) => process.comm === comm);
}

/** The default populations of a machine with this number of pages: as recorded, in proportion, with its own processes. */
export function defaultPopulations(pages: number, processes: readonly Process[] = DEFAULT_PROCESSES): Population[] {
  const inPlaceOf = (process: Process): Process => processes[DEFAULT_PROCESSES.indexOf(process) % processes.length] ?? process;
  return RECORDED.map((row) => ({
    ...row,
    pages: Math.ceil((row.pages * pages) / RECORDED_PAGES),
    ...(row.mappers && { mappers: row.mappers.map(inPlaceOf) }),
  }));
}
