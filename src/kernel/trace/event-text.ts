import { hex } from '../../abi/printable.ts';
import { cperDimmErrLocation, type CperMemory, cperMemErrLocation, cperMemErrTypeStr, cperSeverityStr } from '../ras/cper.ts';
import type { TraceEventName } from '../ras/trace-event.ts';
import { type Decoded, type EventLayout, MF_RESULTS, type TraceEventFormats, unpackCompact } from './event-format.ts';

/** The value of a field, as its type. */
const number = (fields: Decoded, name: string): number => Number(fields.get(name) ?? 0);
const text = (fields: Decoded, name: string): string => String(fields.get(name) ?? '');
const bytes = (fields: Decoded, name: string): Uint8Array => {
  const value = fields.get(name);
  return value instanceof Uint8Array ? value : new Uint8Array(0);
};
/** A field as `%0NNllx`. */
const wide = (fields: Decoded, name: string, digits = 16): string => {
  const value = fields.get(name);
  return (typeof value === 'bigint' ? BigInt.asUintN(64, value) : BigInt(Number(value ?? 0))).toString(16).padStart(digits, '0');
};
const bare = (fields: Decoded, name: string): string => wide(fields, name, 1);
const hexBytes = (data: Uint8Array, separator: string): string => [...data].map((byte) => byte.toString(16).padStart(2, '0')).join(separator);

const HEX_ROW = 16;

/** __print_hex(): kernels of `hexRowsJoin` print nothing between two rows of 16 bytes. Mirrors trace_print_hex_seq(). */
function printHex(data: Uint8Array, { hexRowsJoin = false }: TraceEventFormats): string {
  const rows = Array.from({ length: Math.ceil(data.length / HEX_ROW) }, (_, row) => hexBytes(data.subarray(row * HEX_ROW, (row + 1) * HEX_ROW), ' '));
  return rows.join(hexRowsJoin ? '' : ' ');
}

/** `%pU`: a GUID of big-endian bytes; `%pUl`: of little-endian ones. */
function guid(data: Uint8Array, littleEndian: boolean): string {
  const order = littleEndian ? [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15] : [...Array(16).keys()];
  const digits = hexBytes(Uint8Array.from(order, (index) => data[index] ?? 0), '');
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join('-');
}

/** __print_flags(). Mirrors trace_print_flags_seq() (kernel/trace/trace_output.c). */
function printFlags(value: number, flags: readonly (readonly [number, string])[]): string {
  let left = value;
  const names = flags.filter(([mask]) => {
    if ((left & mask) !== mask) return false;
    left &= ~mask;
    return true;
  }).map(([, name]) => name);
  return [...names, ...(left !== 0 ? [hex(left >>> 0)] : [])].join('|');
}

/** __print_array() of words, __print_dynamic_array() of bytes. */
const printArray = (values: readonly number[]): string => `{${values.map((value) => hex(value)).join(',')}}`;

const AER_CORRECTED = [
  [0x1, 'Receiver Error'], [0x40, 'Bad TLP'], [0x80, 'Bad DLLP'], [0x100, 'RELAY_NUM Rollover'], [0x1000, 'Replay Timer Timeout'],
  [0x2000, 'Advisory Non-Fatal Error'], [0x4000, 'Corrected Internal Error'], [0x8000, 'Header Log Overflow'],
] as const;
const AER_UNCORRECTED = [
  [0x1, 'Undefined'], [0x10, 'Data Link Protocol Error'], [0x20, 'Surprise Down Error'], [0x1000, 'Poisoned TLP'],
  [0x2000, 'Flow Control Protocol Error'], [0x4000, 'Completion Timeout'], [0x8000, 'Completer Abort'], [0x10000, 'Unexpected Completion'],
  [0x20000, 'Receiver Overflow'], [0x40000, 'Malformed TLP'], [0x80000, 'ECRC Error'], [0x100000, 'Unsupported Request Error'],
  [0x200000, 'ACS Violation'], [0x400000, 'Uncorrectable Internal Error'], [0x800000, 'MC Blocked TLP'], [0x1000000, 'AtomicOp Egress Blocked'],
  [0x2000000, 'TLP Prefix Blocked Error'],
] as const;

