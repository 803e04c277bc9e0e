import { ERRNO } from '../../abi/errno.ts';
import { CPUS } from '../cpus.ts';
import type { Kernel } from '../kernel.ts';
import type { Region } from '../memory/regions.ts';
import { PAGE_SHIFT, PAGE_SIZE } from '../memory/frames.ts';
import { CPER_SEVERITIES, type CperMemory, type CperRecord, type CperSeverity } from './cper.ts';
import { raiseError } from './inject.ts';
import type { EinjState } from './ras-state.ts';

/** An error that the firmware of this machine can inject: its bit, its name in available_error_type, and what it then reports. */
export interface EinjErrorType {
  readonly bit: number;
  readonly name: string;
  readonly device: 'processor' | 'memory';
  readonly severity: CperSeverity;
}

/** The errors that the firmware can inject, as recorded. The names are those of einj_error_type_string[]. */
export const EINJ_ERROR_TYPES: readonly EinjErrorType[] = [
  { bit: 0x01, name: 'Processor Correctable', device: 'processor', severity: 'corrected' },
  { bit: 0x02, name: 'Processor Uncorrectable non-fatal', device: 'processor', severity: 'recoverable' },
  { bit: 0x04, name: 'Processor Uncorrectable fatal', device: 'processor', severity: 'fatal' },
  { bit: 0x08, name: 'Memory Correctable', device: 'memory', severity: 'corrected' },
  { bit: 0x10, name: 'Memory Uncorrectable non-fatal', device: 'memory', severity: 'recoverable' },
  { bit: 0x20, name: 'Memory Uncorrectable fatal', device: 'memory', severity: 'fatal' },
];
const AVAILABLE = EINJ_ERROR_TYPES.reduce((bits, { bit }) => bits | bit, 0);

/** SETWA_FLAGS_*. */
const FLAGS = { APICID: 1, MEM: 2, PCIE_SBDF: 4, EINJV2: 8 } as const;
const OLD_FLAGS = FLAGS.APICID | FLAGS.MEM | FLAGS.PCIE_SBDF;
const VENDOR = 0x80000000n;
const PAGE_MASK = BigInt.asUintN(64, ~(BigInt(PAGE_SIZE) - 1n));

/** Whether this is one error type that can be injected: 0 or -EINVAL. Mirrors einj_validate_error_type(). */
export function validateErrorType({ profile }: Kernel, type: bigint): number {
  if (profile.ras.einjChecksWidth && type >> 32n !== 0n) return -ERRNO.EINVAL;
  const vendor = (type & VENDOR) !== 0n;
  const own = BigInt.asUintN(32, type) & ~VENDOR;
  if ((own & (own - 1n)) !== 0n || (!vendor && (type & BigInt(AVAILABLE)) === 0n)) return -ERRNO.EINVAL;
  return 0;
}

/** Injects what the files say. Mirrors error_inject_set() and einj_error_inject(). */
export function einjErrorInject(kernel: Kernel): number {
  const { einj } = kernel.ras;
  if (einj.errorType === 0) return -ERRNO.EINVAL;
  const { einjV2 } = kernel.profile.ras;
  if (einjV2) einj.flags = einj.isV2 ? einj.flags | FLAGS.EINJV2 : einj.flags & ~FLAGS.EINJV2;
  if ((einj.flags & ~(einjV2 ? OLD_FLAGS | FLAGS.EINJV2 : OLD_FLAGS)) !== 0) return -ERRNO.EINVAL;
  // The firmware has no EINJv2 types.
  if (einj.isV2) return -ERRNO.EINVAL;
  if (isMemoryInjection(einj)) {
    const refused = refuseAddress(kernel, einj);
    if (refused < 0) return refused;
  }
  return firmwareInjects(kernel, einj);
}

function isMemoryInjection({ errorType, flags }: EinjState): boolean {
  if ((BigInt(errorType) & VENDOR) !== 0n) return false;
  return deviceOf(errorType)?.device === 'memory' || (flags & FLAGS.MEM) !== 0;
}

function deviceOf(errorType: number): EinjErrorType | undefined {
  return EINJ_ERROR_TYPES.find(({ bit }) => bit === errorType);
}

/** The address must be that of a page, or of less, in memory of any kind but MMIO. */
function refuseAddress(kernel: Kernel, { param1, param2 }: EinjState): number {
  if ((param2 & PAGE_MASK) !== PAGE_MASK) return -ERRNO.EINVAL;
  const base = param1 & param2;
  const end = base + BigInt.asUintN(64, ~param2 + 1n) - 1n;
  if (!isAllowedRange(kernel, base, end)) return -ERRNO.EINVAL;
  const page = kernel.memory.page(Number(base >> BigInt(PAGE_SHIFT)));
  return page?.type === 'zero' ? -ERRNO.EADDRINUSE : 0;
}

/** Kinds of memory that can have an error, by their names in /proc/iomem: IORES_DESC_* of is_allowed_range(). */
const RAM = [/^System RAM(?: \(.+\))?$/, /^Persistent Memory$/, /^Soft Reserved$/];
const NO_MMIO = [/^Reserved$/, /^Crash kernel$/, /^ACPI Tables$/, /^ACPI Non-volatile Storage$/, /^Persistent Memory \(legacy\)$/];

