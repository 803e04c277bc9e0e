import type { CperMemErrCompact, TraceEvent, TraceEventName } from '../ras/trace-event.ts';

/** One event of a kernel. */
export interface EventFormat {
  /** The number by which a record names its event. */
  readonly id: number;
  /** The fields as C declarations, in order: `u16 error_count`, `char sec_type[16]`, `__data_loc char[] msg`. */
  readonly fields: readonly string[];
  /** The `print fmt` of its file `format`. */
  readonly print: string;
}

/** A page type of `memory_failure_event`: its number, its name in `enum mf_action_page_type`, and its text in this kernel. */
export type FailureSymbol = readonly [number: number, type: string, text: string];

/**
 * Events that nothing here raises, by `system:event`. Tools look for them and wait for those that are missing: rasdaemon 0.8 waits half a minute
 * for each.
 */
export type SilentEvents = Readonly<Record<string, EventFormat>>;

/** The trace events of a kernel: everything in which their binary format differs from one kernel to the next. */
export interface TraceEventFormats {
  /** `char` is signed: kernels before 6.2 are built without -funsigned-char. */
  readonly charIsSigned?: boolean;
  /** Rows of 16 bytes have no blank between them where bytes are printed in hex. */
  readonly hexRowsJoin?: boolean;
  /** MF_PAGE_TYPE of include/ras/ras_event.h (include/trace/events/memory-failure.h). */
  readonly pageTypes: readonly FailureSymbol[];
  readonly events: Readonly<Record<TraceEventName, EventFormat>>;
  readonly silent: SilentEvents;
  /** Flags of trace_options that came later. */
  readonly lacksOptions?: readonly string[];
}

/** The results of memory_failure_event by number: MF_RESULT of include/ras/ras_event.h. */
export const MF_RESULTS = [['MF_IGNORED', 'Ignored'], ['MF_FAILED', 'Failed'], ['MF_DELAYED', 'Delayed'], ['MF_RECOVERED', 'Recovered']] as const;

/** Where a field of a record lies, and how `format` describes it. */
export interface EventField {
  readonly type: string;
  readonly name: string;
  /** The declaration without its name: `__data_loc char[] msg`, `char sec_type[16]`. */
  readonly declaration: string;
  readonly offset: number;
  /** Bytes in the fixed part of the record. */
  readonly size: number;
  readonly signed: boolean;
  /** Its bytes lie behind the fixed part: a string, or an array of bytes. */
  readonly dynamic?: 'string' | 'bytes';
  /** Elements of an array. */
  readonly elements?: number;
}

/** An event with the places of its fields. */
export interface EventLayout {
  readonly name: string;
  readonly system: string;
  /** The name without its system. */
  readonly event: string;
  readonly id: number;
  readonly fields: readonly EventField[];
  /** Bytes of the fixed part, and where the dynamic part begins. */
  readonly size: number;
  readonly dataOffset: number;
  readonly print: string;
}

/** A value of a decoded field. */
export type FieldValue = number | bigint | string | Uint8Array;
export type Decoded = ReadonlyMap<string, FieldValue>;

/** Bytes and sign of the C types of fields. */
const C_TYPES: Readonly<Record<string, readonly [size: number, signed: boolean]>> = {
  'unsigned short': [2, false], 'unsigned char': [1, false], int: [4, true], 'unsigned int': [4, false], 'unsigned long': [8, false], long: [8, true],
  u8: [1, false], s8: [1, true], u16: [2, false], s16: [2, true], u32: [4, false], u64: [8, false], dev_t: [4, false], sector_t: [8, false],
};
/** A type of which a kernel may have either sign. */
const CHAR = 'char';
/** Structures: their bytes. They lie at any offset. */
const STRUCTURES: Readonly<Record<string, number>> = { guid_t: 16, uuid_t: 16, 'struct cper_mem_err_compact': 55 };
/** Of struct trace_entry, with which every record begins. */
const COMMON = ['unsigned short common_type', 'unsigned char common_flags', 'unsigned char common_preempt_count', 'int common_pid'];
const COMMON_SIZE = 8;
const POINTER = 8;

