/** One line of /proc/iomem: a name for physical addresses, `end` included. */
export interface Region {
  readonly start: number;
  readonly end: number;
  readonly name: string;
  /** How deep it lies within the lines before it: 0 at the top. */
  readonly depth: number;
}

/** The name under which /proc/iomem shows memory the kernel manages. */
export const SYSTEM_RAM = 'System RAM';

/** Whether memory by that name is RAM, also if a driver added it, as `System RAM (kmem)`. Mirrors add_memory_driver_managed(). */
export function isSystemRam(name: string): boolean {
  return name === SYSTEM_RAM || /^System RAM \(.+\)$/.test(name);
}

const GIB = 1024 ** 3;
/** From this much on QEMU's q35 leaves 2 GiB below 4 GiB and puts the rest above; less is all below. */
const SPLIT_FROM = 0xb0000000;
const LOW_IF_SPLIT = 0x80000000;
const HIGH = 4 * GIB;
/** The 64-bit window for PCI devices, which follows the last RAM. */
const PCI_WINDOW = 32 * GIB;
/** Reserved for HyperTransport below 1 TiB: memory and the window that would reach into it begin at 1 TiB. */
const HYPERTRANSPORT = 0xfd00000000;
const TEBIBYTE = 1024 * GIB;
/** ACPI tables at the end of low memory, in bytes. */
const ACPI_TABLES = 0x24000;

/** What differs between kernels in /proc/iomem of the same machine. */
export interface KernelRegions {
  /** The kernel image, as offsets from its beginning. */
  readonly image: readonly (readonly [name: string, from: number, to: number])[];
  /** Names of a device, and of the window of PCI configuration space. */
  readonly motherboard: string;
  readonly configurationSpace: string;
  /** Whether the local APIC has a line. */
  readonly localApic: boolean;
}

/** Those of 7.3. */
export const KERNEL_REGIONS: KernelRegions = {
  image: [
    ['Kernel code', 0, 0x130680f], ['Kernel rodata', 0x1400000, 0x21a9fff], ['Kernel data', 0x2200000, 0x255e3ff], ['Kernel bss', 0x2e5c000, 0x31fffff],
  ],
  motherboard: 'PNP0C01:00', configurationSpace: 'PCI ECAM 0000 [bus 00-ff]', localApic: false,
};

/** The image lies at one of two addresses: the lower one if RAM is small. */
const KERNEL_AT = 0x0a200000;
const KERNEL_AT_IN_LITTLE = 0x01000000;
const LITTLE = 256 * 1024 ** 2;

type Row = readonly [depth: number, start: number, end: number, name: string];

/** Below 1 MiB, and what follows 2.75 GiB: the same on every machine of the kind. */
const LEGACY: readonly Row[] = [
  [0, 0x0, 0xfff, 'Reserved'],
  [0, 0x1000, 0x9fbff, SYSTEM_RAM],
  [0, 0x9fc00, 0x9ffff, 'Reserved'],
  [0, 0xa0000, 0xbffff, 'PCI Bus 0000:00'],
  [0, 0xc0000, 0xc9bff, 'Video ROM'],
  [0, 0xca000, 0xcadff, 'Adapter ROM'],
  [0, 0xcb000, 0xcb5ff, 'Adapter ROM'],
  [0, 0xf0000, 0xfffff, 'Reserved'],
  [1, 0xf0000, 0xfffff, 'System ROM'],
];
const devices = ({ configurationSpace, motherboard, localApic }: KernelRegions): readonly Row[] => [
  [0, 0xb0000000, 0xbfffffff, configurationSpace],
  [1, 0xb0000000, 0xbfffffff, 'Reserved'],
  [2, 0xb0000000, 0xbfffffff, motherboard],
  [0, 0xc0000000, 0xfebfffff, 'PCI Bus 0000:00'],
  [1, 0xfd000000, 0xfdffffff, '0000:00:01.0'],
  [1, 0xfe000000, 0xfe003fff, '0000:00:03.0'],
  [2, 0xfe000000, 0xfe003fff, 'virtio-pci-modern'],
  [1, 0xfeb40000, 0xfeb7ffff, '0000:00:02.0'],
  [1, 0xfeb80000, 0xfeb9ffff, '0000:00:02.0'],
  [1, 0xfeba0000, 0xfebbffff, '0000:00:02.0'],
  [1, 0xfebd0000, 0xfebd3fff, '0000:00:02.0'],
  [1, 0xfebd4000, 0xfebd4fff, '0000:00:01.0'],
  [1, 0xfebd5000, 0xfebd5fff, '0000:00:03.0'],
  [1, 0xfebd6000, 0xfebd6fff, '0000:00:1f.2'],
  [0, 0xfec00000, 0xfec003ff, 'IOAPIC 0'],
  [0, 0xfed00000, 0xfed003ff, 'HPET 0'],
  [1, 0xfed00000, 0xfed003ff, 'PNP0103:00'],
  [0, 0xfed1c000, 0xfed1ffff, 'Reserved'],
  ...(localApic ? [[0, 0xfee00000, 0xfee00fff, 'Local APIC'] as const] : []),
  [0, 0xfffc0000, 0xffffffff, 'Reserved'],
];

/**
 * /proc/iomem of a machine with this number of bytes of RAM: QEMU's q35, as recorded with 256 MiB to 8 GiB. More RAM is placed as in QEMU's
 * pc_memory_init().
 */
export function defaultRegions(memoryBytes: number, ofKernel = KERNEL_REGIONS): Region[] {
  const low = memoryBytes < SPLIT_FROM ? memoryBytes : LOW_IF_SPLIT;
  const more = memoryBytes - low;
  const high = windowAfter(HIGH + more) + PCI_WINDOW > HYPERTRANSPORT ? TEBIBYTE : HIGH;
  const window = windowAfter(high + more);
  const kernel = memoryBytes < LITTLE ? KERNEL_AT_IN_LITTLE : KERNEL_AT;
  const rows: Row[] = [
    ...LEGACY,
    [0, 0x100000, low - ACPI_TABLES - 1, SYSTEM_RAM],
    ...ofKernel.image.map(([name, from, to]): Row => [1, kernel + from, kernel + to, name]),
    [0, low - ACPI_TABLES, low - 1, 'Reserved'],
    [0, low, 0xafffffff, 'PCI Bus 0000:00'],
    ...devices(ofKernel),
    ...(more > 0 ? [[0, high, high + more - 1, SYSTEM_RAM] as const] : []),
    [0, window, window + PCI_WINDOW - 1, 'PCI Bus 0000:00'],
    [0, HYPERTRANSPORT, TEBIBYTE - 1, 'Reserved'],
  ];
  return inOrder(rows).map(([depth, start, end, name]) => ({ depth, start, end, name }));
}

/** The window begins at the next GiB after RAM. */
function windowAfter(end: number): number {
  return Math.ceil(end / GIB) * GIB;
}

/** By address, each with what lies in it: only the rows at the top can be out of order. */
function inOrder(rows: readonly Row[]): Row[] {
  const trees: Row[][] = [];
  for (const row of rows) {
    if (row[0] === 0) trees.push([row]);
    else trees.at(-1)?.push(row);
  }
  return trees.sort((a, b) => (a[0] as Row)[1] - (b[0] as Row)[1]).flat();
}
