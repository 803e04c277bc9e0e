// Hardware errors as the firmware reports them: GHES reads a record, prints it, and passes each section on. The folder imports abi/ and, of
// the kernel, kernel.ts, memory-failure/, panic/ and ratelimit.ts. Start at ghesProc() below; cper.ts says what a record is, cper-print.ts
// prints it (cper-sections.ts those that are not of memory), edac.ts counts it, mce.ts hands it to the machine check code, einj.ts is how a tester makes one.
import { LOG_LEVEL, type LogLevel } from '../../abi/log-level.ts';
import { hex } from '../../abi/printable.ts';
import { taintMask } from '../../abi/taint.ts';
import type { Caller } from '../../abi/caller.ts';
import type { Kernel } from '../kernel.ts';
import type { Race } from '../memory-failure/injection.ts';
import { memoryFailure } from '../memory-failure/memory-failure.ts';
import { softOfflinePage } from '../memory-failure/soft-offline.ts';
import { PAGE_SHIFT } from '../memory/frames.ts';
import { panic } from '../panic/panic.ts';
import { ratelimit } from '../ratelimit.ts';
import { CPER_SEVERITIES, type CperMemory, type CperRecord, type CperSection, guidText } from './cper.ts';
import { cperEstatusPrint, isMemorySection } from './cper-print.ts';
import { pcieDevice, SECTION_PRINTERS } from './cper-sections.ts';
import { dimmSlot, reportMemError } from './edac.ts';
import { mceGenPoolProcess, mceLog, mcePrepRecord, MCI_STATUS, physicalMisc } from './mce.ts';
import { processorSection, PROCESSOR_SECTION } from './processor-section.ts';

/** GHES_SEV_*. */
const GHES_SEV = { NO: 0, CORRECTED: 1, RECOVERABLE: 2, PANIC: 3 } as const;

/** Mirrors ghes_severity(): an unknown severity panics. */
function ghesSeverity(severity: number): number {
  switch (severity) {
    case CPER_SEVERITIES.info: return GHES_SEV.NO;
    case CPER_SEVERITIES.corrected: return GHES_SEV.CORRECTED;
    case CPER_SEVERITIES.recoverable: return GHES_SEV.RECOVERABLE;
    default: return GHES_SEV.PANIC;
  }
}

/** The worker that handles what an interrupt queued: memory failures and machine checks. */
export const KWORKER: Caller = { pid: 59, uid: 0, comm: 'kworker/0:2' };
/** What the CPU does while the interrupt of the firmware comes. */
const IDLE: Caller = { pid: 0, uid: 0, comm: 'swapper/0' };

/**
 * Reports a hardware error that the firmware recorded: prints it, counts it, and handles memory failures. Returns the worst result of these:
 * 0 or a negative errno of memory_failure(). `race` happens to each. Mirrors ghes_proc() (drivers/acpi/apei/ghes.c), and the work that it
 * queues. Does not return from a fatal error.
 */
export function ghesProc(kernel: Kernel, record: CperRecord, race?: Race): number {
  kernel.caller = IDLE;
  if (ghesSeverity(record.severity) >= GHES_SEV.PANIC) ghesPanic(kernel, record);
  const key = recordKey(record);
  if (!estatusCached(kernel, key) && printEstatus(kernel, record)) addToCache(kernel, key);
  const queue = doProc(kernel, record);
  kernel.caller = KWORKER;
  recoverDevices(kernel, record);
  const result = memoryFailureWork(kernel, queue, race);
  mceGenPoolProcess(kernel);
  return result;
}

/** Mirrors __ghes_panic(). */
function ghesPanic(kernel: Kernel, record: CperRecord): never {
  const text = 'GHES: Fatal hardware error';
  printRecord(kernel, LOG_LEVEL.emerg, record);
  kernel.values.set('kernel.tainted', [BigInt(kernel.int('kernel.tainted')) | taintMask('MACHINE_CHECK')]);
  if (kernel.int('kernel.panic') === 0) kernel.printk(LOG_LEVEL.emerg, `${text} but panic disabled`);
  panic(kernel, text, { cause: 'fatal-hardware', entry: 'firmware' });
}

