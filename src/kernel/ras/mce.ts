import { LOG_LEVEL } from '../../abi/log-level.ts';
import type { Kernel } from '../kernel.ts';
import { ratelimit, type RatelimitState } from '../ratelimit.ts';
import { PROCESSOR } from './processor.ts';
import type { TraceEventFields } from './trace-event.ts';

/** Bits of MCi_STATUS. Source: arch/x86/include/asm/mce.h. */
export const MCI_STATUS = {
  VAL: 1n << 63n, OVER: 1n << 62n, UC: 1n << 61n, EN: 1n << 60n, MISCV: 1n << 59n, ADDRV: 1n << 58n, PCC: 1n << 57n, S: 1n << 56n,
} as const;
/** MCi_MISC: the address is physical, and its least significant valid bit is `lsb`. */
export function physicalMisc(lsb: number): bigint {
  return (2n << 6n) | BigInt(lsb);
}

/** The description of the error in a machine check record; the rest of the record is the processor's. Mirrors `struct mce`. */
export interface Mce {
  readonly bank: number;
  readonly status: bigint;
  readonly addr: bigint;
  readonly misc: bigint;
  readonly mcgstatus?: bigint;
  readonly cpu?: number;
}

/** A record with the processor's fields, as the tracepoint takes it. Mirrors mce_prep_record() (arch/x86/kernel/cpu/mce/core.c). */
export type MceRecord = TraceEventFields['mce:mce_record'];

const NO_VENDOR_DATA = new Uint8Array(16);

export function mcePrepRecord(kernel: Kernel, { bank, status, addr, misc, mcgstatus = 0n, cpu = 0 }: Mce): MceRecord {
  return {
    mcgcap: PROCESSOR.mcgcap, mcgstatus, status, addr, misc, synd: 0n, ipid: 0n, ip: 0n, tsc: 0n, ppin: 0n,
    walltime: BigInt(Math.floor(kernel.wallMs() / 1000)), cpu, cpuid: PROCESSOR.cpuid, apicid: cpu, socketid: PROCESSOR.socket, cs: 0, bank,
    cpuvendor: PROCESSOR.vendor, microcode: PROCESSOR.microcode, v_data: NO_VENDOR_DATA,
  };
}

/** Puts a record on the list that mceGenPoolProcess() takes it from. Mirrors mce_log(). */
export function mceLog(kernel: Kernel, record: MceRecord): void {
  kernel.ras.mceEvents.push(record);
  if (!kernel.ras.mceLimit) printLogged(kernel);
}

/** Before 6.15 the first notifier of a record printed the line, not more than twice a minute. Mirrors mce_notify_irq(). */
function mceNotifyIrq(kernel: Kernel, limit: RatelimitState): void {
  const { allowed, suppressed } = ratelimit(limit, kernel.now());
  if (suppressed > 0) kernel.printk(LOG_LEVEL.warn, `mce_notify_irq: ${suppressed} callbacks suppressed`);
  if (allowed) printLogged(kernel);
}

function printLogged(kernel: Kernel): void {
  kernel.printk(LOG_LEVEL.info, 'mce: [Hardware Error]: Machine check events logged');
}

/**
 * Takes the records off the list: traces each, calls `handle` for it, and prints it unless `handle` took care of it. Mirrors
 * mce_gen_pool_process() and the notifiers that it calls.
 */
export function mceGenPoolProcess(kernel: Kernel, handle: (record: MceRecord) => boolean = () => false): void {
  const records = kernel.ras.mceEvents.splice(0);
  for (const record of records) {
    kernel.trace({ name: 'mce:mce_record', cpu: record.cpu, fields: record });
    if (kernel.ras.mceLimit) mceNotifyIrq(kernel, kernel.ras.mceLimit);
    if (!handle(record)) printMce(kernel, record);
  }
}

/** Mirrors __print_mce(). */
export function printMce(kernel: Kernel, { cpu, mcgstatus, bank, status, addr, misc, tsc, cpuvendor, cpuid, walltime, socketid, apicid, microcode }: MceRecord): void {
  const print = (text: string): void => kernel.printk(LOG_LEVEL.emerg, `mce: [Hardware Error]: ${text}`);
  const exception = (mcgstatus & MCG_STATUS_MCIP) === 0n ? '' : ' Exception';
  print(`CPU ${cpu}: Machine Check${exception}: ${hexDigits(mcgstatus)} Bank ${bank}: ${hexDigits(status).padStart(16, '0')}`);
  print(`TSC ${hexDigits(tsc)} ${addr === 0n ? '' : `ADDR ${hexDigits(addr)} `}${misc === 0n ? '' : `MISC ${hexDigits(misc)} `}`);
  print(`PROCESSOR ${cpuvendor}:${hexDigits(cpuid)} TIME ${walltime} SOCKET ${socketid} APIC ${hexDigits(apicid)} microcode ${hexDigits(microcode)}`);
}

const MCG_STATUS_MCIP = 1n << 2n;

function hexDigits(value: bigint | number): string {
  return value.toString(16);
}
