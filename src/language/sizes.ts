/** Bytes by unit letter, as mem= of the kernel takes them. */
const UNITS = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 } as const;

/** `32G` in bytes; undefined for what is no size. Decimal digits and one of K, M, G, T, in either case. */
export function parseSize(text: string): number | undefined {
  const [, digits, unit = ''] = /^([0-9]+)([KMGT]?)$/.exec(text.toUpperCase()) ?? [];
  if (digits === undefined) return undefined;
  const bytes = Number(digits) * UNITS[unit as keyof typeof UNITS];
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** 1073741824 as `1G`: in the largest unit that divides it. */
export function writeSize(bytes: number): string {
  const [unit = '', factor = 1] = Object.entries(UNITS).findLast(([, factor]) => bytes % factor === 0) ?? [];
  return `${bytes / factor}${unit}`;
}
