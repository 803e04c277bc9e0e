import { LOG_LEVEL } from '../../abi/log-level.ts';
import type { Kernel } from '../kernel.ts';
import { PAGE_SHIFT, PAGE_SIZE } from '../memory/frames.ts';
import { panic } from '../panic/panic.ts';
import { type CperMemory, cperDimmErrLocation, cperMemErrLocation, cperMemErrStatusStr, cperMemErrTypeStr, hex64 } from './cper.ts';

/** Mirrors mci_reset_counters_store() (drivers/edac/edac_mc_sysfs.c). */
export function resetCounters(kernel: Kernel): void {
  const { edac } = kernel.ras;
  Object.assign(edac, { ceMc: 0, ueMc: 0, ceNoinfo: 0, ueNoinfo: 0, startTime: kernel.uptime() });
  for (const dimm of edac.dimms) Object.assign(dimm, { ceCount: 0, ueCount: 0 });
}

/** The slot of the DIMM with this handle in SMBIOS: what dmi_memdev_name() finds. */
export function dimmSlot(kernel: Kernel, handle: number): string | undefined {
  return kernel.layout.dimms.find((dimm) => dimm.handle === handle)?.label;
}

/** LOCATION_SIZE (include/linux/edac.h), and OTHER_DETAIL_LEN (ghes_edac.c) without what scnprintf() leaves. */
const LOCATION_SIZE = 256;
const DETAIL_MOST = 398;

/** How an error counts, by the severity that GHES gives it. HW_EVENT_ERR_* (include/linux/edac.h). */
const HW_EVENT_ERR = { corrected: 0, uncorrected: 1, fatal: 3, info: 4 } as const;
/** GHES_SEV_*, in order: none, corrected, recoverable, panic. */
const TYPE_OF_SEVERITY = [HW_EVENT_ERR.info, HW_EVENT_ERR.corrected, HW_EVENT_ERR.uncorrected, HW_EVENT_ERR.fatal] as const;

/**
 * Counts, prints and traces a memory error. `severity` is a GHES_SEV_*. Mirrors ghes_edac_report_mem_error() (drivers/edac/ghes_edac.c) and
 * edac_raw_mc_handle_error() (drivers/edac/edac_mc.c).
 */
export function reportMemError(kernel: Kernel, severity: number, memory: CperMemory): void {
  const { edac } = kernel.ras;
  const { physical_addr: address = 0n, physical_addr_mask: mask, mem_dev_handle: handle, error_type: errorType, error_status: status } = memory;
  const type = TYPE_OF_SEVERITY[severity] ?? HW_EVENT_ERR.info;
  const msg = errorType === undefined ? 'unknown error' : cperMemErrTypeStr(errorType);
  const grain = mask === undefined ? 1n : BigInt.asUintN(64, ~mask + 1n) || 1n;
  const full = `${cperMemErrLocation(memory)}${cperDimmErrLocation(memory, (each) => dimmSlot(kernel, each))}`.slice(0, -1);
  const index = handle === undefined ? -1 : kernel.layout.dimms.findIndex((dimm) => dimm.handle === handle);
  const dimm = edac.dimms[index];
  const known = dimm && new TextDecoder().decode(dimm.label);
  // A long location runs on into the label, which lies behind it in memory; the label of a DIMM is written over that.
  const label = (known ?? full.slice(LOCATION_SIZE)) || 'unknown memory';
  const location = full.length <= LOCATION_SIZE ? full : `${full.slice(0, LOCATION_SIZE)}${label}`;
  const detail = `APEI location: ${location} ${status === undefined ? '' : `status(0x${hex64(status)}): ${cperMemErrStatusStr(status)} `}`
    .slice(0, DETAIL_MOST).slice(0, -1);
  kernel.trace({
    name: 'ras:mc_event', cpu: 0,
    fields: {
      error_type: type, msg, label, error_count: 1, mc_index: 0, top_layer: index, middle_layer: -1, lower_layer: -1, address,
      grain_bits: (grain - 1n).toString(2).length - (grain === 1n ? 1 : 0), syndrome: 0n, driver_detail: detail,
    },
  });
  const page = (address >> BigInt(PAGE_SHIFT)).toString(16);
  const offset = (address % BigInt(PAGE_SIZE)).toString(16);
  const signedGrain = BigInt.asIntN(64, grain);
  if (type === HW_EVENT_ERR.corrected) {
    if (edac.logCe !== 0n) {
      kernel.printk(LOG_LEVEL.warn, `EDAC MC0: 1 CE ${msg} on ${label} (${location} page:0x${page} offset:0x${offset} grain:${signedGrain} syndrome:0x0 - ${detail})`);
    }
    edac.ceMc += 1;
    if (dimm) dimm.ceCount += 1;
    else edac.ceNoinfo += 1;
    return;
  }
  const what = `UE ${msg} on ${label} (${location} page:0x${page} offset:0x${offset} grain:${signedGrain} - ${detail})`;
  if (edac.logUe !== 0n) kernel.printk(LOG_LEVEL.warn, `EDAC MC0: 1 ${what}`);
  edac.ueMc += 1;
  if (dimm) dimm.ueCount += 1;
  else edac.ueNoinfo += 1;
  if (edac.panicOnUe !== 0n) panic(kernel, what, { cause: 'edac', entry: 'firmware' });
}
