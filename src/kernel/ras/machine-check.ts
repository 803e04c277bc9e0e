import { LOG_LEVEL } from '../../abi/log-level.ts';
import { taintMask } from '../../abi/taint.ts';
import type { Kernel } from '../kernel.ts';
import type { MemoryFailureCall } from '../memory-failure/injection.ts';
import { memoryFailure } from '../memory-failure/memory-failure.ts';
import { PAGE_SHIFT } from '../memory/frames.ts';
import { panic } from '../panic/panic.ts';
import type { CperSeverity } from './cper.ts';
import { KWORKER } from './ghes.ts';
import { mceGenPoolProcess, mceLog, mcePrepRecord, type Mce, MCI_STATUS, physicalMisc, printMce } from './mce.ts';

const { VAL, UC, EN, MISCV, ADDRV, PCC, S } = MCI_STATUS;
/** MCACOD: memory scrubbing, and a read of memory, both on an unknown channel. */
const SCRUBBING = 0xc0n;
const MEMORY_READ = 0x9fn;
/** The clock of the processor. */
const TSC_PER_USEC = 2000n;
const MCG_STATUS_RIPV = 1n;
const MCG_STATUS_MCIP = 4n;

/** What the processor reports, by severity: the bank, and the bits besides those of the address. */
const RECORDS: Readonly<Record<CperSeverity, Pick<Mce, 'bank' | 'status' | 'mcgstatus'>>> = {
  corrected: { bank: 1, status: VAL | EN | MEMORY_READ },
  info: { bank: 1, status: VAL | EN | MEMORY_READ },
  recoverable: { bank: 9, status: VAL | UC | EN | S | SCRUBBING, mcgstatus: MCG_STATUS_RIPV | MCG_STATUS_MCIP },
  fatal: { bank: 4, status: VAL | UC | EN | PCC | MEMORY_READ, mcgstatus: MCG_STATUS_MCIP },
};

/** A machine check of an error at a physical address. */
export interface MachineCheck {
  /** `info` is none: it counts as corrected. */
  readonly severity: CperSeverity;
  /** The physical address. Undefined: the record has none. */
  readonly address: bigint | undefined;
}

/**
 * A machine check. A corrected one is found by polling and only logged. A recoverable one was found by memory scrubbing before the data was
 * used (action optional): it taints the kernel, and memory_failure() handles the page. A fatal one panics. Returns 0 or what memory_failure()
 * returned. Mirrors machine_check_poll(), do_machine_check(), uc_decode_notifier() and mce_panic() (arch/x86/kernel/cpu/mce/core.c).
 */
export function reportMachineCheck(kernel: Kernel, { severity, address }: MachineCheck, race?: MemoryFailureCall['race']): number {
  const { status, ...rest } = RECORDS[severity];
  const record = mcePrepRecord(kernel, {
    ...rest,
    ...(address === undefined ? { status, addr: 0n, misc: 0n } : { status: status | ADDRV | MISCV, addr: address, misc: physicalMisc(PAGE_SHIFT) }),
  });
  if (severity === 'fatal') {
    // The machine stops in the exception, with a time stamp, and dumps no stack: mce_panic() calls bust_spinlocks().
    printMce(kernel, { ...record, tsc: BigInt(kernel.uptime()) * TSC_PER_USEC });
    kernel.printk(LOG_LEVEL.emerg, 'mce: [Hardware Error]: Machine check: Processor Context Corrupt');
    panic(kernel, 'Fatal local machine check');
  }
  mceLog(kernel, record);
  if (severity === 'recoverable') taint(kernel);
  kernel.caller = KWORKER;
  let result = 0;
  mceGenPoolProcess(kernel, () => {
    if (severity !== 'recoverable' || address === undefined) return false;
    result = memoryFailure(kernel, { pfn: Number(address >> BigInt(PAGE_SHIFT)), via: 'mce', ...(race && { race }) });
    return result === 0;
  });
  return result;
}

function taint(kernel: Kernel): void {
  const before = BigInt(kernel.int('kernel.tainted'));
  if (before === 0n) kernel.printk(LOG_LEVEL.warn, 'Disabling lock debugging due to kernel taint');
  kernel.values.set('kernel.tainted', [before | taintMask('MACHINE_CHECK')]);
}

/** The machine check of a page whose error was found by scrubbing: what `inject via=mce` does. */
export function machineCheck(kernel: Kernel, { pfn, race }: MemoryFailureCall): number {
  return reportMachineCheck(kernel, { severity: 'recoverable', address: BigInt(pfn) << BigInt(PAGE_SHIFT) }, race);
}
