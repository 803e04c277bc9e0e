import { type CperBody, type CperMemory, type CperProcessor, type CperRecord, type CperSection, guidText } from '../../src/kernel/ras/cper.ts';
import { PROCESSOR_LAYOUT } from '../../src/kernel/ras/processor-section.ts';

/** Offsets of `struct acpi_hest_generic_status` and `struct acpi_hest_generic_data_v300` (include/acpi/actbl1.h). */
const STATUS_BYTES = 20;
const SECTION_BYTES = 72;

/** Decodes the bytes of a generic error status block into the record that the model takes. */
export function decodeBlock(bytes: Buffer): CperRecord {
  const sections: CperSection[] = [];
  const end = STATUS_BYTES + bytes.readUInt32LE(12);
  for (let at = STATUS_BYTES; at < end;) {
    const length = bytes.readUInt32LE(at + 24);
    sections.push(decodeSection(bytes.subarray(at, at + SECTION_BYTES), bytes.subarray(at + SECTION_BYTES, at + SECTION_BYTES + length)));
    at += SECTION_BYTES + length;
  }
  return { severity: bytes.readUInt32LE(16), sections };
}

const VALID = { fruId: 1, fruText: 2, timestamp: 4 } as const;
const THRESHOLD_EXCEEDED = 8;

function decodeSection(head: Buffer, payload: Buffer): CperSection {
  const valid = head.readUInt8(22);
  const text = head.toString('latin1', 44, 64);
  return {
    severity: head.readUInt32LE(16),
    ...((head.readUInt8(23) & THRESHOLD_EXCEEDED) !== 0 && { thresholdExceeded: true }),
    ...((valid & VALID.fruId) !== 0 && { fruId: new Uint8Array(head.subarray(28, 44)) }),
    ...((valid & VALID.fruText) !== 0 && { fruText: text.includes('\0') ? text.slice(0, text.indexOf('\0')) : text }),
    ...((valid & VALID.timestamp) !== 0 && { timestamp: new Uint8Array(head.subarray(64, 72)) }),
    body: decodeBody(new Uint8Array(head.subarray(0, 16)), payload),
  };
}

const MEMORY = 'a5bc1114-6f64-4ede-b863-3e83ed7c83b1';
const PROCESSOR = '9876ccad-47b4-4bdb-b65e-16f193c4f3db';
const OLD_MEMORY_BYTES = 73;
const PROCESSOR_BYTES = 192;

function decodeBody(type: Uint8Array, data: Buffer): CperBody {
  if (guidText(type) === MEMORY && data.length >= OLD_MEMORY_BYTES) return { kind: 'memory', memory: decodeMemory(data) };
  if (guidText(type) === PROCESSOR && data.length >= PROCESSOR_BYTES) return { kind: 'processor', processor: decodeProcessor(data) };
  return { kind: 'raw', type, data: new Uint8Array(data) };
}

/** The fields of `struct cper_sec_mem_err` (include/linux/cper.h): the bit that makes each valid, its offset and its bytes. */
const MEMORY_LAYOUT: readonly (readonly [keyof CperMemory, bit: number, at: number, bytes: 1 | 2 | 8])[] = [
  ['error_status', 0, 8, 8], ['physical_addr', 1, 16, 8], ['physical_addr_mask', 2, 24, 8], ['node', 3, 32, 2], ['card', 4, 34, 2], ['module', 5, 36, 2],
  ['bank', 6, 38, 2], ['bank_group', 19, 39, 1], ['bank_address', 20, 38, 1], ['device', 7, 40, 2], ['row', 8, 42, 2], ['column', 9, 44, 2],
  ['bit_pos', 10, 46, 2], ['requestor_id', 11, 48, 8], ['responder_id', 12, 56, 8], ['target_id', 13, 64, 8], ['error_type', 14, 72, 1],
  ['row_ext', 18, 73, 1], ['chip_id', 21, 73, 1], ['rank', 15, 74, 2], ['mem_array_handle', 16, 76, 2], ['mem_dev_handle', 17, 78, 2],
];
/** Which part of its byte each of these is: a shift and a mask. */
const PARTS: Partial<Record<keyof CperMemory, readonly [shift: number, mask: number]>> = { row_ext: [0, 3], chip_id: [5, 7] };
const FIRST_BEYOND_OLD = 15n;

function decodeMemory(data: Buffer): CperMemory {
  const valid = data.readBigUInt64LE(0);
  const fields = MEMORY_LAYOUT.flatMap(([key, bit, at, bytes]) => {
    if (((valid >> BigInt(bit)) & 1n) === 0n) return [];
    // An old section ends before these. The kernel then reads what follows in memory: zeros in the recordings.
    const value = at + bytes > data.length ? 0 : bytes === 8 ? data.readBigUInt64LE(at) : data.readUIntLE(at, bytes);
    const [shift, mask] = PARTS[key] ?? [0, undefined];
    return [[key, mask === undefined ? value : (Number(value) >> shift) & mask] as const];
  });
  return {
    ...Object.fromEntries(fields),
    ...(data.length === OLD_MEMORY_BYTES && valid >> FIRST_BEYOND_OLD !== 0n && { beyond_structure: true as const }),
  };
}

function decodeProcessor(data: Buffer): CperProcessor {
  const valid = data.readBigUInt64LE(0);
  return Object.fromEntries(Object.entries(PROCESSOR_LAYOUT).flatMap(([key, { at, bytes, bit }]) => {
    if (((valid >> BigInt(bit)) & 1n) === 0n) return [];
    return [[key, bytes === 8 ? data.readBigUInt64LE(at) : data.readUInt8(at)] as const];
  }));
}