/** HW_EVENT_ERR_* of include/linux/edac.h. */
const MC_ERROR_TYPES = ['Corrected', 'Uncorrected', 'Deferred', 'Fatal', 'Info'];
/** Fields of a location, and the bit that says that each is valid: CPER_MEM_VALID_* of include/linux/cper.h. */
const LOCATION = [
  [0x8, 'node'], [0x10, 'card'], [0x20, 'module'], [0x8000, 'rank'], [0x40, 'bank'], [0x80, 'device'], [0x100, 'row'], [0x200, 'column'], [0x400, 'bit_pos'],
  [0x800, 'requestor_id'], [0x1000, 'responder_id'], [0x2000, 'target_id'], [0x20000, 'mem_dev_handle'],
] as const;
/** Parts of other fields: the bit, the name, and how it is taken out. */
const PARTS = [
  [0x80000, 'bank_group', 'bank', 8, 0xff], [0x100000, 'bank_address', 'bank', 0, 0xff], [0x40000, 'row_ext', 'extended', 0, 0x3], [0x200000, 'chip_id', 'extended', 5, 0x7],
] as const;

/** cper_mem_err_unpack(): the location, as far as it is valid. */
function location(data: Uint8Array): string {
  const packed = unpackCompact(data);
  const isValid = (bit: number): boolean => (Number(packed.validation_bits) & bit) !== 0;
  const fields = [
    ...LOCATION.filter(([bit]) => isValid(bit)).map(([, name]) => [name, packed[name]]),
    ...PARTS.filter(([bit]) => isValid(bit)).map(([, name, field, shift, mask]) => [name, (Number(packed[field]) >> shift) & mask]),
  ];
  const memory = Object.fromEntries(fields) as CperMemory;
  return `${cperMemErrLocation(memory)}${cperDimmErrLocation(memory, () => undefined)}`;
}

type Printer = (fields: Decoded, formats: TraceEventFormats) => string;

