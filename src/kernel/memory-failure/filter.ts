import { kpageflags } from '../../abi/page-flags.ts';
import type { Kernel } from '../kernel.ts';
import { mapcount, type Page } from '../memory/page.ts';

/**
 * Whether the filter of /sys/kernel/debug/hwpoison keeps a page from being poisoned: its flags, under the mask, are not the wanted ones; or a
 * device or memory cgroup is asked for, which no page here has. Mirrors hwpoison_filter() (mm/memory-failure.c).
 */
export function filtered(kernel: Kernel, page: Page): boolean {
  const { enable, devMajor, devMinor, flagsMask, flagsValue, memcg } = kernel.failures.filter;
  if (enable === 0) return false;
  if (devMajor !== 0xffffffff || devMinor !== 0xffffffff || memcg !== 0n) return true;
  if (flagsMask === 0n) return false;
  return (kpageflags(page.flags, mapcount(page) > 0) & flagsMask) !== flagsValue;
}
