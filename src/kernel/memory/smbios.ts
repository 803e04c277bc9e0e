import type { Dimm, DimmType } from './dimms.ts';
import { isSystemRam, type Region } from './regions.ts';

/** What the tables describe: the DIMMs, and where the memory is. */
export interface SmbiosMachine {
  readonly dimms: readonly Dimm[];
  readonly regions: readonly Region[];
  readonly cpus: number;
}

/** The names that firmware and board have on the recorded machine, QEMU's q35. */
export const DMI = {
  biosVendor: 'SeaBIOS', biosVersion: '1.16.2-debian-1.16.2-1', biosDate: '04/01/2014', vendor: 'QEMU', product: 'Standard PC (Q35 + ICH9, 2009)', version: 'pc-q35-7.2',
} as const;

/** Memory types and details of a memory device: DSP0134, 7.18.2 and 7.18.3. */
const MEMORY_TYPES: Readonly<Record<DimmType, readonly [type: number, detail: number]>> = {
  ddr3: [0x18, 0x4080], rddr3: [0x18, 0x2080], ddr4: [0x1a, 0x4080], rddr4: [0x1a, 0x2080], nvdimm: [0x1a, 0x1080], unknown: [0x07, 0x0002],
};
const ARRAY_HANDLE = 0x1000;
const MAPPED_HANDLE = 0x1300;
const KIB = 1024;
const MIB = 1024 * KIB;
const GIB_4 = 4 * 1024 * MIB;
const UNKNOWN = 0xffff;

/** Numbers as little-endian bytes: `[bytes, value]` each. */
function pack(...fields: readonly (readonly [bytes: number, value: number])[]): readonly number[] {
  return fields.flatMap(([bytes, value]) => Array.from({ length: bytes }, (_, n) => Math.floor(value / 2 ** (8 * n)) % 256));
}

/** A structure: its header, its formatted part, and its strings. */
function structure(type: number, handle: number, formatted: readonly number[], strings: readonly string[] = []): readonly number[] {
  const text = strings.flatMap((each) => [...each].map((character) => character.charCodeAt(0) & 0xff).concat(0));
  return [...pack([1, type], [1, formatted.length + 4], [2, handle]), ...formatted, ...(text.length === 0 ? [0] : text), 0];
}

/** The tables of SMBIOS 2.8 as QEMU makes them: firmware, system, chassis, processor, and the memory. Standard: DSP0134. */
export function smbiosTable({ dimms, regions, cpus }: SmbiosMachine): Uint8Array {
  const capacity = dimms.reduce((sum, { bytes }) => sum + bytes, 0) / KIB;
  const isLarge = capacity >= 2 ** 31;
  const zeros = (length: number): readonly number[] => Array.from({ length }, () => 0);
  return Uint8Array.from([
    ...structure(0, 0, [1, 2, 0, 0xe8, 3, 0, 8, ...zeros(8), 4, 0, 0, 0xff, 0xff], [DMI.biosVendor, DMI.biosVersion, DMI.biosDate]),
    ...structure(1, 0x100, [1, 2, 3, 0, ...zeros(16), 6, 0, 0], [DMI.vendor, DMI.product, DMI.version]),
    ...structure(3, 0x300, [1, 1, 2, 0, 0, 3, 3, 3, 2, ...zeros(9)], [DMI.vendor, DMI.version]),
    ...structure(4, 0x400, [
      1, 3, 1, 2, 0xb1, 0x0f, 6, 0, 0xfd, 0xfb, 0xcb, 0x0f, 3, 0, ...pack([2, 0], [2, 2000], [2, 2000]), 0x41, 1, ...pack([2, UNKNOWN], [2, UNKNOWN], [2, UNKNOWN]),
      0, 0, 0, cpus, cpus, cpus, ...pack([2, 2], [2, 1]),
    ], ['CPU 0', DMI.vendor, DMI.version]),
    ...structure(16, ARRAY_HANDLE, [
      1, 3, 6, ...pack([4, isLarge ? 2 ** 31 : capacity], [2, 0xfffe], [2, dimms.length], [8, isLarge ? capacity * KIB : 0]),
    ]),
    ...dimms.flatMap(memoryDevice),
    ...mappedRanges(regions).flatMap(([first, last], index) => structure(19, MAPPED_HANDLE + index, [
      ...pack([4, first / KIB], [4, (last + 1) / KIB - 1], [2, ARRAY_HANDLE], [1, 1]), ...zeros(16),
    ])),
    ...structure(32, 0x2000, zeros(7)),
    ...structure(127, 0x7f00, []),
  ]);
}

