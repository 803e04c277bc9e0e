import { hexDump } from './hex-dump.ts';
import { guidText, hex64 } from './cper.ts';

/** A section that comes as bytes, and what printing it needs to know of it. */
export interface RawSection {
  readonly data: Uint8Array;
  /** CPER_SEV_* of the section. */
  readonly severity: number;
  /** In which way kernels differ. */
  readonly style: CperStyle;
}

/** How a kernel prints sections that others print otherwise. */
export interface CperStyle {
  /** The AER registers of a PCIe error: all of them, or those of uncorrected errors, of a section that is fatal or informational. */
  readonly aer: 'all' | 'uncorrected';
  /** A context of registers takes whole groups of 16 bytes. */
  readonly alignsContexts: boolean;
  /** CXL sections have a name, and no dump. */
  readonly cxl: boolean;
  /** The line for a PCIe device that is not there, and whether its rate is limited. */
  readonly absentDevice: { readonly text: (device: string) => string; readonly limited: boolean };
}

/** A type of section that the kernel knows: its name, the least bytes of it, and the lines of what is in it. */
export interface SectionPrinter {
  readonly name: string;
  readonly least: number;
  readonly print: (section: RawSection, view: DataView) => readonly string[];
  /** The driver that gets it. Kernels without CperStyle.cxl do not know those for `cxl`. */
  readonly goesTo?: 'aer' | 'cxl';
}

/** The lines of a section that is known; undefined if its bytes are too few. */
export function printSection(printer: SectionPrinter, section: RawSection): readonly string[] | undefined {
  const { data } = section;
  if (data.length < printer.least) return undefined;
  return printer.print(section, new DataView(data.buffer, data.byteOffset, data.byteLength));
}

const hexOf = (value: number, digits: number): string => `0x${value.toString(16).padStart(digits, '0')}`;
const bare = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
const worded = (value: number, words: readonly string[]): string => `${value}, ${words[value] ?? 'unknown'}`;

/** Mirrors pcie_port_type_strs[]. */
const PORT_TYPES = [
  'PCIe end point', 'legacy PCI end point', 'unknown', 'unknown', 'root port', 'upstream switch port', 'downstream switch port', 'PCIe to PCI/PCI-X bridge',
  'PCI/PCI-X to PCIe bridge', 'root complex integrated endpoint device', 'root complex event collector',
];
/** CPER_PCIE_VALID_*: bits that say that a part is valid. */
const PCIE_VALID = { port: 1, version: 2, command: 4, device: 8, serial: 16, bridge: 32, aer: 128 } as const;
/** Where the AER registers are in the section. */
const AER = 112;
const PCIE_BYTES = 208;
const SLOT_SHIFT = 3;
const CPER_SEV_FATAL = 1;

/** A PCIe error. Mirrors cper_print_pcie() and `struct cper_sec_pcie`. */
function pcieLines({ severity, style }: RawSection, view: DataView): readonly string[] {
  const u8 = (at: number): number => view.getUint8(at);
  const u16 = (at: number): number => view.getUint16(at, true);
  const u32 = (at: number): number => view.getUint32(at, true);
  const valid = (bit: number): boolean => (u8(0) & bit) !== 0;
  const aer = valid(PCIE_VALID.aer) && (style.aer === 'all' || (severity & CPER_SEV_FATAL) !== 0);
  return [
    ...(valid(PCIE_VALID.port) ? [`port_type: ${worded(u32(8), PORT_TYPES)}`] : []),
    ...(valid(PCIE_VALID.version) ? [`version: ${u8(13)}.${u8(12)}`] : []),
    ...(valid(PCIE_VALID.command) ? [`command: ${hexOf(u16(16), 4)}, status: ${hexOf(u16(18), 4)}`] : []),
    ...(valid(PCIE_VALID.device) ? [
      `device_id: ${deviceText(view)}`,
      `slot: ${u16(37) >> SLOT_SHIFT}`,
      `secondary_bus: ${hexOf(u8(36), 2)}`,
      `vendor_id: ${hexOf(u16(24), 4)}, device_id: ${hexOf(u16(26), 4)}`,
      `class_code: ${bare(u8(30), 2)}${bare(u8(29), 2)}${bare(u8(28), 2)}`,
    ] : []),
    ...(valid(PCIE_VALID.serial) ? [`serial number: ${hexOf(u32(40), 4)}, ${hexOf(u32(44), 4)}`] : []),
    ...(valid(PCIE_VALID.bridge) ? [`bridge: secondary_status: ${hexOf(u16(48), 4)}, control: ${hexOf(u16(50), 4)}`] : []),
    ...(aer && style.aer === 'all' ? [`aer_cor_status: ${hexOf(u32(AER + 16), 8)}, aer_cor_mask: ${hexOf(u32(AER + 20), 8)}`] : []),
    ...(aer ? [
      `aer_uncor_status: ${hexOf(u32(AER + 4), 8)}, aer_uncor_mask: ${hexOf(u32(AER + 8), 8)}`,
      `aer_uncor_severity: ${hexOf(u32(AER + 12), 8)}`,
      `TLP Header: ${[28, 32, 36, 40].map((at) => bare(u32(AER + at), 8)).join(' ')}`,
    ] : []),
  ];
}