/** Two records per 5 seconds, corrected and uncorrected apart. Mirrors ghes_print_estatus(). */
function printEstatus(kernel: Kernel, record: CperRecord): boolean {
  const corrected = ghesSeverity(record.severity) <= GHES_SEV.CORRECTED;
  const state = corrected ? kernel.ras.ghesCorrectedRatelimit : kernel.ras.ghesUncorrectedRatelimit;
  const { allowed, suppressed } = ratelimit(state, kernel.now());
  if (suppressed > 0) kernel.printk(LOG_LEVEL.warn, `ghes_print_estatus: ${suppressed} callbacks suppressed`);
  if (allowed) printRecord(kernel, corrected ? LOG_LEVEL.warn : LOG_LEVEL.err, record);
  return allowed;
}

function printRecord(kernel: Kernel, level: LogLevel, record: CperRecord): void {
  kernel.ras.ghesSeqno += 1;
  const prefix = `{${kernel.ras.ghesSeqno}}[Hardware Error]: `;
  kernel.printk(level, `${prefix}Hardware error from APEI Generic Hardware Error Source: 0`);
  for (const { text, own } of cperEstatusPrint(record, { dimm: (handle) => dimmSlot(kernel, handle), prefix: prefix.length, style: kernel.profile.ras.cper })) {
    kernel.printk(own ? LOG_LEVEL.err : level, own ? text : `${prefix}${text}`);
  }
}

/** GHES_ESTATUS_CACHES_SIZE, and GHES_ESTATUS_IN_CACHE_MAX_NSEC in microseconds. */
const CACHES = 4;
const IN_CACHE_USEC = 10_000_000;

const keys = new WeakMap<CperRecord, string>();