/** What TP_printk() of each event prints. Where kernels differ, the fields of the record show which it is. */
const PRINTERS: Readonly<Record<TraceEventName, Printer>> = {
  'ras:memory_failure_event': (fields, { pageTypes }) => {
    const type = number(fields, 'type');
    const result = number(fields, 'result');
    // __print_symbolic() prints a number that it does not know as it is.
    const page = pageTypes.find(([known]) => known === type)?.[2] ?? hex(type);
    return `pfn ${hex(number(fields, 'pfn'))}: recovery action for ${page}: ${MF_RESULTS[result]?.[1] ?? hex(result)}`;
  },
  'ras:mc_event': (fields) => {
    const message = text(fields, 'msg');
    const detail = text(fields, 'driver_detail');
    const count = number(fields, 'error_count');
    return `${count} ${MC_ERROR_TYPES[number(fields, 'error_type')] ?? 'Info'} error${count > 1 ? 's' : ''}:${message && ' '}${message} on ${text(fields, 'label')}`
      + ` (mc:${number(fields, 'mc_index')} location:${number(fields, 'top_layer')}:${number(fields, 'middle_layer')}:${number(fields, 'lower_layer')}`
      + ` address:0x${wide(fields, 'address', 8)} grain:${1 << number(fields, 'grain_bits')} syndrome:0x${wide(fields, 'syndrome', 8)}${detail && ' '}${detail})`;
  },
  'ras:aer_event': (fields) => {
    const severity = number(fields, 'severity');
    const header = bytes(fields, 'tlp_header');
    const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
    const words = Array.from({ length: header.length / 4 }, (_, index) => view.getUint32(4 * index, true));
    const bus = fields.has('bus_type') ? text(fields, 'bus_type') : 'PCIe';
    return `${text(fields, 'dev_name')} ${bus} Bus Error: severity=${severity === 2 ? 'Corrected' : severity === 1 ? 'Fatal' : 'Uncorrected, non-fatal'}, `
      + `${printFlags(number(fields, 'status'), severity === 2 ? AER_CORRECTED : AER_UNCORRECTED)}, `
      + `TLP Header=${number(fields, 'tlp_header_valid') ? printArray(words) : 'Not available'}\n`;
  },
  'ras:non_standard_event': (fields, formats) => `severity: ${number(fields, 'sev')}; sec type:${guid(bytes(fields, 'sec_type'), false)}; `
    + `FRU: ${guid(bytes(fields, 'fru_id'), false)} ${text(fields, 'fru_text')}; data len:${number(fields, 'len')}; raw data:${printHex(bytes(fields, 'buf'), formats)}`,
  'ras:arm_event': (fields, formats) => {
    const state = `affinity level: ${number(fields, 'affinity')}; MPIDR: ${wide(fields, 'mpidr')}; MIDR: ${wide(fields, 'midr')}; `
      + `running state: ${number(fields, 'running_state')}; PSCI state: ${number(fields, 'psci_state')}`;
    if (!fields.has('pei_buf')) return state;
    const parts = [['pei', 'ARM Processor Err Info'], ['ctx', 'ARM Processor Err Context Info'], ['oem', 'Vendor Specific Err Info']] as const;
    return `cpu: ${number(fields, 'cpu')}; error: ${number(fields, 'sev')}; ${state}; `
      + parts.map(([part, words]) => `${words} data len: ${number(fields, `${part}_len`)}; ${words} raw data: ${printHex(bytes(fields, `${part}_buf`), formats)}`).join('; ');
  },
  'ras:extlog_mem_event': (fields) => `{${number(fields, 'err_seq')}} ${cperSeverityStr(number(fields, 'sev'))} error: `
    + `${cperMemErrTypeStr(number(fields, 'etype'))} physical addr: ${wide(fields, 'pa')} (mask lsb: ${bare(fields, 'pa_mask_lsb')}) `
    + `${location(bytes(fields, 'data'))}FRU: ${guid(bytes(fields, 'fru_id'), true)} ${text(fields, 'fru_text').slice(0, 20)}`,
  'mce:mce_record': (fields) => {
    const machine = `CPU: ${number(fields, 'cpu')}, MCGc/s: ${bare(fields, 'mcgcap')}/${bare(fields, 'mcgstatus')}, MC${number(fields, 'bank')}: ${wide(fields, 'status')}, `
      + `IPID: ${wide(fields, 'ipid')}, `;
    const rip = `RIP: ${wide(fields, 'cs', 2)}:<${wide(fields, 'ip')}>, TSC: ${bare(fields, 'tsc')}, `;
    const address = wide(fields, 'addr');
    const misc = wide(fields, 'misc');
    const syndrome = wide(fields, 'synd');
    const time = String(fields.get('walltime'));
    if (!fields.has('ppin')) {
      return `${machine}ADDR/MISC/SYND: ${address}/${misc}/${syndrome}, ${rip}PROCESSOR: ${number(fields, 'cpuvendor')}:${bare(fields, 'cpuid')}, `
        + `TIME: ${time}, SOCKET: ${number(fields, 'socketid')}, APIC: ${bare(fields, 'apicid')}`;
    }
    return `${machine}ADDR: ${address}, MISC: ${misc}, SYND: ${syndrome}, ${rip}PPIN: ${bare(fields, 'ppin')}, vendor: ${number(fields, 'cpuvendor')}, `
      + `CPUID: ${bare(fields, 'cpuid')}, time: ${time}, socket: ${number(fields, 'socketid')}, APIC: ${bare(fields, 'apicid')}, microcode: ${bare(fields, 'microcode')}`
      + (fields.has('v_data') ? `, vendor data: ${printArray([...bytes(fields, 'v_data')])}` : '');
  },
};

/** An event as a line of `trace` shows it behind its name. */
export function eventText({ name }: EventLayout, fields: Decoded, formats: TraceEventFormats): string {
  const print = (PRINTERS as Readonly<Record<string, Printer | undefined>>)[name];
  return print?.(fields, formats) ?? '';
}
