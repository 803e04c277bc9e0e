/** Of one cache: bytes of an object, objects of a slab, pages of a slab, slabs, and objects in use. What is left out at the end is 0. */
export type SlabCache = readonly [size: number, objects: number, pages: number, slabs?: number, active?: number];

/** The slab caches of a kernel by name, in the order of /proc/slabinfo. */
export type SlabCaches = Readonly<Record<string, SlabCache>>;

/** The caches of one kind of kmalloc(), by the last part of their names, in the order of /proc/slabinfo since 6.12. */
const BUCKETS: readonly (readonly [size: string, cache: SlabCache])[] = [
  ['8k', [8192, 4, 8]], ['4k', [4096, 8, 8]], ['2k', [2048, 16, 8]], ['1k', [1024, 16, 4]], ['512', [512, 16, 2]], ['256', [256, 16, 1]],
  ['128', [128, 32, 1]], ['64', [64, 64, 1]], ['32', [32, 128, 1]], ['16', [16, 256, 1]], ['8', [8, 512, 1]], ['192', [192, 21, 1]],
  ['96', [96, 42, 1]],
];

/** Caches of one kind of kmalloc(), such as `dma-kmalloc-`, none of which has a slab. */
export function idleBuckets(prefix: string): SlabCaches {
  return Object.fromEntries(BUCKETS.map(([size, cache]) => [`${prefix}${size}`, cache]));
}
