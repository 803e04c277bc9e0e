import { defaultDimms, type Dimm } from './dimms.ts';
import { type Extent, Extents, withMappers } from './extents.ts';
import { type Frames, merged, PAGE_SIZE, PAGES_PER_SECTION, size, within, without } from './frames.ts';
import { PAGE_TYPES, type PageTypeName } from './page-types.ts';
import { BOOT_PAGES, type BootPages, defaultPopulations, type Population } from './population.ts';
import { DEFAULT_PROCESSES, type Process, Processes } from './processes.ts';
import { defaultRegions, isSystemRam, KERNEL_REGIONS, type KernelRegions, type Region } from './regions.ts';

/** The memory of a machine when it boots. */
export interface MachineLayout {
  /** The lines of /proc/iomem. */
  readonly regions: readonly Region[];
  /** RAM in bytes: the wanted amount, or the sum of the regions. */
  readonly memoryBytes: number;
  /** Sorted, without overlap; frames between them have no struct page. */
  readonly extents: readonly Extent[];
  /** Frames that are RAM, sorted. Other frames with a struct page are holes in a section. */
  readonly ram: readonly Frames[];
  readonly processes: readonly Process[];
  /** The DIMMs, in the order of their slots. */
  readonly dimms: readonly Dimm[];
}

/** A description of the memory of a machine. What is left out is as on the recorded machine, in proportion. */
export interface MachineDescription {
  readonly memoryBytes?: number;
  readonly regions?: readonly Region[];
  readonly populations?: readonly Population[];
  readonly processes?: readonly Process[];
  /** Pages that replace those of the populations, also where no RAM is. A later one replaces an earlier one. */
  readonly pages?: readonly Extent[];
  readonly dimms?: readonly Dimm[];
}

/** Memory is allocated from this frame on: the kernel avoids zone DMA while it can. */
const ABOVE_DMA = 0x1000;
/** Low memory that the kernel takes at boot: the first MiB, because firmware may write there (reserve_real_mode()), and pages behind it. */
const LOW = [{ first: 0, last: 0xff, type: 'reserved' }, { first: 0x100, last: 0x11f, type: 'vmalloc' }] as const;
/** The lines of /proc/iomem that are the image of the kernel. */
const IMAGE = ['Kernel code', 'Kernel rodata', 'Kernel data', 'Kernel bss'] as const;
/** Where in the read-only data the shared zero page lies, in frames. */
const ZERO_PAGE_AT = 0x4d;

/** A population that does not fit into the machine: its index, and the number of pages left for it, which may be scattered. */
export class TooLittleMemory extends Error {
  readonly index: number;
  readonly left: number;

  constructor(index: number, left: number) {
    super(`no room for population ${index}: ${left} pages are left`);
    this.index = index;
    this.left = left;
  }
}

/** What differs between kernels in the memory of the same machine. */
export interface KernelMemory {
  readonly regions: KernelRegions;
  readonly bootPages: BootPages;
}

const SEVEN_THREE: KernelMemory = { regions: KERNEL_REGIONS, bootPages: BOOT_PAGES };

/**
 * Lays out the memory of a machine: RAM and the image of the kernel by the regions, then the populations in their order, from low addresses
 * on. The rest is free. Then `pages` replaces single pages. `kernel` says what regions and populations have of the kernel, where none are given.
 * @throws TooLittleMemory if the populations do not fit
 */
