import { V4_RELEASE } from '../../kernel/profiles/panics-on.ts';

/**
 * Kernels by what their result lines mean for a page that belongs to the kernel:
 * - `merged`: 7.3 on. `reserved kernel page` is a reserved, slab, page-table or large-kmalloc page, `get hwpoison page` is none of these.
 * - `posted`: with the series v4. `reserved kernel page` is a reserved one, `get hwpoison page` is none.
 * - `get-hwpoison`: 6.11 to 7.2. Every page that the handler cannot take is `get hwpoison page`.
 * - `unknown`: 5.14 to 6.10. Every such page is `unknown page`.
 * - `refcount`: before 5.14. The handler takes any page with a reference, and the flags name its type.
 * - `unseen`: the log does not name its kernel.
 */
export type KernelEra = 'merged' | 'posted' | 'get-hwpoison' | 'unknown' | 'refcount' | 'unseen';

/** The first version of each era, the newest first. */
const SINCE: readonly (readonly [version: number, era: KernelEra])[] = [
  [version(7, 3), 'merged'],
  [version(6, 11), 'get-hwpoison'],
  [version(5, 14), 'unknown'],
  [0, 'refcount'],
];

/** The era of a release such as `6.16.1-0_fbk2_0_gf40efc324cc8`. A vendor's kernel has the number of its base, whatever was added. */
export function eraOf(release: string | undefined): KernelEra {
  const number = versionOf(release);
  if (number === undefined) return 'unseen';
  if (release === V4_RELEASE) return 'posted';
  return SINCE.find(([since]) => number >= since)?.[1] ?? 'unseen';
}

/** A release as a number to compare; undefined for none. */
export function versionOf(release: string | undefined): number | undefined {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(release ?? '') ?? [];
  return major === undefined ? undefined : version(Number(major), Number(minor));
}

export function version(major: number, minor: number): number {
  return major * 1000 + minor;
}
