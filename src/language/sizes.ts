/** Bytes by unit letter, as mem= of the kernel and files such as node0/reclaim take them. Source: memparse() (lib/cmdline.c). */
export const SIZE_UNITS = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 } as const;

/** `32G` in bytes: decimal digits, then at most one of K, M, G, T in either case. Undefined: the text is not a size. */
export function parseSize(text: string): number | undefined {
  const [, digits, unit = ''] = /^([0-9]+)([KMGT]?)$/.exec(text.toUpperCase()) ?? [];
  if (digits === undefined) return undefined;
  const bytes = Number(digits) * SIZE_UNITS[unit as keyof typeof SIZE_UNITS];
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** 1073741824 bytes as `1G`: in the largest unit that divides them. */
export function writeSize(bytes: number): string {
  const [unit = '', factor = 1] = Object.entries(SIZE_UNITS).findLast(([, factor]) => bytes % factor === 0) ?? [];
  return `${bytes / factor}${unit}`;
}
