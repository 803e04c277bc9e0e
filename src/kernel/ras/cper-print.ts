import {
  CPER_SEVERITIES, type CperBody, type CperMemory, type CperProcessor, type CperRecord, type CperSection, cperDimmErrLocation, cperMemErrLocation,
  cperMemErrStatusStr, cperMemErrTypeStr, cperSeverityStr, guidText, hex64,
} from './cper.ts';
import { type CperStyle, printSection, SECTION_PRINTERS } from './cper-sections.ts';
import { hexDump } from './hex-dump.ts';

/** What printing a record needs of the machine: the name of a DIMM's slot by its SMBIOS handle. */
export interface CperNames {
  readonly dimm: (handle: number) => string | undefined;
  /** Characters of what stands before each line: lists of words are wrapped so that a line with it has no more than 80. */
  readonly prefix: number;
  readonly style: CperStyle;
}

/** A line of a record. `own` lines are warnings about the firmware: they have a level of their own and no prefix. */
export interface CperLine {
  readonly text: string;
  readonly own?: true;
}

/**
 * The lines of a record, without the prefix of each but with its indentation. Mirrors cper_estatus_print() (drivers/firmware/efi/cper.c).
 */
export function cperEstatusPrint({ severity, sections }: CperRecord, names: CperNames): readonly CperLine[] {
  const lines: CperLine[] = [];
  if (severity === CPER_SEVERITIES.corrected) lines.push({ text: 'It has been corrected by h/w and requires no further action' });
  lines.push({ text: `event severity: ${cperSeverityStr(severity)}` });
  sections.forEach((section, index) => lines.push(...sectionLines(section, index, names)));
  return lines;
}

/** Mirrors cper_estatus_print_section(). */
function sectionLines({ severity, fruId, fruText, timestamp, body }: CperSection, index: number, names: CperNames): readonly CperLine[] {
  const head = [
    ...(timestamp ? [timestampLine(timestamp)] : []),
    `Error ${index}, type: ${cperSeverityStr(severity)}`,
    ...(fruId ? [`fru_id: ${guidText(fruId)}`] : []),
    ...(fruText === undefined ? [] : [`fru_text: ${fruText}`]),
  ];
  return [...head.map((text) => ({ text: ` ${text}` })), ...bodyLines(body, severity, names).map((line) => (line.own ? line : { text: `  ${line.text}` }))];
}

function timestampLine(stamp: Uint8Array): string {
  const part = (at: number): string => String(bcd2bin(stamp[at] ?? 0)).padStart(2, '0');
  const precise = ((stamp[3] ?? 0) & 1) === 1 ? 'precise ' : 'imprecise ';
  return `${precise}tstamp: ${part(7)}${part(6)}-${part(5)}-${part(4)} ${part(2)}:${part(1)}:${part(0)}`;
}

function bcd2bin(value: number): number {
  return (value & 0x0f) + (value >> 4) * 10;
}

/** The types of sections that the kernel can print, by GUID. A section of such a type that comes as raw bytes is too small for it. */
const SECTION_TYPES: Readonly<Record<string, string>> = {
  'a5bc1114-6f64-4ede-b863-3e83ed7c83b1': 'memory error',
  '9876ccad-47b4-4bdb-b65e-16f193c4f3db': 'general processor error',
};

/** Whether a raw section is one that the kernel takes for a memory error. */
export function isMemorySection(type: Uint8Array): boolean {
  return SECTION_TYPES[guidText(type)] === 'memory error';
}

const FIRMWARE_WARNING = '[Firmware Warn]: ';

function bodyLines(body: CperBody, severity: number, names: CperNames): readonly CperLine[] {
  if (body.kind === 'raw') return rawLines(body, severity, names.style);
  if (body.kind === 'processor') return ['section_type: general processor error', ...processorLines(body.processor, names.prefix)].map((text) => ({ text }));
  const lines = [{ text: 'section_type: memory error' }];
  if (body.memory.beyond_structure) return [...lines, { text: `${FIRMWARE_WARNING}valid bits set for fields beyond structure`, own: true }];
  return [...lines, ...memoryLines(body.memory, names).map((text) => ({ text }))];
}

const TOO_SMALL: CperLine = { text: `${FIRMWARE_WARNING}error section length is too small`, own: true };