/** The device of a PCIe error whose AER registers are valid: what AER is asked to recover. Mirrors ghes_handle_aer(). */
export function pcieDevice(data: Uint8Array): string | undefined {
  const valid = PCIE_VALID.device | PCIE_VALID.aer;
  if (data.length < PCIE_BYTES || ((data[0] ?? 0) & valid) !== valid) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return deviceText(view);
}

function deviceText(view: DataView): string {
  return `${bare(view.getUint16(33, true), 4)}:${bare(view.getUint8(35), 2)}:${bare(view.getUint8(32), 2)}.${view.getUint8(31).toString(16)}`;
}

const FIRMWARE_RECORDS = ['IPF SAL Error Record', 'SOC Firmware Error Record Type1 (Legacy CrashLog Support)', 'SOC Firmware Error Record Type2'];
/** Bytes before what follows a record, by its revision. */
const RECORD_HEADS: Readonly<Record<number, number>> = { 0: 16, 1: 8 };
const WHOLE_RECORD_HEAD = 32;

/** A reference to a record of the firmware. Mirrors cper_print_fw_err() and `struct cper_sec_fw_err_rec_ref`. */
function firmwareLines({ data }: RawSection, view: DataView): readonly string[] {
  const type = view.getUint8(0);
  const revision = view.getUint8(1);
  const at = RECORD_HEADS[revision] ?? WHOLE_RECORD_HEAD;
  const identifier = revision === 0 ? [view.getBigUint64(8, true).toString(16).padStart(8, '0')] : revision === 2 ? [guidText(data.subarray(16, 32))] : [];
  return [
    `Firmware Error Record Type: ${FIRMWARE_RECORDS[type] ?? 'unknown'}`,
    `Revision: ${revision}`,
    ...identifier.map((text) => `Record Identifier: ${text}`),
    ...(at > data.length ? [`error section length is too small: offset=${at}, length=${data.length}`] : hexDump(data.subarray(at))),
  ];
}

/** Types of errors of a processor, with the GUID of each. Mirrors cper_get_err_type() and cper_proc_error_type_strs[]. */
const IA_ERRORS: Readonly<Record<string, 'cache error' | 'TLB error' | 'bus error' | 'micro-architectural error'>> = {
  'a55701f5-e3ef-43de-ac72-249b573fad2c': 'cache error',
  'fc06b535-5e1f-4562-9f25-0a3b9adb63c3': 'TLB error',
  '1cf3f8b3-c5b1-49a2-aa59-5eef92ffa63c': 'bus error',
  '48ab7f57-dc34-4f6c-a7d3-b0b5b0a74314': 'micro-architectural error',
};
const CONTEXTS = [
  'Unclassified Data', 'MSR Registers (Machine Check and other MSRs)', '32-bit Mode Execution Context', '64-bit Mode Execution Context', 'FXSAVE Context',
  '32-bit Mode Debug Registers (DR0-DR7)', '64-bit Mode Debug Registers (DR0-DR7)', 'Memory Mapped Registers',
];
const CONTEXT_MSR = 1;
const CONTEXT_MMREG = 7;

/** A field of a check: the bit that says that it is valid, its name, its lowest bit; how many bits, and their words. Without words it is yes or no. */
type CheckField = readonly [valid: number, name: string, at: number, bits?: number, words?: readonly string[]];

const FLAGS = (valid: number, at: number): readonly CheckField[] => (
  ['Processor Context Corrupt', 'Uncorrected', 'Precise IP', 'Restartable IP', 'Overflow'].map((name, n) => [valid + n, name, at + n] as const));
const OPERATIONS = ['generic error', 'generic read', 'generic write', 'data read', 'data write', 'instruction fetch', 'prefetch', 'eviction', 'snoop'];
const check = (operations: readonly string[]): readonly CheckField[] => [
  [0, 'Transaction Type', 16, 2, ['Instruction', 'Data Access', 'Generic']], [1, 'Operation', 18, 4, operations], [2, 'Level', 22, 3], ...FLAGS(3, 25),
];

/** What is in the check of each type of error. Mirrors print_err_info() and print_err_info_ms(). */
const CHECKS: Readonly<Record<(typeof IA_ERRORS)[string], readonly CheckField[]>> = {
  'cache error': check(OPERATIONS),
  'TLB error': check(OPERATIONS.slice(0, 7)),
  'bus error': [
    ...check(OPERATIONS.slice(0, 7)),
    [8, 'Participation Type', 30, 2, ['Local Processor originated request', 'Local Processor responded to request', 'Local Processor observed', 'Generic']],
    [9, 'Time Out', 32],
    [10, 'Address Space', 33, 2, ['Memory Access', 'Reserved', 'I/O', 'Other Transaction']],
  ],
  'micro-architectural error': [
    [0, 'Error Type', 16, 3, ['No Error', 'Unclassified', 'Microcode ROM Parity Error', 'External Error', 'FRC Error', 'Internal Unclassified']], ...FLAGS(1, 19),
  ],
};

