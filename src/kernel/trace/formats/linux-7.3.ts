// The trace events of each kernel, as recorded. The folder imports event-format.ts of kernel/trace/ alone. Start here: the files of the other kernels
// say what differs.
import { type FailureSymbol, MF_RESULTS, type TraceEventFormats } from '../event-format.ts';
import { LINUX_7_3_PAGE_TYPES } from './page-types.ts';
import { LINUX_7_3_SILENT_EVENTS } from './silent-7.3.ts';

/** The `print fmt` of memory_failure_event, with the page types of a kernel. */
export function memoryFailurePrint(pageTypes: readonly FailureSymbol[]): string {
  const symbols = (rows: readonly (readonly [number, string])[]): string => rows.map(([number, text]) => `{ ${number}, "${text}" }`).join(', ');
  const types = symbols(pageTypes.map(([number, , text]) => [number, text]));
  const results = symbols(MF_RESULTS.map(([, text], number) => [number, text]));
  return `"pfn %#lx: recovery action for %s: %s", REC->pfn, __print_symbolic(REC->type, ${types}), __print_symbolic(REC->result, ${results})`;
}

const EVENTS: TraceEventFormats['events'] = {
  'mce:mce_record': { id: 110, fields: [
      'u64 mcgcap', 'u64 mcgstatus', 'u64 status', 'u64 addr', 'u64 misc', 'u64 synd', 'u64 ipid', 'u64 ip', 'u64 tsc', 'u64 ppin',
      'u64 walltime', 'u32 cpu', 'u32 cpuid', 'u32 apicid', 'u32 socketid', 'u8 cs', 'u8 bank', 'u8 cpuvendor', 'u32 microcode',
      '__data_loc u8[] v_data',
    ], print: '"CPU: %d, MCGc/s: %llx/%llx, MC%d: %016llx, IPID: %016llx, ADDR: %016llx, MISC: %016llx, SYND: %016llx, RIP: '
      + '%02x:<%016llx>, TSC: %llx, PPIN: %llx, vendor: %u, CPUID: %x, time: %llu, socket: %u, APIC: %x, microcode: %x, '
      + 'vendor data: %s", REC->cpu, REC->mcgcap, REC->mcgstatus, REC->bank, REC->status, REC->ipid, REC->addr, REC->misc, '
      + 'REC->synd, REC->cs, REC->ip, REC->tsc, REC->ppin, REC->cpuvendor, REC->cpuid, REC->walltime, REC->socketid, '
      + 'REC->apicid, REC->microcode, __print_dynamic_array(v_data, sizeof(u8))' },
  'ras:memory_failure_event': { id: 734, fields: ['unsigned long pfn', 'int type', 'int result'], print: memoryFailurePrint(LINUX_7_3_PAGE_TYPES) },
  'ras:aer_event': { id: 1457, fields: [
      '__data_loc char[] dev_name', 'u32 status', 'u8 severity', 'u8 tlp_header_valid', 'u32 tlp_header[14]', '__data_loc char[] bus_type',
    ], print: '"%s %s Bus Error: severity=%s, %s, TLP Header=%s\n", __get_str(dev_name), __get_str(bus_type), REC->severity == 2 '
      + '? "Corrected" : REC->severity == 1 ? "Fatal" : "Uncorrected, non-fatal", REC->severity == 2 ? '
      + '__print_flags(REC->status, "|", {0x00000001, "Receiver Error"}, {0x00000040, "Bad TLP"}, {0x00000080, "Bad '
      + 'DLLP"}, {0x00000100, "RELAY_NUM Rollover"}, {0x00001000, "Replay Timer Timeout"}, {0x00002000, "Advisory '
      + 'Non-Fatal Error"}, {0x00004000, "Corrected Internal Error"}, {0x00008000, "Header Log Overflow"}) : '
      + '__print_flags(REC->status, "|", {0x00000001, "Undefined"}, {0x00000010, "Data Link Protocol Error"}, {0x00000020, '
      + '"Surprise Down Error"}, {0x00001000,"Poisoned TLP"}, {0x00002000, "Flow Control Protocol Error"}, {0x00004000, '
      + '"Completion Timeout"}, {0x00008000,"Completer Abort"}, {0x00010000, "Unexpected Completion"}, {0x00020000, '
      + '"Receiver Overflow"}, {0x00040000, "Malformed TLP"}, {0x00080000, "ECRC Error"}, {0x00100000, "Unsupported '
      + 'Request Error"}, {0x00200000, "ACS Violation"}, {0x00400000, "Uncorrectable Internal Error"}, {0x00800000, "MC '
      + 'Blocked TLP"}, {0x01000000, "AtomicOp Egress Blocked"}, {0x02000000, "TLP Prefix Blocked Error"}), '
      + 'REC->tlp_header_valid ? __print_array(REC->tlp_header, (4 + 10), 4) : "Not available"' },
  'ras:non_standard_event': { id: 1458, fields: [
      'char sec_type[16]', 'char fru_id[16]', '__data_loc char[] fru_text', 'u8 sev', 'u32 len', '__data_loc u8[] buf',
    ], print: '"severity: %d; sec type:%pU; FRU: %pU %s; data len:%d; raw data:%s", REC->sev, REC->sec_type, REC->fru_id, '
      + '__get_str(fru_text), REC->len, __print_hex(__get_dynamic_array(buf), REC->len)' },
  'ras:arm_event': { id: 1459, fields: [
      'u64 mpidr', 'u64 midr', 'u32 running_state', 'u32 psci_state', 'u8 affinity', 'u32 pei_len', '__data_loc u8[] pei_buf',
      'u32 ctx_len', '__data_loc u8[] ctx_buf', 'u32 oem_len', '__data_loc u8[] oem_buf', 'u8 sev', 'int cpu',
    ], print: '"cpu: %d; error: %d; affinity level: %d; MPIDR: %016llx; MIDR: %016llx; running state: %d; PSCI state: %d; %s: '
      + '%d; %s: %s; %s: %d; %s: %s; %s: %d; %s: %s", REC->cpu, REC->sev, REC->affinity, REC->mpidr, REC->midr, '
      + 'REC->running_state, REC->psci_state, "ARM Processor Err Info data len", REC->pei_len, "ARM Processor Err Info raw '
      + 'data", __print_hex(__get_dynamic_array(pei_buf), REC->pei_len), "ARM Processor Err Context Info data len", '
      + 'REC->ctx_len, "ARM Processor Err Context Info raw data", __print_hex(__get_dynamic_array(ctx_buf), REC->ctx_len), '
      + '"Vendor Specific Err Info data len", REC->oem_len, "Vendor Specific Err Info raw data", '
      + '__print_hex(__get_dynamic_array(oem_buf), REC->oem_len)' },
  'ras:mc_event': { id: 1460, fields: [
      'unsigned int error_type', '__data_loc char[] msg', '__data_loc char[] label', 'u16 error_count', 'u8 mc_index', 's8 top_layer',
      's8 middle_layer', 's8 lower_layer', 'long address', 'u8 grain_bits', 'long syndrome', '__data_loc char[] driver_detail',
    ], print: '"%d %s error%s:%s%s on %s (mc:%d location:%d:%d:%d address:0x%08lx grain:%d syndrome:0x%08lx%s%s)", '
      + 'REC->error_count, mc_event_error_type(REC->error_type), REC->error_count > 1 ? "s" : "", __get_str(msg)[0] ? " " '
      + ': "", __get_str(msg), __get_str(label), REC->mc_index, REC->top_layer, REC->middle_layer, REC->lower_layer, '
      + 'REC->address, 1 << REC->grain_bits, REC->syndrome, __get_str(driver_detail)[0] ? " " : "", __get_str(driver_detail)' },
  'ras:extlog_mem_event': { id: 1461, fields: [
      'u32 err_seq', 'u8 etype', 'u8 sev', 'u64 pa', 'u8 pa_mask_lsb', 'guid_t fru_id', '__data_loc char[] fru_text',
      'struct cper_mem_err_compact data',
    ], print: '"{%d} %s error: %s physical addr: %016llx (mask lsb: %x) %sFRU: %pUl %.20s", REC->err_seq, '
      + 'cper_severity_str(REC->sev), cper_mem_err_type_str(REC->etype), REC->pa, REC->pa_mask_lsb, cper_mem_err_unpack(p, '
      + '&REC->data), &REC->fru_id, __get_str(fru_text)' },
};

/** As recorded from 7.3. */
export const LINUX_7_3_TRACE_EVENTS: TraceEventFormats = { pageTypes: LINUX_7_3_PAGE_TYPES, events: EVENTS, silent: LINUX_7_3_SILENT_EVENTS };
