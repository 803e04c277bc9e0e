import type { TraceEventFormats } from '../event-format.ts';
import { memoryFailurePrint } from './linux-7.3.ts';
import { LINUX_6_12_TRACE_EVENTS } from './linux-6.12.ts';
import { LINUX_6_1_PAGE_TYPES } from './page-types.ts';
import { LINUX_6_1_SILENT_EVENTS } from './silent-6.1.ts';

const { events } = LINUX_6_12_TRACE_EVENTS;

/** Fields of mce_record that came later. */
const LATER_MCE_FIELDS = ['u64 ppin', 'u32 microcode'];

/** As recorded from 6.1. */
export const LINUX_6_1_TRACE_EVENTS: TraceEventFormats = {
  silent: LINUX_6_1_SILENT_EVENTS,
  charIsSigned: true,
  hexRowsJoin: true,
  lacksOptions: [...(LINUX_6_12_TRACE_EVENTS.lacksOptions ?? []), 'fields', 'trace_printk_dest'],
  pageTypes: LINUX_6_1_PAGE_TYPES,
  events: {
    'mce:mce_record': {
      id: 113,
      fields: events['mce:mce_record'].fields.filter((field) => !LATER_MCE_FIELDS.includes(field)),
      print: '"CPU: %d, MCGc/s: %llx/%llx, MC%d: %016Lx, IPID: %016Lx, ADDR/MISC/SYND: %016Lx/%016Lx/%016Lx, RIP: %02x:<%016Lx>, TSC: '
        + '%llx, PROCESSOR: %u:%x, TIME: %llu, SOCKET: %u, APIC: %x", REC->cpu, REC->mcgcap, REC->mcgstatus, REC->bank, REC->status, '
        + 'REC->ipid, REC->addr, REC->misc, REC->synd, REC->cs, REC->ip, REC->tsc, REC->cpuvendor, REC->cpuid, REC->walltime, '
        + 'REC->socketid, REC->apicid',
    },
    'ras:memory_failure_event': { ...events['ras:memory_failure_event'], id: 1223, print: memoryFailurePrint(LINUX_6_1_PAGE_TYPES) },
    'ras:aer_event': { ...events['ras:aer_event'], id: 1224 },
    'ras:non_standard_event': { ...events['ras:non_standard_event'], id: 1225 },
    'ras:arm_event': {
      id: 1226,
      fields: ['u64 mpidr', 'u64 midr', 'u32 running_state', 'u32 psci_state', 'u8 affinity'],
      print: '"affinity level: %d; MPIDR: %016llx; MIDR: %016llx; running state: %d; PSCI state: %d", REC->affinity, REC->mpidr, '
        + 'REC->midr, REC->running_state, REC->psci_state',
    },
    'ras:mc_event': { ...events['ras:mc_event'], id: 1227 },
    'ras:extlog_mem_event': { ...events['ras:extlog_mem_event'], id: 1228 },
  },
};