function isAllowedRange(kernel: Kernel, base: bigint, end: bigint): boolean {
  const kinds = kernel.profile.ras.einjInReserved ? [...RAM, ...NO_MMIO] : RAM;
  return kinds.some((kind) => regionIntersects(kernel.layout.regions, kind, base, end));
}

/**
 * Whether a range lies in regions of one kind, and touches no other region. Mirrors region_intersects() (kernel/resource.c) for
 * REGION_INTERSECTS.
 */
function regionIntersects(regions: readonly Region[], kind: RegExp, base: bigint, end: bigint): boolean {
  const touches = ({ start, end: last }: Region): boolean => BigInt(start) <= end && BigInt(last) >= base;
  let found = false;
  for (const [index, region] of regions.entries()) {
    if (region.depth !== 0 || !touches(region)) continue;
    const next = regions.findIndex(({ depth }, at) => at > index && depth === 0);
    const within = regions.slice(index + 1, next === -1 ? regions.length : next).filter((each) => kind.test(each.name) && touches(each));
    if (!kind.test(region.name) && !covers(within, base, end, region)) return false;
    found = true;
  }
  return found;
}

/** Whether regions that follow each other cover what a range and a region share. */
function covers(within: readonly Region[], base: bigint, end: bigint, { start, end: last }: Region): boolean {
  let from = base > BigInt(start) ? base : BigInt(start);
  const to = end < BigInt(last) ? end : BigInt(last);
  for (const each of within) {
    if (BigInt(each.start) > from) return false;
    if (BigInt(each.end) >= to) return true;
    if (BigInt(each.end) >= from) from = BigInt(each.end) + 1n;
  }
  return false;
}

/** Most errors that the firmware can hold back at a time. */
const MOST_LATENT = 1024;

/**
 * What the firmware does when it is asked to execute: it makes the error, and unless `notrigger` is set the kernel consumes it at once.
 * Otherwise the next access to the page does. Returns 0, or -EINVAL and -EBUSY, by which the kernel reports that it refuses.
 */
function firmwareInjects(kernel: Kernel, einj: EinjState): number {
  const type = deviceOf(einj.errorType);
  if (!type) return -ERRNO.EINVAL;
  const severity = CPER_SEVERITIES[type.severity];
  const trigger = einj.notrigger === 0;
  if (type.device === 'processor') {
    const apicid = einj.flags === 0 ? einj.param1 : (einj.flags & FLAGS.APICID) === 0 ? 0n : einj.param3;
    if (apicid >= BigInt(CPUS)) return -ERRNO.EINVAL;
    const processor = processorError(type, apicid);
    return trigger ? raiseError(kernel, { severity, sections: [{ severity, body: { kind: 'processor', processor } }] }) : 0;
  }
  const address = einj.flags === 0 || (einj.flags & FLAGS.MEM) !== 0 ? einj.param1 & einj.param2 : anyAddress(kernel);
  if (address === undefined) return -ERRNO.EBUSY;
  const record: CperRecord = { severity, sections: [{ severity, body: { kind: 'memory', memory: memoryError(kernel, type, address) } }] };
  if (trigger) return raiseError(kernel, record);
  const { latent } = kernel.ras;
  const pfn = Number(address >> BigInt(PAGE_SHIFT));
  if (latent.size >= MOST_LATENT && !latent.has(pfn)) return -ERRNO.EBUSY;
  latent.set(pfn, record);
  return 0;
}

/** Without an address the firmware chooses one. */
function anyAddress(kernel: Kernel): bigint | undefined {
  const page = kernel.memory.pickAny(kernel.random);
  return page && BigInt(page.pfn) << BigInt(PAGE_SHIFT);
}

/** CPER's numbers: x86, 64 bits, a cache error, a read of data. */
const PROCESSOR_ERROR = { proc_type: 0, proc_isa: 2, proc_error_type: 1, operation: 1 } as const;
const CORRECTED_FLAG = 8;

function processorError({ severity }: EinjErrorType, apicid: bigint): typeof PROCESSOR_ERROR & { flags: number; level: number; proc_id: bigint } {
  return { ...PROCESSOR_ERROR, flags: severity === 'corrected' ? CORRECTED_FLAG : 0, level: 2, proc_id: apicid };
}

/** CPER's numbers: an error in the memory itself; of one bit, or of several. */
const DRAM_ERROR = 0x400n;
const SINGLE_BIT = 2;
const MULTI_BIT = 3;

function memoryError(kernel: Kernel, { severity }: EinjErrorType, address: bigint): CperMemory {
  return {
    error_status: DRAM_ERROR, physical_addr: address, physical_addr_mask: PAGE_MASK, ...dimmAt(kernel, address),
    error_type: severity === 'corrected' ? SINGLE_BIT : MULTI_BIT,
  };
}

/** Where the byte lies: the DIMMs follow each other in the order of addresses, without interleaving. */
function dimmAt(kernel: Kernel, address: bigint): CperMemory {
  let from = 0n;
  for (const [index, { bytes, handle }] of kernel.layout.dimms.entries()) {
    from += BigInt(bytes);
    if (address < from || index === kernel.layout.dimms.length - 1) return { node: 0, card: 0, module: index, mem_dev_handle: handle };
  }
  return {};
}
