import type { Caller } from '../abi/caller.ts';
import { ERRNO } from '../abi/errno.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { CommandSteps } from './command-row.ts';

/** How many calls make one step. Each step passes through several generators, which takes as long as a good part of a call. */
const EACH_STEP = 16;

/**
 * Enters the kernel `count` times, each time as a system call of its own, and returns the last result that is an error, or 0. `once`
 * returns undefined if no page is left for it; then the next call would find none either. `noun` is what is done, in words.
 */
export function* repeat(kernel: Kernel, caller: Caller | undefined, count: number, noun: string, once: () => number | undefined): CommandSteps {
  const { life } = kernel;
  let result = 0;
  for (let n = 0; n < count; n += 1) {
    if (n > 0 && n % EACH_STEP === 0 && (yield)) return { done: `${n} of ${count} ${noun}` };
    // After one that the machine does not survive, no further one runs, not even when another caller has rebooted the machine in the meantime.
    if (kernel.life !== life) return -ERRNO.EIO;
    let left = true;
    const answer = kernel.enter(caller, () => {
      const returned = once();
      left = returned !== undefined;
      return returned ?? -ERRNO.ENOMEM;
    });
    if (kernel.death || kernel.life !== life) return -ERRNO.EIO;
    if (answer < 0) result = answer;
    if (!left) break;
  }
  return result;
}
