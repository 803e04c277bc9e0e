import { ERRNO } from '../../abi/errno.ts';
import { hex } from '../../abi/printable.ts';
import { LIMITS } from '../../abi/limits.ts';
import { LOG_LEVEL } from '../../abi/log-level.ts';
import { PG } from '../../abi/page-flags.ts';
import type { Kernel } from '../kernel.ts';
import { hasAny } from '../memory/page.ts';
import { filtered } from '../memory-failure/filter.ts';
import type { MemoryFailureCall } from '../memory-failure/injection.ts';
import { PAGE_SHIFT } from '../memory/frames.ts';
import { CPER_SEVERITIES, type CperRecord } from './cper.ts';
import { ghesProc } from './ghes.ts';
import { type MachineCheck, machineCheck, reportMachineCheck } from './machine-check.ts';
import { memoryFailure } from '../memory-failure/memory-failure.ts';
import type { Via } from '../memory-failure/injection.ts';

const WAYS: Readonly<Record<Via, (kernel: Kernel, injection: MemoryFailureCall) => number>> = {
  hard: quietWhenFiltered,
  corrupt: hwpoisonInject,
  mce: machineCheck,
  ghes: (kernel, { pfn, race }) => ghesProc(kernel, recoverableError(pfn), race),
};

/** What the firmware reports about a broken page by default. */
function recoverableError(pfn: number): CperRecord {
  const memory = { physical_addr: BigInt(pfn) << BigInt(PAGE_SHIFT), error_type: MULTI_BIT_ECC };
  return { severity: CPER_SEVERITIES.recoverable, sections: [{ severity: CPER_SEVERITIES.recoverable, body: { kind: 'memory', memory } }] };
}

const MULTI_BIT_ECC = 3;

/** Records for each process that maps the page: its address is not found, and it gets a signal. */
const RECORDS_A_MAPPER = 2;

/**
 * Injects an error into a page frame by its entry `via`: 0 or a negative errno. Files and commands both call this.
 * @throws NotReserved
 */
export function inject(kernel: Kernel, injection: MemoryFailureCall): number {
  if (!kernel.memory.hasRoom()) return -ERRNO[LIMITS.pages.errno];
  kernel.reserve(RECORDS_A_MAPPER * (kernel.memory.shapeOf(injection.pfn).mappers?.length ?? 0));
  return WAYS[injection.via](kernel, injection);
}

/** Mirrors hard_offline_page_store() (drivers/base/memory.c). */
function quietWhenFiltered(kernel: Kernel, injection: MemoryFailureCall): number {
  const result = memoryFailure(kernel, injection);
  return result === -ERRNO.EOPNOTSUPP ? 0 : result;
}

/**
 * Mirrors hwpoison_inject() (mm/hwpoison-inject.c): with the filter on, a page whose flags cannot be read safely is skipped without a
 * line.
 */
function hwpoisonInject(kernel: Kernel, injection: MemoryFailureCall): number {
  const page = kernel.memory.page(injection.pfn);
  if (!page || page.section === 'absent') return -ERRNO.ENXIO;
  if (kernel.failures.filter.enable !== 0 && (!hasAny(page, PG.lru | PG.huge | PG.buddy) || filtered(kernel, page))) return 0;
  kernel.printk(LOG_LEVEL.info, `Injecting memory failure at pfn ${hex(injection.pfn)}`);
  return quietWhenFiltered(kernel, injection);
}

/** An error as the hardware reports it: a record of the firmware, or a machine check. */
export type HardwareReport =
  | { readonly via: 'ghes'; readonly record: CperRecord }
  | ({ readonly via: 'mce' } & MachineCheck);

/**
 * Reports an error of the hardware: 0, or the negative errno of memory_failure() where the kernel calls it. Errors that carry a page frame come
 * in here and by inject() alike. @throws NotReserved
 */
export function reportError(kernel: Kernel, report: HardwareReport): number {
  return admit(kernel, report) || deliver(kernel, report);
}

/**
 * Reports an error that the writer of a file requested. An interrupt delivers it, so the handling is not part of the write's result. Returns
 * 0, or a negative errno if there is no room to keep the state of one more page. @throws NotReserved
 */
export function raiseError(kernel: Kernel, record: CperRecord): number {
  const report = { via: 'ghes', record } as const;
  const refused = admit(kernel, report);
  if (refused === 0) deliver(kernel, report);
  return refused;
}

function admit(kernel: Kernel, report: HardwareReport): number {
  if (!kernel.memory.hasRoom()) return -ERRNO[LIMITS.pages.errno];
  const mappers = framesOf(report).reduce((sum, pfn) => sum + (kernel.memory.shapeOf(pfn).mappers?.length ?? 0), 0);
  kernel.reserve(RECORDS_A_REPORT + RECORDS_A_MAPPER * mappers);
  return 0;
}

function deliver(kernel: Kernel, report: HardwareReport): number {
  return report.via === 'mce' ? reportMachineCheck(kernel, report) : ghesProc(kernel, report.record);
}

/** The page frames that a report names. */
function framesOf(report: HardwareReport): readonly number[] {
  const addresses = report.via === 'mce'
    ? [report.address]
    : report.record.sections.map(({ body }) => (body.kind === 'memory' ? body.memory.physical_addr : undefined));
  return addresses.flatMap((address) => (address === undefined ? [] : [Number(address >> BigInt(PAGE_SHIFT))]));
}

/** Records of the log for a record of the firmware with one section, and for the machine check that comes of it. */
const RECORDS_A_REPORT = 24;
