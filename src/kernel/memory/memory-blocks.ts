import { ERRNO } from '../../abi/errno.ts';
import { LOG_LEVEL } from '../../abi/log-level.ts';
import { PG } from '../../abi/page-flags.ts';
import { hex } from '../../abi/printable.ts';
import { formatPageFlags, zoneOf } from './page-flags-text.ts';
import { type Extent, flagsIn } from './extents.ts';
import { type Frames, merged, PAGE_SIZE, PAGES_PER_SECTION, size, within } from './frames.ts';
import type { MachineLayout } from './layout.ts';
import type { MemoryHost } from './memory-host.ts';
import type { Page } from './page.ts';
import { PAGE_TYPES } from './page-types.ts';

const LEAST_BLOCK = PAGES_PER_SECTION * PAGE_SIZE;
const LARGEST_BLOCK = 2 * 1024 ** 3;
/** Machines with less have the least blocks. Source: MEM_SIZE_FOR_LARGE_BLOCK (arch/x86/mm/init_64.c). */
const LARGE_FROM = 64 * 1024 ** 3;
/** Where struct pages begin if addresses are not randomized. The raw words in the dump of a page point there. */
const VMEMMAP = 0xffffea0000000000n;
const STRUCT_PAGE = 64n;

/**
 * The memory blocks of /sys/devices/system/memory, which can be taken offline and online again. Mirrors drivers/base/memory.c and
 * mm/memory_hotplug.c.
 */
export class MemoryBlocks {
  /** Bytes of a block. */
  readonly blockSize: number;
  readonly #host: MemoryHost;
  readonly #present: readonly Frames[];
  readonly #ram: readonly Frames[];
  readonly #offlined = new Set<number>();
  /** Offline blocks with poisoned pages; blocks of zone Movable. */
  readonly #poisoned = new Set<number>();
  readonly #movable = new Set<number>();

  constructor(host: MemoryHost, { extents, ram }: MachineLayout) {
    this.#host = host;
    this.#ram = ram;
    this.blockSize = probeBlockSize(((ram.at(-1)?.last ?? 0) + 1) * PAGE_SIZE);
    this.#present = extents.map(({ first, last }) => ({ first: Math.floor(first / this.pages), last: Math.floor(last / this.pages) }));
  }

