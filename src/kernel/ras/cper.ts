/**
 * A record of a hardware error as data: UEFI's Common Platform Error Record, in the generic error status block of ACPI. A field that is there
 * is valid. Names are those of `struct cper_sec_mem_err` and its like (include/linux/cper.h).
 */
export interface CperRecord {
  /** A number of {@link CPER_SEVERITIES}, or another, which counts as fatal. */
  readonly severity: number;
  readonly sections: readonly CperSection[];
}

/** One section of a record. Mirrors `struct acpi_hest_generic_data_v300` (include/acpi/actbl1.h). */
export interface CperSection {
  readonly severity: number;
  /** More corrected errors than the firmware tolerates: CPER_SEC_ERROR_THRESHOLD_EXCEEDED. */
  readonly thresholdExceeded?: boolean;
  /** 16 bytes, as they lie in memory. */
  readonly fruId?: Uint8Array;
  /** At most 20 bytes. */
  readonly fruText?: string;
  /** 8 bytes in BCD: second, minute, hour, 1 if the time is precise, day, month, year, century. */
  readonly timestamp?: Uint8Array;
  readonly body: CperBody;
}

export type CperBody =
  | { readonly kind: 'memory'; readonly memory: CperMemory }
  | { readonly kind: 'processor'; readonly processor: CperProcessor }
  /** A section of another type, or one that is too small for its type. Both are bytes as they lie in memory; `type` has 16. */
  | { readonly kind: 'raw'; readonly type: Uint8Array; readonly data: Uint8Array };

/** CPER_SEV_*: the words of the log are the keys. */
export const CPER_SEVERITIES = { recoverable: 0, fatal: 1, corrected: 2, info: 3 } as const;

export type CperSeverity = keyof typeof CPER_SEVERITIES;

/** Mirrors cper_severity_str(). */
export function cperSeverityStr(severity: number): string {
  return SEVERITY_STRS[severity] ?? 'unknown';
}

const SEVERITY_STRS = Object.keys(CPER_SEVERITIES);

/** A memory error. Mirrors `struct cper_sec_mem_err`; `bank_group` and `bank_address` are the two bytes of its `bank`. */
export interface CperMemory {
  readonly error_status?: bigint;
  readonly physical_addr?: bigint;
  readonly physical_addr_mask?: bigint;
  readonly node?: number;
  readonly card?: number;
  readonly module?: number;
  readonly rank?: number;
  readonly bank?: number;
  readonly bank_group?: number;
  readonly bank_address?: number;
  readonly device?: number;
  readonly row?: number;
  /** Bits 16 and 17 of the row. */
  readonly row_ext?: number;
  readonly column?: number;
  readonly bit_pos?: number;
  readonly requestor_id?: bigint;
  readonly responder_id?: bigint;
  readonly target_id?: bigint;
  readonly chip_id?: number;
  readonly error_type?: number;
  readonly mem_array_handle?: number;
  readonly mem_dev_handle?: number;
  /** A section of UEFI 2.1, whose valid bits name fields that it does not have. Nothing of it is printed. */
  readonly beyond_structure?: true;
}

/** A generic processor error. Mirrors `struct cper_sec_proc_generic`. */
export interface CperProcessor {
  readonly proc_type?: number;
  readonly proc_isa?: number;
  readonly proc_error_type?: number;
  readonly operation?: number;
  readonly flags?: number;
  readonly level?: number;
  readonly cpu_version?: bigint;
  readonly proc_id?: bigint;
  readonly target_addr?: bigint;
  readonly requestor_id?: bigint;
  readonly responder_id?: bigint;
  readonly ip?: bigint;
}

/** The types of memory errors, by number. Mirrors mem_err_type_strs[] (drivers/firmware/efi/cper.c). */
export const MEM_ERR_TYPES = [
  'unknown', 'no error', 'single-bit ECC', 'multi-bit ECC', 'single-symbol chipkill ECC', 'multi-symbol chipkill ECC', 'master abort', 'target abort',
  'parity error', 'watchdog timeout', 'invalid address', 'mirror Broken', 'memory sparing', 'scrub corrected error', 'scrub uncorrected error',
  'physical memory map-out event',
] as const;