function rawLines({ type, data }: Extract<CperBody, { kind: 'raw' }>, severity: number, style: CperStyle): readonly CperLine[] {
  const known = SECTION_TYPES[guidText(type)];
  if (known !== undefined) return [{ text: `section_type: ${known}` }, TOO_SMALL];
  const printer = SECTION_PRINTERS[guidText(type)];
  if (printer !== undefined && (style.cxl || printer.goesTo !== 'cxl')) {
    const lines = printSection(printer, { data, severity, style });
    return [{ text: `section_type: ${printer.name}` }, ...(lines?.map((text) => ({ text })) ?? [TOO_SMALL])];
  }
  return [
    `section type: unknown, ${guidText(type)}`, `section length: ${data.length === 0 ? '0' : `0x${data.length.toString(16)}`}`, ...hexDump(data),
  ].map((text) => ({ text }));
}

/** Mirrors cper_print_mem(). */
function memoryLines(memory: CperMemory, { dimm }: CperNames): readonly string[] {
  const { error_status: status, physical_addr: address, physical_addr_mask: mask, error_type: type } = memory;
  return [
    status !== undefined && ` error_status: ${cperMemErrStatusStr(status)} (0x${hex64(status)})`,
    address !== undefined && `physical_address: 0x${hex64(address)}`,
    mask !== undefined && `physical_address_mask: 0x${hex64(mask)}`,
    cperMemErrLocation(memory),
    type !== undefined && `error_type: ${type}, ${cperMemErrTypeStr(type)}`,
    cperDimmErrLocation(memory, dimm),
  ].filter((line) => typeof line === 'string' && line !== '') as string[];
}

/** How a field of a processor error is printed: its name, its words by number, its words by bit, or as hex digits. */
type Shown =
  | { readonly name: string; readonly words: readonly string[] }
  | { readonly name: string; readonly bits: readonly string[] }
  | { readonly name: string };

/** The fields of a processor error in the order in which they are printed. Mirrors cper_print_proc_generic() and its tables. */
const PROCESSOR: readonly (readonly [keyof CperProcessor, Shown])[] = [
  ['proc_type', { name: 'processor_type', words: ['IA32/X64', 'IA64', 'ARM'] }],
  ['proc_isa', { name: 'processor_isa', words: ['IA32', 'IA64', 'X64', 'ARM A32/T32', 'ARM A64'] }],
  ['proc_error_type', { name: 'error_type', bits: ['cache error', 'TLB error', 'bus error', 'micro-architectural error'] }],
  ['operation', { name: 'operation', words: ['unknown or generic', 'data read', 'data write', 'instruction execution'] }],
  ['flags', { name: 'flags', bits: ['restartable', 'precise IP', 'overflow', 'corrected'] }],
  ['level', { name: 'level' }],
  ['cpu_version', { name: 'version_info' }],
  ['proc_id', { name: 'processor_id' }],
  ['target_addr', { name: 'target_address' }],
  ['requestor_id', { name: 'requestor_id' }],
  ['responder_id', { name: 'responder_id' }],
  ['ip', { name: 'IP' }],
];

function processorLines(processor: CperProcessor, prefix: number): readonly string[] {
  return PROCESSOR.flatMap(([key, shown]) => {
    const value = processor[key];
    if (value === undefined) return [];
    if (typeof value === 'bigint') return [`${shown.name}: 0x${hex64(value)}`];
    if ('words' in shown) return [`${shown.name}: ${value}, ${shown.words[value] ?? 'unknown'}`];
    if ('bits' in shown) return [`${shown.name}: 0x${value.toString(16).padStart(2, '0')}`, ...bitLines(value, shown.bits, prefix)];
    return [`${shown.name}: ${value}`];
  });
}

/** The level at the start of a line, and the blanks of a section: characters of the prefix that cper_print_bits() counts too. */
const LEVEL_AND_BLANKS = 4;
const WRAPPED_AT = 80;

/** The words of the bits that are set, wrapped. Mirrors cper_print_bits(). */
function bitLines(value: number, bits: readonly string[], prefix: number): readonly string[] {
  const lines: string[] = [];
  for (const word of bits.filter((_, bit) => (value & (1 << bit)) !== 0)) {
    const last = lines.at(-1);
    if (last === undefined || prefix + LEVEL_AND_BLANKS + last.length + word.length + 2 > WRAPPED_AT) lines.push(word);
    else lines[lines.length - 1] = `${last}, ${word}`;
  }
  return lines;
}
