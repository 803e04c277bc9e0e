import { type PageFlagName, PG } from '../../abi/page-flags.ts';
import { hex } from '../../abi/printable.ts';

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

/** Flags of `page->flags` that %pGp names, with their bits there. Source: __def_pageflag_names (include/trace/events/mmflags.h), Linux 7.3. */
const NAMED: readonly (readonly [PageFlagName, number, string])[] = [
  ['writeback', 1, 'writeback'],
  ['referenced', 2, 'referenced'],
  ['uptodate', 3, 'uptodate'],
  ['dirty', 4, 'dirty'],
  ['lru', 5, 'lru'],
  ['head', 6, 'head'],
  ['active', 8, 'active'],
  ['ownerPrivate', 10, 'owner_priv_1'],
  ['mappedToDisk', 11, 'owner_2'],
  ['reserved', 13, 'reserved'],
  ['private', 14, 'private'],
  ['swapbacked', 17, 'swapbacked'],
  ['unevictable', 18, 'unevictable'],
  ['mlocked', 19, 'mlocked'],
  ['hwpoison', 21, 'hwpoison'],
];

const ZONE_SHIFT = 51n;
const LAST_CPUPID = 0x1fffffn;
const LAST_CPUPID_SHIFT = 30n;

/** A page's flags as printk's %pGp shows them: `0xfffffc002091c(referenced|…|node=0|zone=1|lastcpupid=0x1fffff)`. */
export function formatPageFlags(flags: number, pfn: number): string {
  const set = NAMED.filter(([name]) => flags & PG[name]);
  const zone = zoneOf(pfn).number;
  const word = set.reduce((bits, [, bit]) => bits | (1n << BigInt(bit)), (BigInt(zone) << ZONE_SHIFT) | (LAST_CPUPID << LAST_CPUPID_SHIFT));
  const names = [...set.map(([, , text]) => text), 'node=0', `zone=${zone}`, `lastcpupid=${hex(LAST_CPUPID)}`];
  return `${hex(word)}(${names.join('|')})`;
}