export function layOutMemory(description: MachineDescription, kernel: KernelMemory = SEVEN_THREE): MachineLayout {
  const regions = description.regions ?? defaultRegions(description.memoryBytes ?? 0, kernel.regions);
  const ram = ramFrames(regions);
  const pages = ram.reduce((sum, frames) => sum + size(frames), 0);
  const memoryBytes = description.memoryBytes ?? pages * PAGE_SIZE;
  const extents: Extent[] = [];
  let free: Frames[] = [...ram];
  const processes = description.processes ?? DEFAULT_PROCESSES;
  const running = new Processes(processes);
  const take = (frames: Frames, type: PageTypeName, shape: Extent['shape'] = {}): void => {
    extents.push(withMappers({ ...frames, type, shape }, running));
    free = without(free, frames);
  };

  // Parts of the image may share a frame.
  for (const { type, ...frames } of [...LOW, ...imageFrames(regions)]) for (const part of within(free, frames)) take(part, type);
  const populations = description.populations ?? defaultPopulations(memoryBytes / PAGE_SIZE, processes, kernel.bootPages);
  populations.forEach(({ type, pages: wanted, order, mappers, earlyKill, flags, atTheEnd }, index) => {
    const folio = 2 ** (order ?? PAGE_TYPES[type].order ?? 0);
    const room = free.reduce((sum, frames) => sum + size(frames), 0);
    let left = Math.ceil(wanted / folio) * folio;
    while (left > 0) {
      const place = atTheEnd ? lastRoom(free, folio, left) : firstRoom(free, folio, left);
      if (!place) throw new TooLittleMemory(index, room);
      take(place, type, { ...(order !== undefined && { order }), ...(mappers && { mappers }), ...(earlyKill && { earlyKill }), ...(flags && { flags }) });
      left -= size(place);
    }
  });
  for (const frames of free) extents.push({ ...frames, type: 'free', shape: {} });
  for (const hole of holes(ram)) extents.push({ ...hole, type: 'reserved', shape: {} });
  extents.sort((a, b) => a.first - b.first);
  const defined = new Extents(extents);
  for (const each of description.pages ?? []) defined.put(withMappers(each, running));
  return { regions, memoryBytes, extents: defined.list, ram, processes, dimms: description.dimms ?? defaultDimms(memoryBytes) };
}

/** Whole frames of System RAM. */
export function ramFrames(regions: readonly Region[]): Frames[] {
  const ram = regions.filter(({ name }) => isSystemRam(name));
  return merged(
    ram
      .map(({ start, end }) => ({ first: Math.ceil(start / PAGE_SIZE), last: Math.floor((end + 1) / PAGE_SIZE) - 1 }))
      .filter(({ first, last }) => first <= last),
  );
}

/**
 * Sections with RAM in them have struct pages throughout; those of no RAM are reserved. Mirrors init_unavailable_range() (mm/mm_init.c).
 */
function holes(ram: readonly Frames[]): Frames[] {
  const sections = merged(
    ram.map(({ first, last }) => ({
      first: first - (first % PAGES_PER_SECTION),
      last: last - (last % PAGES_PER_SECTION) + PAGES_PER_SECTION - 1,
    })),
  );
  return ram.reduce<Frames[]>(without, sections);
}

/** The image of the kernel, including frames that it shares with something else, and the zero page in it. */
function imageFrames(regions: readonly Region[]): (Frames & { readonly type: PageTypeName })[] {
  return regions
    .filter(({ name }) => IMAGE.some((part) => part === name))
    .flatMap(({ name, start, end }) => {
      const frames = { first: Math.floor(start / PAGE_SIZE), last: Math.floor(end / PAGE_SIZE) };
      const zero = frames.first + ZERO_PAGE_AT;
      if (name !== 'Kernel rodata' || zero > frames.last) return [{ ...frames, type: 'reserved' as const }];
      return [
        ...without([frames], { first: zero, last: zero }).map((part) => ({ ...part, type: 'reserved' as const })),
        { first: zero, last: zero, type: 'zero' as const },
      ];
    });
}

/** The lowest free frames for at most `wanted` pages in whole folios, zone DMA last. */
function firstRoom(free: readonly Frames[], folio: number, wanted: number): Frames | undefined {
  return roomIn(free, ABOVE_DMA, folio, wanted) ?? roomIn(free, 0, folio, wanted);
}

function roomIn(free: readonly Frames[], lowest: number, folio: number, wanted: number): Frames | undefined {
  for (const { first, last } of free) {
    const from = Math.ceil(Math.max(first, lowest) / folio) * folio;
    const room = Math.floor((last - from + 1) / folio) * folio;
    if (room > 0) return { first: from, last: from + Math.min(room, wanted) - 1 };
  }
  return undefined;
}

/** The highest free frames for at most `wanted` pages in whole folios. */
function lastRoom(free: readonly Frames[], folio: number, wanted: number): Frames | undefined {
  for (const { first, last } of free.toReversed()) {
    const end = Math.floor((last + 1) / folio) * folio;
    const room = Math.floor((end - first) / folio) * folio;
    if (room > 0) return { first: end - Math.min(room, wanted), last: end - 1 };
  }
  return undefined;
}

