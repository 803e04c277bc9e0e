import { ACTION_NAME, ACTION_PAGE_TYPES } from '../../src/kernel/memory-failure/action-page-types.ts';
import type { TraceEvent, TraceEventFields, TraceEventName } from '../../src/kernel/ras/trace-event.ts';

const hex64 = (value: bigint): string => value.toString(16).padStart(16, '0');
const hexBytes = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
/** `%pU`: big-endian throughout. */
const uuid = (bytes: Uint8Array): string => hexBytes(bytes).replaceAll(' ', '').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
const ERROR_TYPES = ['Corrected', 'Uncorrected', 'Deferred', 'Fatal', 'Info'];

/** How TP_printk() of each event of the recordings shows its fields; see include/ras/ras_event.h and include/trace/events. */
const TEXTS: { readonly [N in TraceEventName]?: (fields: TraceEventFields[N]) => string } = {
  'ras:mc_event': (e) => `${e.error_count} ${ERROR_TYPES[e.error_type]} error${e.error_count > 1 ? 's' : ''}:${e.msg === '' ? '' : ' '}${e.msg} on ${e.label} `
    + `(mc:${e.mc_index} location:${e.top_layer}:${e.middle_layer}:${e.lower_layer} address:0x${e.address.toString(16).padStart(8, '0')} `
    + `grain:${2 ** e.grain_bits | 0} syndrome:0x${e.syndrome.toString(16).padStart(8, '0')}${e.driver_detail === '' ? '' : ' '}${e.driver_detail})`,
  'ras:memory_failure_event': (e) => `pfn 0x${e.pfn.toString(16)}: recovery action for `
    + `${e.type === 'MF_MSG_ALREADY_POISONED' ? 'already poisoned' : ACTION_PAGE_TYPES[e.type]}: ${ACTION_NAME[e.result]}`,
  'ras:non_standard_event': (e) => `severity: ${e.sev}; sec type:${uuid(e.sec_type)}; FRU: ${uuid(e.fru_id)} ${e.fru_text}; data len:${e.buf.length}; `
    + `raw data:${hexBytes(e.buf)}`,
  'mce:mce_record': (e) => `CPU: ${e.cpu}, MCGc/s: ${e.mcgcap.toString(16)}/${e.mcgstatus.toString(16)}, MC${e.bank}: ${hex64(e.status)}, IPID: ${hex64(e.ipid)}, `
    + `ADDR: ${hex64(e.addr)}, MISC: ${hex64(e.misc)}, SYND: ${hex64(e.synd)}, RIP: ${e.cs.toString(16).padStart(2, '0')}:<${hex64(e.ip)}>, TSC: ${e.tsc.toString(16)}, `
    + `PPIN: ${e.ppin.toString(16)}, vendor: ${e.cpuvendor}, CPUID: ${e.cpuid.toString(16)}, time: TIME, socket: ${e.socketid}, APIC: ${e.apicid.toString(16)}, `
    + `microcode: ${e.microcode.toString(16)}`,
};

/** An event in the form of the golden: `mc_event: 1 Corrected error: …`. */
export function traceText({ name, fields }: TraceEvent): string {
  const text = TEXTS[name] as ((fields: TraceEvent['fields']) => string) | undefined;
  return `${name.slice(name.indexOf(':') + 1)}: ${text?.(fields) ?? ''}`;
}