/** Places the fields as a C compiler does. */
function layFields(declarations: readonly string[], charIsSigned: boolean): { readonly fields: readonly EventField[]; readonly end: number; readonly align: number } {
  const fields: EventField[] = [];
  let at = 0;
  let most = 1;
  for (const declaration of declarations) {
    const [, type = '', name = '', count] = /^(.*) (\w+)(?:\[(\d*)\])?$/.exec(declaration) ?? [];
    const structure = STRUCTURES[type];
    const element = type.replace(/^__data_loc /, '').replace(/\[\]$/, '');
    const [size, signed] = element === CHAR ? [1, charIsSigned] as const : (C_TYPES[element] ?? [1, false]);
    const isDynamic = type.startsWith('__data_loc ');
    const align = structure !== undefined ? 1 : isDynamic ? 4 : size;
    at = Math.ceil(at / align) * align;
    const elements = count === undefined ? undefined : Number(count);
    const bytes = structure ?? (isDynamic ? 4 : size * (elements ?? 1));
    fields.push({
      type, name, declaration, offset: at, size: bytes, signed: structure === undefined && signed,
      ...(isDynamic && { dynamic: element === CHAR ? 'string' as const : 'bytes' as const }), ...(elements !== undefined && { elements }),
    });
    at += bytes;
    most = Math.max(most, Math.min(align, POINTER));
  }
  return { fields, end: at, align: most };
}

const laidEvents = new WeakMap<TraceEventFormats, readonly EventLayout[]>();

/** The events of a kernel with the places of their fields, in the order of the kernel's table: by number. All machines with this kernel share them. */
export function layEvents(formats: TraceEventFormats): readonly EventLayout[] {
  const laid = laidEvents.get(formats) ?? place(formats);
  laidEvents.set(formats, laid);
  return laid;
}

function place({ charIsSigned = false, events, silent }: TraceEventFormats): readonly EventLayout[] {
  const rows = Object.entries<EventFormat>({ ...events, ...silent }).sort(([, a], [, b]) => a.id - b.id);
  return rows.map(([name, { id, fields, print }]) => {
    const { fields: placed, end, align } = layFields([...COMMON, ...fields], charIsSigned);
    const [system = '', event = ''] = name.split(':');
    return { name, system, event, id, fields: placed, size: Math.ceil(end / align) * align, dataOffset: end, print };
  });
}

/** The file `format` of an event. Mirrors f_show() (kernel/trace/trace_events.c). */
export function formatText({ event, id, fields, print }: Pick<EventLayout, 'event' | 'id' | 'fields' | 'print'>): string {
  const line = ({ declaration, offset, size, signed }: EventField): string => {
    return `\tfield:${declaration};\toffset:${offset};\tsize:${size};\tsigned:${signed ? 1 : 0};\n`;
  };
  const common = fields.slice(0, COMMON.length);
  return `name: ${event}\nID: ${id}\nformat:\n${common.map(line).join('')}\n${fields.slice(COMMON.length).map(line).join('')}\nprint fmt: ${print}\n`;
}

/** The file `format` of ftrace:print, the event of trace_marker. Every kernel has it, and tools read it. Source: kernel/trace/trace_entries.h. */
export function printEventFormat({ charIsSigned = false }: TraceEventFormats): { readonly id: number; readonly format: string } {
  const { fields } = layFields([...COMMON, 'unsigned long ip', 'char buf[]'], charIsSigned);
  return { id: 5, format: formatText({ event: 'print', id: 5, fields, print: '"%ps: %s", (void *)REC->ip, REC->buf' }) };
}

/** Fields of `struct cper_mem_err_compact`, which is packed, and the bytes of each. */
const COMPACT = [
  ['validation_bits', 8], ['node', 2], ['card', 2], ['module', 2], ['bank', 2], ['device', 2], ['row', 2], ['column', 2], ['bit_pos', 2],
  ['requestor_id', 8], ['responder_id', 8], ['target_id', 8], ['rank', 2], ['mem_array_handle', 2], ['mem_dev_handle', 2], ['extended', 1],
] as const satisfies readonly (readonly [keyof CperMemErrCompact, number])[];

function packCompact(memory: CperMemErrCompact): Uint8Array {
  const bytes = new Uint8Array(STRUCTURES['struct cper_mem_err_compact'] ?? 0);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [name, size] of COMPACT) {
    putNumber(view, at, size, memory[name]);
    at += size;
  }
  return bytes;
}

/** The location of a memory error from its bytes. */
export function unpackCompact(bytes: Uint8Array): Readonly<Record<(typeof COMPACT)[number][0], number | bigint>> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  return Object.fromEntries(COMPACT.map(([name, size]) => {
    const value = getNumber(view, at, size, false);
    at += size;
    return [name, value];
  })) as Record<(typeof COMPACT)[number][0], number | bigint>;
}

