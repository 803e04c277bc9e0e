import type { TraceEventFormats } from '../event-format.ts';
import { LINUX_7_3_TRACE_EVENTS, memoryFailurePrint } from './linux-7.3.ts';
import { LINUX_6_12_PAGE_TYPES } from './page-types.ts';
import { LINUX_6_12_SILENT_EVENTS } from './silent-6.12.ts';

const { events } = LINUX_7_3_TRACE_EVENTS;

const MCE_FIELDS = events['mce:mce_record'].fields;
const AER = events['ras:aer_event'];

/** As recorded from 6.12. */
export const LINUX_6_12_TRACE_EVENTS: TraceEventFormats = {
  silent: LINUX_6_12_SILENT_EVENTS,
  lacksOptions: ['copy_trace_marker', 'bitmask-list'],
  pageTypes: LINUX_6_12_PAGE_TYPES,
  events: {
    'mce:mce_record': {
      id: 113,
      fields: MCE_FIELDS.filter((field) => field !== '__data_loc u8[] v_data'),
      print: '"CPU: %d, MCGc/s: %llx/%llx, MC%d: %016Lx, IPID: %016Lx, ADDR: %016Lx, MISC: %016Lx, SYND: %016Lx, RIP: %02x:<%016Lx>, '
        + 'TSC: %llx, PPIN: %llx, vendor: %u, CPUID: %x, time: %llu, socket: %u, APIC: %x, microcode: %x", REC->cpu, REC->mcgcap, '
        + 'REC->mcgstatus, REC->bank, REC->status, REC->ipid, REC->addr, REC->misc, REC->synd, REC->cs, REC->ip, REC->tsc, '
        + 'REC->ppin, REC->cpuvendor, REC->cpuid, REC->walltime, REC->socketid, REC->apicid, REC->microcode',
    },
    'ras:memory_failure_event': { ...events['ras:memory_failure_event'], id: 1347, print: memoryFailurePrint(LINUX_6_12_PAGE_TYPES) },
    'ras:aer_event': {
      id: 1348,
      fields: ['__data_loc char[] dev_name', 'u32 status', 'u8 severity', 'u8 tlp_header_valid', 'u32 tlp_header[4]'],
      print: AER.print.replace('%s %s Bus', '%s PCIe Bus').replace('__get_str(bus_type), ', '').replace('(4 + 10)', '4'),
    },
    'ras:non_standard_event': { ...events['ras:non_standard_event'], id: 1349 },
    'ras:arm_event': { ...events['ras:arm_event'], id: 1350 },
    'ras:mc_event': { ...events['ras:mc_event'], id: 1351 },
    'ras:extlog_mem_event': { ...events['ras:extlog_mem_event'], id: 1352 },
  },
};