/** A text that two records share if their bytes are equal. */
function recordKey(record: CperRecord): string {
  const known = keys.get(record);
  if (known !== undefined) return known;
  const key = JSON.stringify(record, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
  keys.set(record, key);
  return key;
}

/** Whether this very record was printed in the last 10 seconds. Mirrors ghes_estatus_cached(). */
function estatusCached(kernel: Kernel, key: string): boolean {
  const cache = kernel.ras.estatusCaches.find((each) => each.key === key);
  if (!cache) return false;
  cache.count += 1;
  return kernel.uptime() - cache.timeIn < IN_CACHE_USEC;
}

/** Stores a record in place of an old one, or of the least frequent one. Mirrors ghes_estatus_cache_add(). */
function addToCache(kernel: Kernel, key: string): void {
  const { estatusCaches } = kernel.ras;
  const now = kernel.uptime();
  const added = { key, count: 0, timeIn: now };
  if (estatusCaches.length < CACHES) {
    estatusCaches.push(added);
    return;
  }
  const old = estatusCaches.findIndex(({ timeIn }) => now - timeIn >= IN_CACHE_USEC);
  const periods = estatusCaches.map(({ timeIn, count }) => Math.floor((now - timeIn) * 1000 / (count + 1)));
  const longest = Math.max(...periods);
  const slot = old === -1 ? periods.indexOf(longest) : old;
  if (old !== -1 || longest > 0) estatusCaches[slot] = added;
}

/** What an interrupt leaves to the worker: a page frame, and whether to take the page out of use softly. */
interface QueuedFailure {
  readonly pfn: number;
  readonly soft: boolean;
}

/** MEMORY_FAILURE_FIFO_SIZE. */
const FIFO = 16;

/** Mirrors ghes_do_proc(). */
function doProc(kernel: Kernel, { severity, sections }: CperRecord): readonly QueuedFailure[] {
  const queue: QueuedFailure[] = [];
  const sev = ghesSeverity(severity);
  let fruId: Uint8Array = NO_GUID;
  let fruText = '';
  for (const section of sections) {
    fruId = section.fruId ?? fruId;
    fruText = section.fruText ?? fruText;
    const { body } = section;
    if (body.kind === 'memory') handleMemory(kernel, sev, section, body.memory, queue);
    else if (body.kind === 'raw' && isMemorySection(body.type)) handleMemory(kernel, sev, section, {}, queue);
    else if (!hasOwnHandler(kernel, section)) {
      const { type, data } = body.kind === 'raw' ? body : { type: PROCESSOR_SECTION, data: processorSection(body.processor) };
      kernel.trace({
        name: 'ras:non_standard_event', cpu: 0,
        fields: { sec_type: type, fru_id: fruId, fru_text: fruText, sev: ghesSeverity(section.severity), buf: data },
      });
    }
  }
  return queue;
}

/** Whether the section goes to a driver of its own, and not into non_standard_event: to that of CXL, which has no device here, or to AER. */
function hasOwnHandler(kernel: Kernel, section: CperSection): boolean {
  const printer = section.body.kind === 'raw' ? SECTION_PRINTERS[guidText(section.body.type)] : undefined;
  return printer?.goesTo === 'aer' || (printer?.goesTo === 'cxl' && kernel.profile.ras.cper.cxl);
}

/** The machine has no PCIe device, so each that is to be recovered is absent. Mirrors aer_recover_work_func() (drivers/pci/pcie/aer.c). */
function recoverDevices(kernel: Kernel, { sections }: CperRecord): void {
  const { text, limited } = kernel.profile.ras.cper.absentDevice;
  for (const { body } of sections) {
    if (body.kind !== 'raw' || SECTION_PRINTERS[guidText(body.type)]?.goesTo !== 'aer') continue;
    const device = pcieDevice(body.data);
    if (device === undefined) continue;
    const { allowed, suppressed } = limited ? ratelimit(kernel.ras.aerRatelimit, kernel.now()) : { allowed: true, suppressed: 0 };
    if (suppressed > 0) kernel.printk(LOG_LEVEL.warn, `aer_recover_work_func: ${suppressed} callbacks suppressed`);
    if (allowed) kernel.printk(LOG_LEVEL.err, `AER: ${text(device)}`);
  }
}

const NO_GUID = new Uint8Array(16);

function handleMemory(kernel: Kernel, sev: number, section: CperSection, memory: CperMemory, queue: QueuedFailure[]): void {
  reportMemError(kernel, sev, memory);
  if (memory.physical_addr === undefined) return;
  reportToMce(kernel, sev, memory.physical_addr, memory.physical_addr_mask);
  const sectionSev = ghesSeverity(section.severity);
  const soft = sectionSev === GHES_SEV.CORRECTED && section.thresholdExceeded === true;
  const hard = sev === GHES_SEV.RECOVERABLE && sectionSev === GHES_SEV.RECOVERABLE;
  if (!soft && !hard) return;
  const pfn = Number(memory.physical_addr >> BigInt(PAGE_SHIFT));
  if (kernel.profile.ras.ghesChecksAddress && !kernel.memory.page(pfn)) {
    warnOfAddress(kernel, memory.physical_addr);
    return;
  }
  if (queue.length < FIFO) queue.push({ pfn, soft: !hard });
  else kernel.printk(LOG_LEVEL.err, `Memory failure: buffer overflow when queuing memory failure at ${hex(pfn)}`);
}

/** Mirrors ghes_do_memory_failure() before 7.0. */
function warnOfAddress(kernel: Kernel, address: bigint): void {
  const { allowed, suppressed } = ratelimit(kernel.ras.ghesAddressRatelimit, kernel.now());
  if (suppressed > 0) kernel.printk(LOG_LEVEL.warn, `ghes_do_memory_failure: ${suppressed} callbacks suppressed`);
  if (allowed) kernel.printk(LOG_LEVEL.warn, `[Firmware Warn]: GHES: Invalid address in generic error data: 0x${address.toString(16)}`);
}

/** MCACOD of a memory read error on an unknown channel. */
const MEMORY_READ = 0x9fn;
const FAKE_BANK = 255;

/** Makes a machine check of a memory error, for mcelog and its like. Mirrors apei_mce_report_mem_error() (arch/x86/kernel/cpu/mce/apei.c). */
function reportToMce(kernel: Kernel, sev: number, addr: bigint, mask: bigint | undefined): void {
  const { VAL, EN, ADDRV, MISCV, UC } = MCI_STATUS;
  const status = VAL | EN | ADDRV | MISCV | MEMORY_READ | (sev >= GHES_SEV.RECOVERABLE ? UC : 0n);
  mceLog(kernel, mcePrepRecord(kernel, { bank: FAKE_BANK, status, addr, misc: physicalMisc(lowestBit(mask)) }));
}

/** The lowest bit that is set, at most that of a page. */
function lowestBit(mask = 0n): number {
  for (let bit = 0; bit < PAGE_SHIFT; bit += 1) if (((mask >> BigInt(bit)) & 1n) === 1n) return bit;
  return PAGE_SHIFT;
}

/** Mirrors memory_failure_work_func() (mm/memory-failure.c). Returns the last result that is an error, or 0. */
function memoryFailureWork(kernel: Kernel, queue: readonly QueuedFailure[], race: Race | undefined): number {
  let worst = 0;
  for (const { pfn, soft } of queue) {
    const result = soft ? softOfflinePage(kernel, pfn) : memoryFailure(kernel, { pfn, via: 'ghes', ...(race && { race }) });
    if (result < 0) worst = result;
  }
  return worst;
}