function putNumber(view: DataView, at: number, size: number, value: number | bigint): void {
  if (size === 8) view.setBigUint64(at, BigInt.asUintN(64, BigInt(value)), true);
  else if (size === 4) view.setUint32(at, Number(value), true);
  else if (size === 2) view.setUint16(at, Number(value), true);
  else view.setUint8(at, Number(value));
}

function getNumber(view: DataView, at: number, size: number, signed: boolean): number | bigint {
  if (size === 8) return signed ? view.getBigInt64(at, true) : view.getBigUint64(at, true);
  if (size === 4) return signed ? view.getInt32(at, true) : view.getUint32(at, true);
  if (size === 2) return signed ? view.getInt16(at, true) : view.getUint16(at, true);
  return signed ? view.getInt8(at) : view.getUint8(at);
}

/** Fields that hold the length of another. */
const LENGTHS: Readonly<Record<string, string>> = { len: 'buf', pei_len: 'pei_buf', ctx_len: 'ctx_buf', oem_len: 'oem_buf' };

const UTF8 = new TextEncoder();
const TEXT = new TextDecoder('latin1');

/** The values of an event, with enums as this kernel numbers them. */
function valuesOf({ name, fields }: TraceEvent, { pageTypes }: TraceEventFormats): Readonly<Record<string, unknown>> {
  if (name !== 'ras:memory_failure_event') return { ...fields };
  // MF_MSG_UNKNOWN is the last type of every kernel.
  const type = (pageTypes.find(([, known]) => known === fields.type) ?? pageTypes.at(-1))?.[0];
  return { pfn: fields.pfn, type, result: MF_RESULTS.findIndex(([result]) => result === fields.result) };
}

/** The record of an event, as the ring buffer holds it. Mirrors the functions that TRACE_EVENT() makes (include/trace/stages). */
export function encodeEvent(event: TraceEvent, layout: EventLayout, formats: TraceEventFormats, pid: number): Uint8Array {
  const values = valuesOf(event, formats);
  const dynamic = layout.fields.filter((field) => field.dynamic).map((field): [EventField, Uint8Array] => {
    const value = values[field.name];
    return [field, field.dynamic === 'string' ? UTF8.encode(`${typeof value === 'string' ? value.replace(/\0.*$/s, '') : ''}\0`) : (value as Uint8Array | undefined) ?? new Uint8Array(0)];
  });
  const record = new Uint8Array(layout.size + dynamic.reduce((sum, [, bytes]) => sum + bytes.length, 0));
  const view = new DataView(record.buffer);
  const put = (field: EventField, value: unknown): void => {
    if (value instanceof Uint8Array) record.set(value.subarray(0, field.size), field.offset);
    else if (Array.isArray(value)) value.slice(0, field.elements).forEach((element: number, index) => { view.setUint32(field.offset + 4 * index, element, true); });
    else if (typeof value === 'object' && value !== null) record.set(packCompact(value as CperMemErrCompact), field.offset);
    else putNumber(view, field.offset, field.size, (value ?? 0) as number | bigint);
  };
  view.setUint16(0, layout.id, true);
  view.setInt32(4, pid, true);
  for (const field of layout.fields) {
    if (field.offset < COMMON_SIZE || field.dynamic) continue;
    const counted = LENGTHS[field.name];
    put(field, counted === undefined ? values[field.name] : (values[counted] as Uint8Array | undefined)?.length);
  }
  let at = layout.dataOffset;
  for (const [field, bytes] of dynamic) {
    view.setUint32(field.offset, ((bytes.length << 16) | at) >>> 0, true);
    record.set(bytes, at);
    at += bytes.length;
  }
  return record;
}

/** The fields of a record. */
export function decodeEvent(record: Uint8Array, { fields }: EventLayout): Decoded {
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  return new Map(fields.map(({ name, offset, size, signed, dynamic, elements, type }): [string, FieldValue] => {
    if (dynamic !== undefined) {
      const where = view.getUint32(offset, true);
      const bytes = record.subarray(where & 0xffff, (where & 0xffff) + (where >>> 16));
      return [name, dynamic === 'string' ? TEXT.decode(bytes.subarray(0, -1)) : bytes];
    }
    const isBytes = elements !== undefined || STRUCTURES[type] !== undefined;
    return [name, isBytes ? record.subarray(offset, offset + size) : getNumber(view, offset, size, signed)];
  }));
}

/** The number of the event of a record, and its task. */
export function recordHead(record: Uint8Array): { readonly id: number; readonly pid: number } {
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  return { id: view.getUint16(0, true), pid: view.getInt32(4, true) };
}
