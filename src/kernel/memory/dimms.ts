/** A DIMM of the machine, as SMBIOS (type 17) and EDAC describe it. */
export interface Dimm {
  /** The name on the board. With a blank in it, the part before is the bank. */
  readonly label: string;
  readonly bytes: number;
  readonly type: DimmType;
  /** Whether it has bits for a checksum. */
  readonly ecc: boolean;
  /** Its handle in SMBIOS, by which a record of an error names it. */
  readonly handle: number;
}

/** Types of memory by their name in a machine file, and in EDAC's files. Source: assign_dmi_dimm_info() (drivers/edac/ghes_edac.c). */
export const DIMM_TYPES = {
  ddr3: 'Unbuffered-DDR3', rddr3: 'Registered-DDR3', ddr4: 'Unbuffered-DDR4', rddr4: 'Registered-DDR4', nvdimm: 'Non-volatile-RAM', unknown: 'Unknown',
} as const;

export type DimmType = keyof typeof DIMM_TYPES;

/** SMBIOS of QEMU numbers its memory devices from here on. */
export const FIRST_DIMM_HANDLE = 0x1100;
const MIB = 1024 ** 2;
const GIB = 1024 * MIB;
/** The largest DIMM of the default layout. */
const LARGEST = 64 * GIB;
/** Slots of a server board. */
const MOST_SLOTS = 32;

/**
 * The DIMMs of a machine whose description names none: at least two, equal in size, in whole MiB. `bytes` is its RAM.
 */
export function defaultDimms(bytes: number): readonly Dimm[] {
  let slots = 2;
  while (slots < MOST_SLOTS && bytes / slots > LARGEST) slots *= 2;
  const size = Math.ceil(bytes / slots / MIB) * MIB;
  return Array.from({ length: slots }, (_, slot) => (
    { label: `DIMM_${String.fromCharCode(0x41 + (slot >> 1))}${(slot % 2) + 1}`, bytes: size, type: 'rddr4', ecc: true, handle: FIRST_DIMM_HANDLE + slot }
  ));
}