/** Mirrors cper_mem_err_type_str(). */
export function cperMemErrTypeStr(type: number): string {
  return MEM_ERR_TYPES[type] ?? 'unknown';
}

/** The texts of bits 8 to 15 of an error status. Mirrors cper_mem_err_status_str(). */
const MEM_ERR_STATUSES: Readonly<Record<number, string>> = {
  1: 'Error detected internal to the component',
  4: 'Storage error in DRAM memory',
  5: 'Storage error in TLB',
  6: 'Storage error in cache',
  7: 'Error in one or more functional units',
  8: 'Component failed self test',
  9: 'Overflow or undervalue of internal queue',
  16: 'Error detected in the bus',
  17: 'Virtual address not found on IO-TLB or IO-PDIR',
  18: 'Improper access error',
  19: 'Access to a memory address which is not mapped to any component',
  20: 'Loss of Lockstep',
  21: 'Response not associated with a request',
  22: 'Bus parity error - must also set the A, C, or D Bits',
  23: 'Detection of a protocol error',
  24: 'Detection of a PATH_ERROR',
  25: 'Bus operation timeout',
  26: 'A read was issued to data that has been poisoned',
};

export function cperMemErrStatusStr(status: bigint): string {
  return MEM_ERR_STATUSES[Number((status >> 8n) & 0xffn)] ?? 'Reserved';
}

/** `%016llx` of a number of 64 bits. */
export function hex64(value: bigint): string {
  return BigInt.asUintN(64, value).toString(16).padStart(16, '0');
}

/** `%pUl`: the text of a GUID. Its first three parts are little-endian. */
export function guidText(bytes: Uint8Array): string {
  const hex = (...at: readonly number[]): string => at.map((each) => (bytes[each] ?? 0).toString(16).padStart(2, '0')).join('');
  return `${hex(3, 2, 1, 0)}-${hex(5, 4)}-${hex(7, 6)}-${hex(8, 9)}-${hex(10, 11, 12, 13, 14, 15)}`;
}

/** Bytes of a text that cper_mem_err_location() makes: CPER_REC_LEN, without its NUL. */
const LOCATION_BYTES = 255;

/** The fields that say where in a DIMM the error is, in the order in which they are printed. Mirrors cper_mem_err_location(). */
const LOCATION: readonly (readonly [key: keyof CperMemory, name: string])[] = [
  ['node', 'node'], ['card', 'card'], ['module', 'module'], ['rank', 'rank'], ['bank', 'bank'], ['bank_group', 'bank_group'],
  ['bank_address', 'bank_address'], ['device', 'device'], ['row', 'row'], ['column', 'column'], ['bit_pos', 'bit_position'],
  ['requestor_id', 'requestor_id'], ['responder_id', 'responder_id'], ['target_id', 'target_id'], ['chip_id', 'chip_id'],
];
const ROW_EXT_SHIFT = 16;

/** The location of a memory error, with a blank after each part. Empty: no field of it is valid. */
export function cperMemErrLocation(memory: CperMemory): string {
  const parts = LOCATION.map(([key, name]) => {
    const value = key === 'row' ? fullRow(memory) : memory[key];
    if (value === undefined) return '';
    return typeof value === 'bigint' ? `${name}:0x${hex64(value)} ` : `${name}:${String(value)} `;
  });
  return parts.join('').slice(0, LOCATION_BYTES);
}

function fullRow({ row, row_ext: extension }: CperMemory): number | undefined {
  return row === undefined && extension === undefined ? undefined : (row ?? 0) | ((extension ?? 0) << ROW_EXT_SHIFT);
}

/** The DIMM of a memory error by its handle in SMBIOS, with a blank at the end; `name` is that of the slot. Mirrors cper_dimm_err_location(). */
export function cperDimmErrLocation({ mem_dev_handle: handle }: CperMemory, name: (handle: number) => string | undefined): string {
  if (handle === undefined) return '';
  const slot = name(handle);
  return slot === undefined ? `DIMM location: not present. DMI handle: 0x${handle.toString(16).padStart(4, '0')} ` : `DIMM location: ${slot} `;
}
