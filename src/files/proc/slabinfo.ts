import type { Kernel } from '../../kernel/kernel.ts';
import { census } from '../../kernel/memory/census.ts';
import type { SlabCache } from '../../kernel/statistics/slab-cache.ts';

const HEADER = 'slabinfo - version: 2.1\n'
  + '# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : tunables <limit> <batchcount> <sharedfactor>'
  + ' : slabdata <active_slabs> <num_slabs> <sharedavail>\n';

/** The cache that takes what the others leave: its slabs have one page. */
const REST = 'kmalloc-64';

/**
 * The text of /proc/slabinfo: the caches of the recorded kernel, with as many slabs altogether as there are slab pages. Mirrors slabinfo_show()
 * (mm/slab_common.c).
 */
export function slabinfo(kernel: Kernel): string {
  const all = census(kernel.memory).slab;
  const caches = Object.entries(kernel.profile.slabCaches);
  const recordedPages = caches.reduce((sum, [, [, , pages, slabs = 0]]) => sum + pages * slabs, 0);
  const slabs = new Map<string, number>();
  let rest = all;
  for (const [name, [, , pages, recorded = 0]] of caches) {
    // Rounding up must not exceed what is left.
    const count = name === REST ? 0 : Math.min(Math.round((recorded * all) / recordedPages), Math.floor(rest / pages));
    slabs.set(name, count);
    rest -= count * pages;
  }
  slabs.set(REST, rest);
  return HEADER + caches.map(([name, row]) => line(name, row, slabs.get(name) ?? 0)).join('');
}

function line(name: string, [size, perSlab, pages, recorded = 0, active = 0]: SlabCache, slabs: number): string {
  const objects = slabs * perSlab;
  const used = recorded === 0 ? 0 : Math.round((objects * active) / (recorded * perSlab));
  const pad = (value: number, width = 6): string => String(value).padStart(width);
  return `${name.padEnd(17)} ${pad(used)} ${pad(objects)} ${pad(size)} ${pad(perSlab, 4)} ${pad(pages, 4)} : tunables    0    0    0`
    + ` : slabdata ${pad(slabs)} ${pad(slabs)} ${pad(0)}\n`;
}