/** A DIMM: its size is in MiB, and in a field of its own from 32 GiB - 1 MiB on. The kernel reads its bank, its name and its size. */
function memoryDevice({ label, bytes, type, ecc, handle }: Dimm): readonly number[] {
  const blank = label.indexOf(' ');
  const bank = blank < 0 ? '' : label.slice(0, blank);
  const size = bytes / MIB;
  const [memoryType, detail] = MEMORY_TYPES[type];
  const width: readonly (readonly [number, number])[] = type === 'unknown' ? [[2, UNKNOWN], [2, UNKNOWN]] : [[2, ecc ? 72 : 64], [2, 64]];
  return structure(17, handle, pack(
    [2, ARRAY_HANDLE], [2, 0xfffe], ...width, [2, Math.min(size, 0x7fff)], [1, 9], [1, 0], [1, 1], [1, bank === '' ? 0 : 2], [1, memoryType], [2, detail], [2, 0],
    [1, bank === '' ? 2 : 3], [1, 0], [1, 0], [1, 0], [1, 0], [4, size >= 0x7fff ? size : 0], [2, 0], [2, 0], [2, 0], [2, 0],
  ), [label.slice(blank + 1), ...(bank === '' ? [] : [bank]), DMI.vendor]);
}

/** Where RAM is: from 0 to its end below 4 GiB, and from 4 GiB on. */
function mappedRanges(regions: readonly Region[]): readonly (readonly [first: number, last: number])[] {
  const end = (has: (region: Region) => boolean): number | undefined => {
    const last = regions.filter((region) => region.depth === 0 && isSystemRam(region.name) && has(region)).at(-1)?.end;
    return last === undefined ? undefined : Math.ceil((last + 1) / MIB) * MIB - 1;
  };
  const low = end(({ start }) => start < GIB_4);
  const high = end(({ start }) => start >= GIB_4);
  return [...(low === undefined ? [] : [[0, low] as const]), ...(high === undefined ? [] : [[GIB_4, high] as const])];
}

/** The entry point of the tables, by which dmidecode knows their version and length. Its address is QEMU's. */
export function smbiosEntryPoint(table: Uint8Array, machine: SmbiosMachine): Uint8Array {
  const count = table.length === 0 ? 0 : 7 + machine.dimms.length + mappedRanges(machine.regions).length;
  const largest = largestStructure(table);
  const intermediate = checked([...'_DMI_'].map((character) => character.charCodeAt(0)), pack([2, table.length], [4, 0xf5a00], [2, count], [1, 0x28]));
  return Uint8Array.from(checked(
    [...'_SM_'].map((character) => character.charCodeAt(0)), [...pack([1, 0x1f], [1, 2], [1, 8], [2, largest], [1, 0]), 0, 0, 0, 0, 0, ...intermediate],
  ));
}

/** Bytes of the largest structure with its strings. */
function largestStructure(table: Uint8Array): number {
  let largest = 0;
  for (let at = 0; at < table.length;) {
    let end = at + (table[at + 1] ?? 4);
    while (end < table.length && (table[end] !== 0 || table[end + 1] !== 0)) end += 1;
    largest = Math.max(largest, end + 2 - at);
    at = end + 2;
  }
  return largest;
}

/** An anchor, a byte that makes the sum of all 0, and the rest. */
function checked(anchor: readonly number[], rest: readonly number[]): readonly number[] {
  const sum = [...anchor, ...rest].reduce((total, byte) => total + byte, 0);
  return [...anchor, (256 - (sum % 256)) % 256, ...rest];
}
