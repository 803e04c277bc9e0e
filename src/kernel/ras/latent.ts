// Apart from ghes.ts: reading memory calls it, and access() of memory-failure/.
import type { Kernel } from '../kernel.ts';
import { access } from '../memory-failure/access.ts';
import { ghesProc } from './ghes.ts';

/**
 * Something reads a page. An error that EINJ left in it without a trigger is reported first; then the access sees what became of the page.
 * Returns what access() returns. Does not return from a fatal error.
 */
export function readMemory(kernel: Kernel, pfn: number, pid?: number): number {
  const { latent } = kernel.ras;
  const record = latent.get(pfn);
  if (record !== undefined) {
    const { caller } = kernel;
    latent.delete(pfn);
    ghesProc(kernel, record);
    kernel.caller = caller;
  }
  return access(kernel, pfn, pid);
}
