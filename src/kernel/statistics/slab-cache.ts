/** Of one cache: bytes of an object, objects of a slab, pages of a slab, slabs, and objects in use. What is left out at the end is 0. */
export type SlabCache = readonly [size: number, objects: number, pages: number, slabs?: number, active?: number];

/** The slab caches of a kernel by name, in the order of /proc/slabinfo. */
export type SlabCaches = Readonly<Record<string, SlabCache>>;