function checkLine(value: bigint, [valid, name, at, bits, words]: CheckField): readonly string[] {
  if (((value >> BigInt(valid)) & 1n) === 0n) return [];
  const field = Number((value >> BigInt(at)) & ((1n << BigInt(bits ?? 1)) - 1n));
  return [`${name}: ${bits === undefined ? String(field === 1) : words === undefined ? String(field) : worded(field, words)}`];
}

/** Sizes of the parts of the section. */
const IA = { head: 64, error: 64, context: 16, cpuid: 48 } as const;
const IA_IDENTIFIERS = ['Target Identifier', 'Requestor Identifier', 'Responder Identifier', 'Instruction Pointer'];

/** An error of a processor of the x86 kind. Mirrors cper_print_proc_ia() (drivers/firmware/efi/cper-x86.c). */
function iaLines({ data, style }: RawSection, view: DataView): readonly string[] {
  const valid = view.getBigUint64(0, true);
  const count = (from: number): number => Number((valid >> BigInt(from)) & 63n);
  const lines: string[] = [];
  if ((valid & 1n) !== 0n) lines.push(`Local APIC_ID: 0x${view.getBigUint64(8, true).toString(16)}`);
  if ((valid & 2n) !== 0n) lines.push('CPUID Info:', ...hexDump(data.subarray(16, 16 + IA.cpuid), { characters: false }));
  let at: number = IA.head;
  for (let n = 0; n < count(2) && at + IA.error <= data.length; n += 1, at += IA.error) {
    const guid = guidText(data.subarray(at, at + 16));
    const type = IA_ERRORS[guid];
    const has = view.getUint32(at + 16, true);
    const value = view.getBigUint64(at + 24, true);
    lines.push(`Error Information Structure ${n}:`, ` Error Structure Type: ${type ?? 'unknown'}`, ...(type === undefined ? [` Error Structure Type: ${guid}`] : []));
    if ((has & 1) !== 0) lines.push(` Check Information: 0x${hex64(value)}`, ...(type === undefined ? [] : CHECKS[type].flatMap((field) => checkLine(value, field)).map((line) => `  ${line}`)));
    IA_IDENTIFIERS.forEach((name, index) => {
      if ((has & (2 << index)) !== 0) lines.push(` ${name}: 0x${hex64(view.getBigUint64(at + 32 + 8 * index, true))}`);
    });
  }
  for (let n = 0; n < count(8) && at + IA.context <= data.length; n += 1) {
    const type = view.getUint16(at, true);
    const size = view.getUint16(at + 2, true);
    lines.push(`Context Information Structure ${n}:`, ` Register Context Type: ${CONTEXTS[type] ?? 'unknown'}`, ` Register Array Size: ${hexOf(size, 4)}`);
    if (type === CONTEXT_MSR) lines.push(` MSR Address: ${hexOf(view.getUint32(at + 4, true), 8)}`);
    if (type === CONTEXT_MMREG) lines.push(` MM Register Address: 0x${hex64(view.getBigUint64(at + 8, true))}`);
    // The kernel reads on where the section ends. Zeros are there.
    const registers = new Uint8Array(size);
    registers.set(data.subarray(at + IA.context, at + IA.context + size));
    lines.push(' Register Array:', ...hexDump(registers, { group: type === CONTEXT_MSR ? 8 : 4, characters: false }).map((line) => ` ${line}`));
    const whole = IA.context + size;
    at += style.alignsContexts ? Math.ceil(whole / 16) * 16 : whole;
  }
  return lines;
}

/** Sections of CXL that have a name and no lines: ignore_sections[]. */
const named = (name: string): SectionPrinter => ({ name, least: 0, print: () => [], goesTo: 'cxl' });

/** The sections that come as bytes, by the GUID of their type. */
export const SECTION_PRINTERS: Readonly<Record<string, SectionPrinter>> = {
  'd995e954-bbc1-430f-ad91-b44dcb3c6f35': { name: 'PCIe error', least: PCIE_BYTES, print: pcieLines, goesTo: 'aer' },
  'dc3ea0b0-a144-4797-b95b-53fa242b6e1d': { name: 'IA32/X64 processor error', least: IA.head, print: iaLines },
  '81212a96-09ed-4996-9471-8d729c8e69ed': { name: 'Firmware Error Record Reference', least: 16, print: firmwareLines },
  'fbcd0a77-c260-417f-85a9-088b1621eba6': named('CXL General Media Event'),
  '601dcbb3-9c06-4eab-b8af-4e9bfb5c9624': named('CXL DRAM Event'),
  'fe927475-dd59-4339-a586-79bab113b774': named('CXL Memory Module Event'),
};
