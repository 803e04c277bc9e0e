import { PG } from '../../abi/page-flags.ts';
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
  /** Bits of PG in addition to those of the type. */
  readonly flags?: number;
  /** At the end of memory instead of the beginning. */
  readonly atTheEnd?: true;
}

/** Pages of a machine of 1 GiB. */
const RECORDED_PAGES = 262_144;

/**
 * What fills RAM of 1 GiB besides the kernel's image, as /proc/kpageflags of a kernel showed it shortly after boot, in numbers of pages. Two flags
 * of the recordings are noise and left out (REFERENCED, and a page that is not on the LRU for the moment).
 */
export interface BootPages {
  readonly pgtable: number;
  /** Pages in slabs of 2^0 to 2^3 pages. */
  readonly slab: readonly [number, number, number, number];
  /** Pages in folios, by order. */
  readonly largeKmalloc: Readonly<Record<number, number>>;
  readonly stack: number;
  /** No flags at all: vmalloc areas, and what else the kernel allocated page by page. */
  readonly vmalloc: number;
  readonly shmemMapped: number;
  readonly shmem: number;
  readonly anon: number;
  /** At the end of memory: struct pages (one frame in 64), page tables of the direct map. */
  readonly reserved: number;
  /** Of struct pages that were marked as private too, as all are before 7.2. */
  readonly reservedPrivate?: number;
}

/** Those of 7.3: 12 folios of kmalloc, of 660 pages. */
export const BOOT_PAGES: BootPages = {
  pgtable: 116, slab: [1075, 198, 496, 480], largeKmalloc: { 2: 28, 3: 8, 4: 16, 5: 32, 6: 64, 9: 512 }, stack: 252, vmalloc: 8600,
  shmemMapped: 577, shmem: 1416, anon: 57, reserved: 5814,
};

/** In the order of the first pages of each kind. The processes are this project's: the recorded machine ran busybox. */
function populationsOf(boot: BootPages): Population[] {
  const journal = Math.floor(boot.shmemMapped * 0.48);
  return [
    { type: 'pgtable', pages: boot.pgtable },
    ...boot.slab.map((pages, order): Population => ({ type: 'slab', pages, ...(order > 0 && { order }) })),
    ...Object.entries(boot.largeKmalloc).map(([order, pages]): Population => ({ type: 'large-kmalloc', pages, order: Number(order) })),
    { type: 'stack', pages: boot.stack },
    { type: 'vmalloc', pages: boot.vmalloc },
    { type: 'shmem', pages: journal, mappers: named('systemd-journal') },
    { type: 'shmem', pages: boot.shmemMapped - journal, mappers: named('postgres') },
    { type: 'shmem', pages: boot.shmem, mappers: [] },
    ...ANONYMOUS.map((comm, n): Population => ({ type: 'anon', pages: Math.floor((boot.anon + n) / ANONYMOUS.length), mappers: named(comm) })),
    ...(boot.reservedPrivate === undefined ? [] : [{ type: 'reserved', pages: boot.reservedPrivate, flags: PG.private, atTheEnd: true } as const]),
    { type: 'reserved', pages: boot.reserved, atTheEnd: true },
  ];
}

/** The processes that have anonymous memory. */
const ANONYMOUS = ['systemd-journal', 'sshd', 'nginx', 'postgres', 'java'];

function named(comm: string): readonly Process[] {
  return DEFAULT_PROCESSES.filter((process) => process.comm === comm);
}

/** The default populations of a machine with this number of pages: as recorded, in proportion, with its own processes. */
export function defaultPopulations(pages: number, processes: readonly Process[] = DEFAULT_PROCESSES, boot = BOOT_PAGES): Population[] {
  const inPlaceOf = (process: Process): Process => processes[DEFAULT_PROCESSES.indexOf(process) % processes.length] ?? process;
  return populationsOf(boot).map((row) => ({
    ...row,
    pages: Math.ceil((row.pages * pages) / RECORDED_PAGES),
    ...(row.mappers && { mappers: row.mappers.map(inPlaceOf) }),
  }));
}
