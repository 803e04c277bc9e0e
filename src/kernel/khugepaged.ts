import { LOG_LEVEL } from '../abi/log-level.ts';
import type { Kernel } from './kernel.ts';
import { zoneStates } from './statistics/zone-state.ts';
import { LEAST_MIN_FREE_KB, minFreeKbytes, MOST_MIN_FREE_KB, recommendedMinFreeKb } from './sysctl/memory-sizes.ts';

const NAME = 'vm.min_free_kbytes';
/** The last value that the kernel chose by itself: another one is the user's. */
const CHOSEN = 'vm.min_free_kbytes#chosen';

/**
 * Sets vm.min_free_kbytes when huge pages of 2 MiB begin or end to be used. Mirrors set_recommended_min_free_kbytes() (mm/khugepaged.c) and
 * calculate_min_free_kbytes() (mm/page_alloc.c).
 */
export function setRecommendedMinFreeKbytes(kernel: Kernel, hugePages: boolean): void {
  const now = kernel.int(NAME);
  const kept = kernel.values.get(CHOSEN);
  const chosen = typeof kept === 'object' ? Number(kept[0]) : minFreeKbytes(kernel);
  const users = now === chosen ? -1 : now;
  const set = (kbytes: number): void => {
    kernel.values.set(NAME, [BigInt(kbytes)]);
    kernel.values.set(CHOSEN, [BigInt(kbytes)]);
  };
  if (hugePages) {
    const recommended = recommendedMinFreeKb(kernel);
    if (recommended <= now) return;
    if (users >= 0) kernel.printk(LOG_LEVEL.info, `raising min_free_kbytes from ${now} to ${recommended} to help transparent hugepage allocations`);
    set(recommended);
    return;
  }
  const lowmemKb = zoneStates(kernel).reduce((sum, { managed, high, name }) => sum + (name === 'Movable' ? 0 : Math.max(0, managed - high)), 0) * 4;
  const usual = Math.floor(Math.sqrt(lowmemKb * 16));
  if (usual > users) set(Math.min(MOST_MIN_FREE_KB, Math.max(LEAST_MIN_FREE_KB, usual)));
  else kernel.printk(LOG_LEVEL.warn, `min_free_kbytes is not updated to ${usual} because user defined value ${users} is preferred`);
}
