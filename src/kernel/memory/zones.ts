/** Zones of x86-64 by number, each with its first frame. Source: include/linux/mmzone.h, arch/x86/include/asm/dma.h. */
export const ZONES = [
  { name: 'DMA', first: 0 },
  { name: 'DMA32', first: 0x1000 },
  { name: 'Normal', first: 0x100000 },
] as const;

/** The zone of a frame: its number and its name. Mirrors page_zonenum(). */
export function zoneOf(pfn: number): { readonly number: number; readonly name: string } {
  const number = ZONES.findLastIndex(({ first }) => pfn >= first);
  return { number, name: (ZONES[number] ?? ZONES[0]).name };
}
