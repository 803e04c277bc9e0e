// Apart from the steps of the handler: two entries ask the filter before the handler does.
import { kpageflags } from '../../abi/page-flags.ts';
import type { Kernel } from '../kernel.ts';
import { mapcount, type Page } from '../memory/page.ts';

/**
 * Whether the filter of /sys/kernel/debug/hwpoison protects a page from an injection: its flags, under the mask, are not the value of the
 * filter; or the filter wants a device or a memory cgroup, which no emulated page has. Mirrors hwpoison_filter() (mm/memory-failure.c).
 */
export function filtered(kernel: Kernel, page: Page): boolean {
  const { enable, devMajor, devMinor, flagsMask, flagsValue, memcg } = kernel.failures.filter;
  if (enable === 0) return false;
  if (devMajor !== 0xffffffff || devMinor !== 0xffffffff || memcg !== 0n) return true;
  if (flagsMask === 0n) return false;
  return (kpageflags(page.flags, mapcount(page) > 0, kernel.profile.kpageflags) & flagsMask) !== flagsValue;
}
