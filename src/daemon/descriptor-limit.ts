import { readFileSync } from 'node:fs';

/** Descriptors that are open at once at most while the program's modules are loaded and its threads begin. */
const NEEDED = 64;

/** What is wrong then, and what would be right. */
export const TOO_FEW_DESCRIPTORS = 'too few files may be open: allow more, ulimit -n 256';

/**
 * Whether this process may open too few files for the program to be loaded, which Node.js would tell of in its own words wherever it runs out
 * of them. Node.js raises the soft limit to the hard one before: what is read here is what there is.
 */
export function tooFewDescriptors(): boolean {
  try {
    const limit = /^Max open files +(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return Number(limit) < NEEDED;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EMFILE';
  }
}
