import type { ActionPageType, MfResult } from '../memory-failure/action-page-types.ts';

/** The location fields of a memory error section. Mirrors `struct cper_mem_err_compact` (include/linux/cper.h). */
export interface CperMemErrCompact {
  readonly validation_bits: bigint;
  readonly node: number;
  readonly card: number;
  readonly module: number;
  readonly bank: number;
  readonly device: number;
  readonly row: number;
  readonly column: number;
  readonly bit_pos: number;
  readonly requestor_id: bigint;
  readonly responder_id: bigint;
  readonly target_id: bigint;
  readonly rank: number;
  readonly mem_array_handle: number;
  readonly mem_dev_handle: number;
  readonly extended: number;
}

/**
 * The fields of each trace event, by its name `system:event`. Names of fields are those of TP_STRUCT__entry (include/ras/ras_event.h,
 * include/trace/events/mce.h, include/trace/events/memory-failure.h). A field of up to 32 bits is a number, one of 64 bits a bigint, a
 * __string() a string, an array of bytes a Uint8Array. An enum whose numbers differ between kernels is given by name.
 */
export interface TraceEventFields {
  'ras:mc_event': {
    /** HW_EVENT_ERR_*: 0 corrected, 1 uncorrected, 2 deferred, 3 fatal, 4 info. */
    readonly error_type: number;
    readonly msg: string;
    readonly label: string;
    readonly error_count: number;
    readonly mc_index: number;
    readonly top_layer: number;
    readonly middle_layer: number;
    readonly lower_layer: number;
    readonly address: bigint;
    readonly grain_bits: number;
    readonly syndrome: bigint;
    readonly driver_detail: string;
  };
  'ras:memory_failure_event': {
    readonly pfn: bigint;
    readonly type: ActionPageType;
    readonly result: MfResult;
  };
  'ras:extlog_mem_event': {
    readonly err_seq: number;
    readonly etype: number;
    /** CPER_SEV_*: 0 recoverable, 1 fatal, 2 corrected, 3 informational. */
    readonly sev: number;
    readonly pa: bigint;
    readonly pa_mask_lsb: number;
    /** 16 bytes, as in memory: a little-endian GUID. */
    readonly fru_id: Uint8Array;
    readonly fru_text: string;
    readonly data: CperMemErrCompact;
  };
  'ras:arm_event': {
    readonly mpidr: bigint;
    readonly midr: bigint;
    readonly running_state: number;
    readonly psci_state: number;
    readonly affinity: number;
    readonly pei_buf: Uint8Array;
    readonly ctx_buf: Uint8Array;
    readonly oem_buf: Uint8Array;
    readonly sev: number;
    readonly cpu: number;
  };
  'ras:non_standard_event': {
    /** 16 bytes each, as in memory. */
    readonly sec_type: Uint8Array;
    readonly fru_id: Uint8Array;
    readonly fru_text: string;
    /** GHES_SEV_*: 0 none, 1 corrected, 2 recoverable, 3 panic. */
    readonly sev: number;
    /** The section. Its length is the field `len`. */
    readonly buf: Uint8Array;
  };
  'ras:aer_event': {
    readonly dev_name: string;
    readonly status: number;
    /** 0 non-fatal, 1 fatal, 2 corrected. */
    readonly severity: number;
    readonly tlp_header_valid: number;
    /** Four words. */
    readonly tlp_header: readonly number[];
    readonly bus_type: string;
  };
  'mce:mce_record': {
    readonly mcgcap: bigint;
    readonly mcgstatus: bigint;
    readonly status: bigint;
    readonly addr: bigint;
    readonly misc: bigint;
    readonly synd: bigint;
    readonly ipid: bigint;
    readonly ip: bigint;
    readonly tsc: bigint;
    readonly ppin: bigint;
    /** Seconds since 1970. */
    readonly walltime: bigint;
    readonly cpu: number;
    readonly cpuid: number;
    readonly apicid: number;
    readonly socketid: number;
    readonly cs: number;
    readonly bank: number;
    readonly cpuvendor: number;
    readonly microcode: number;
    /** 16 bytes: `union vendor_info`. */
    readonly v_data: Uint8Array;
  };
}

/** The trace events that the model raises, as `system:event`. */
export type TraceEventName = keyof TraceEventFields;

/** One hit of a tracepoint. The task of the event is `kernel.caller`, its CPU is `cpu`, its time is that of the call. */
export type TraceEvent = {
  [N in TraceEventName]: { readonly name: N; readonly cpu: number; readonly fields: TraceEventFields[N] }
}[TraceEventName];

/** What takes trace events: the ring buffer of tracefs. It drops the events that nobody enabled. */
export type TraceSink = (event: TraceEvent) => void;