  /** Puts all blocks online. */
  boot(): void {
    for (const blocks of [this.#offlined, this.#poisoned, this.#movable]) blocks.clear();
  }

  /** Frames of a block. */
  get pages(): number {
    return this.blockSize / PAGE_SIZE;
  }

  get offlinePages(): number {
    return this.#offlined.size * this.pages;
  }

  /** The frames of the blocks that are offline, and of those that were put online as zone Movable, sorted. */
  get offlineFrames(): readonly Frames[] {
    return merged([...this.#offlined].map((block) => this.#frames(block)));
  }

  get movableFrames(): readonly Frames[] {
    return merged([...this.#movable].filter((block) => this.isOnline(block)).map((block) => this.#frames(block)));
  }

  /** Whether a machine has this block: any of its memory is present. */
  has(block: number): boolean {
    return this.#present.some(({ first, last }) => block >= first && block <= last);
  }

  /** The numbers of all blocks. */
  *numbers(): Generator<number> {
    let next = 0;
    for (const { first, last } of this.#present) {
      for (let block = Math.max(first, next); block <= last; block += 1) yield block;
      next = Math.max(next, last + 1);
    }
  }

  isOnline(block: number): boolean {
    return !this.#offlined.has(block);
  }

  /** `valid_zones`. Online: the zone of the block, `none` if it lies in several. Offline: the zones it could go to. */
  validZones(block: number): string {
    const { first, last } = this.#frames(block);
    const zone = zoneOf(first).name;
    if (this.#movable.has(block)) return this.isOnline(block) ? 'Movable' : `${zone} Movable`;
    if (!this.isOnline(block)) return `${zone} Movable`;
    return zone === zoneOf(last).name ? zone : 'none';
  }

  /**
   * Takes a block offline: 0, 1 if it is offline already, -EINVAL (holes, several zones), or -EBUSY (an unmovable page, which is dumped
   * to the log).
   */
  offline(block: number): number {
    if (!this.isOnline(block)) return 1;
    const frames = this.#frames(block);
    if (this.validZones(block) === 'none') return -ERRNO.EINVAL;
    if (within(this.#ram, frames).reduce((sum, part) => sum + size(part), 0) !== this.pages) return -ERRNO.EINVAL;
    const unmovable = this.#firstUnmovable(frames);
    if (unmovable) {
      this.#dumpPage(unmovable.pfn, unmovable.flags);
      return -ERRNO.EBUSY;
    }
    const content = [...this.#host.memory.spansBetween(frames.first, frames.last)].filter(({ type }) => type !== 'free' && type !== 'hugetlb-free');
    const poisoned = this.#host.memory.poisonedBetween(frames.first, frames.last);
    this.#host.memory.define(frames.first, frames.last, 'offline');
    // Poisoned pages stay counted until the block is removed.
    this.#host.failures.poisonedPages += poisoned;
    for (const extent of content) this.#move(extent, frames);
    this.#offlined.add(block);
    if (poisoned > 0) this.#poisoned.add(block);
    return 0;
  }

  /** Puts a block online, as zone Movable or not: 0, 1 if it is online already, or -EHWPOISON if one of its pages is poisoned and that counts. */
  online(block: number, movable = false): number {
    if (this.isOnline(block)) return 1;
    if (this.#poisoned.has(block) && this.#host.profile.poisonKeepsOffline) return -ERRNO.EHWPOISON;
    this.#poisoned.delete(block);
    const { first, last } = this.#frames(block);
    this.#offlined.delete(block);
    if (movable) this.#movable.add(block);
    else this.#movable.delete(block);
    this.#host.memory.define(first, last, 'free');
    return 0;
  }

  #frames(block: number): Frames {
    return { first: block * this.pages, last: (block + 1) * this.pages - 1 };
  }

  /** Moves the part of an extent that lies in a block to free memory. What does not fit is lost, as a real machine would reclaim it. */
  #move(extent: Extent, { first, last }: Frames): void {
    const { memory } = this.#host;
    let left = Math.min(extent.last, last) - Math.max(extent.first, first) + 1;
    const folio = 2 ** (extent.shape.order ?? PAGE_TYPES[extent.type].order ?? 0);
    for (const room of memory.roomFor(folio, Math.ceil(left / folio))) {
      const pages = Math.min(left, size(room));
      memory.define(room.first, room.first + pages - 1, extent.type, extent.shape);
      left -= pages;
    }
  }

  #firstUnmovable(frames: Frames): { readonly pfn: number; readonly flags: number } | undefined {
    const { memory } = this.#host;
    const pages = [...memory.differingBetween(frames.first, frames.last)].filter((page) => !isMovable(page)).sort((a, b) => a.pfn - b.pfn);
    for (const extent of memory.spansBetween(frames.first, frames.last)) {
      const pfn = Math.max(extent.first, frames.first);
      if (PAGE_TYPES[extent.type].section !== 'offline' && !movableFlags(flagsIn(extent, pfn))) {
        const page = pages[0];
        return page && page.pfn < pfn ? page : { pfn, flags: flagsIn(extent, pfn) };
      }
    }
    return pages[0];
  }

  /** Mirrors dump_page() (mm/debug.c), whose raw words are those of a page with a reference and no owner, as the reserved ones are. */
  #dumpPage(pfn: number, flags: number): void {
    const print = (text: string): void => this.#host.printk(LOG_LEVEL.warn, text);
    const formatted = formatPageFlags(flags, pfn);
    const word = (value: bigint): string => value.toString(16).padStart(16, '0');
    const lru = word(VMEMMAP + BigInt(pfn) * STRUCT_PAGE + 8n);
    print(`page: refcount:1 mapcount:0 mapping:${word(0n)} index:0x0 pfn:${hex(pfn)}`);
    print(`flags: ${formatted}`);
    print(`raw: ${word(BigInt(formatted.slice(0, formatted.indexOf('('))))} ${lru} ${lru} ${word(0n)}`);
    print(`raw: ${word(0n)} ${word(0n)} ${word(0x1ffffffffn)} ${word(0n)}`);
    print('page dumped because: unmovable page');
  }
}

function isMovable(page: Page): boolean {
  return page.section === 'offline' || movableFlags(page.flags);
}

/**
 * Whether flags are of a page that migration can move, of a free page, or of a poisoned one, which stays where it is. Mirrors
 * page_is_unmovable() (mm/page_isolation.c).
 */
function movableFlags(flags: number): boolean {
  return (flags & (PG.lru | PG.buddy | PG.huge | PG.hwpoison)) !== 0;
}

/** Mirrors probe_memory_block_size() (arch/x86/mm/init_64.c) of a virtual machine. */
function probeBlockSize(memoryEnd: number): number {
  if (memoryEnd < LARGE_FROM) return LEAST_BLOCK;
  let bytes = LARGEST_BLOCK;
  while (bytes > LEAST_BLOCK && memoryEnd % bytes !== 0) bytes /= 2;
  return bytes;
}
