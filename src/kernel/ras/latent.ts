// Apart from ghes.ts: reading memory calls it, and access() of memory-failure/.
import type { Kernel } from '../kernel.ts';
import { access } from '../memory-failure/access.ts';
import { raiseError } from './inject.ts';

/**
 * Something reads a page. An error that EINJ left in it without a trigger is reported first; then the access sees what became of the page.
 * Returns what access() returns. Does not return from a fatal error.
 */
export function readMemory(kernel: Kernel, pfn: number, pid?: number): number {
  const { latent } = kernel.ras;
  const record = latent.get(pfn);
  if (record !== undefined) {
    const { caller } = kernel;
    const refused = raiseError(kernel, record);
    if (refused < 0) return refused;
    latent.delete(pfn);
    kernel.caller = caller;
  }
  return access(kernel, pfn, pid);
}
