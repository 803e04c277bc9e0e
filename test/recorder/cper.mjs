// A firmware that reports hardware errors: the tables and registers through which Linux polls for CPER records, and the records.
import { readFileSync } from 'node:fs';

/**
 * RAM that the kernel does not use, because of its command line. The registers of the firmware lie at its start. A record is written to
 * RECORD.
 */
export const BASE = 0x30000000;
export const RESERVE = `memmap=16M$0x${BASE.toString(16)}`;
export const RECORD = BASE + 0x100;
const EINJ = BASE + 0x2000;
const ALL = 0xffffffffffffffffn;

/** Little-endian bytes of numbers, each `[bytes, value]`. */
function pack(...fields) {
  const bytes = Buffer.alloc(fields.reduce((sum, [size]) => sum + size, 0));
  let at = 0;
  for (const [size, value] of fields) {
    for (let n = 0n, rest = BigInt.asUintN(64, BigInt(value)); n < size; n += 1n, rest >>= 8n) bytes[at++] = Number(rest & 0xffn);
  }
  return bytes;
}

/** The 16 bytes of a GUID as it lies in memory. */
export function guid(text) {
  const hex = text.replaceAll('-', '');
  const byte = (n) => parseInt(hex.slice(2 * n, 2 * n + 2), 16);
  return Buffer.from([3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map(byte));
}

const SECTIONS = {
  memory: 'a5bc1114-6f64-4ede-b863-3e83ed7c83b1',
  processor: '9876ccad-47b4-4bdb-b65e-16f193c4f3db',
};

/** The fields of a memory error section (UEFI, N.2.5): name, size in bytes, the bits that say it is valid. `wide` are those since UEFI 2.3. */
const MEMORY = [
  ['status', 8, 0], ['phys', 8, 1], ['mask', 8, 2], ['node', 2, 3], ['card', 2, 4], ['module', 2, 5], ['bank', 2, 6], ['device', 2, 7], ['row', 2, 8],
  ['column', 2, 9], ['bit', 2, 10], ['requestor', 8, 11], ['responder', 8, 12], ['target', 8, 13], ['kind', 1, 14],
];
const MEMORY_WIDE = [['extended', 1], ['rank', 2, 15], ['memArray', 2, 16], ['memDev', 2, 17]];
/** Fields that share their bytes with others, and their bits. */
const SHARED = { rowExt: 18, bankGroup: 19, bankAddress: 20, chip: 21 };

/** A memory error section. Each field that is given is valid. `old`: as of UEFI 2.1, without the fields at its end. `valid`: more valid bits. */
function memorySection({ old = false, valid = 0, ...fields }) {
  const all = { ...fields };
  let bits = BigInt(valid);
  for (const [name, , bit] of [...MEMORY, ...MEMORY_WIDE]) if (bit !== undefined && name in fields) bits |= 1n << BigInt(bit);
  for (const [name, bit] of Object.entries(SHARED)) if (name in fields) bits |= 1n << BigInt(bit);
  if ('bankGroup' in fields || 'bankAddress' in fields) all.bank = ((fields.bankGroup ?? 0) << 8) | (fields.bankAddress ?? 0);
  all.extended = (fields.rowExt ?? 0) | ((fields.chip ?? 0) << 5);
  return pack([8, bits], ...[...MEMORY, ...(old ? [] : MEMORY_WIDE)].map(([name, size]) => [size, all[name] ?? 0]));
}

/** The fields of a generic processor error section (UEFI, N.2.4.1). Those without a bit are never valid here. */
const PROCESSOR = [
  ['type', 1, 0], ['isa', 1, 1], ['errorType', 1, 2], ['operation', 1, 3], ['flags', 1, 4], ['level', 1, 5], ['', 2], ['version', 8, 6],
  ...Array.from({ length: 16 }, () => ['', 8]), ['id', 8, 8], ['target', 8, 9], ['requestor', 8, 10], ['responder', 8, 11], ['ip', 8, 12],
];

function processorSection(fields) {
  let bits = 0n;
  for (const [name, , bit] of PROCESSOR) if (bit !== undefined && name in fields) bits |= 1n << BigInt(bit);
  return pack([8, bits], ...PROCESSOR.map(([name, size]) => [size, fields[name] ?? 0]));
}

const MAKE = { memory: memorySection, processor: processorSection };
export const SEVERITY = { recoverable: 0, fatal: 1, corrected: 2, info: 3 };

/**
 * One section with its header: `memory` or `processor` fields, or `type`, a GUID, and `data`. `severity`: of the section, by name or number.
 * `stamp`: 8 bytes. Source: struct acpi_hest_generic_data_v300 (include/acpi/actbl1.h).
 */
function section({ severity, flags = 1, fru, fruId, stamp, type, data, ...bodies }) {
  const [kind] = Object.keys(bodies);
  const body = kind === undefined ? Buffer.from(data) : MAKE[kind](bodies[kind]);
  const valid = (fruId ? 1 : 0) | (fru === undefined ? 0 : 2) | (stamp ? 4 : 0);
  return Buffer.concat([
    guid(type ?? SECTIONS[kind]), pack([4, severityOf(severity)], [2, 0x300], [1, valid], [1, flags], [4, body.length]),
    fruId ? guid(fruId) : Buffer.alloc(16), Buffer.concat([Buffer.from(fru ?? '', 'latin1'), Buffer.alloc(20)]).subarray(0, 20),
    stamp ? Buffer.from(stamp) : Buffer.alloc(8), body,
  ]);
}

function severityOf(severity) {
  return SEVERITY[severity] ?? severity;
}

/** A block of sections, whose severity is that of the first unless one is given. Source: struct acpi_hest_generic_status. */
export function block(sections, severity = sections[0].severity) {
  const data = Buffer.concat(sections.map(section));
  const status = (severityOf(severity) < 2 ? 1 : 2) | (sections.length << 4);
  return Buffer.concat([pack([4, status], [4, 0], [4, 0], [4, data.length], [4, severityOf(severity)]), data]);
}

const gas = (address) => pack([1, 0], [1, 64], [1, 0], [1, 4], [8, address]);

/** HEST with one error source that the kernel polls every 500 ms. Source: struct acpi_hest_generic. */
const HEST = Buffer.concat([
  pack([4, 1], [2, 9], [2, 0], [2, 0xffff], [1, 0], [1, 1], [4, 1], [4, 4], [4, 0x800]), gas(BASE),
  pack([1, 0], [1, 28], [2, 0], [4, 500], [4, 0], [4, 0], [4, 0], [4, 0], [4, 0]), pack([4, 0xe00]),
]);

const einjEntry = (action, instruction, address, value = 0, mask = ALL) =>
  Buffer.concat([pack([1, action], [1, instruction], [1, 0], [1, 0]), gas(address), pack([8, value], [8, mask])]);

/** EINJ with all actions of ACPI 5. Source: struct acpi_table_einj. */
const EINJ_ENTRIES = [
  einjEntry(0, 3, EINJ + 40, 1), einjEntry(1, 0, EINJ + 32), einjEntry(2, 2, EINJ), einjEntry(3, 0, EINJ + 8), einjEntry(4, 3, EINJ + 40),
  einjEntry(5, 3, EINJ + 48, 1), einjEntry(6, 1, EINJ + 16, 1, 1), einjEntry(7, 0, EINJ + 24), einjEntry(8, 2, EINJ + 0x100),
];

/** The registers: where a record lies, the types that EINJ can inject, its trigger table, which has no entries. */
function registers() {
  const bytes = Buffer.alloc(0x3000);
  pack([8, RECORD]).copy(bytes, 0);
  pack([8, 0x3f]).copy(bytes, EINJ - BASE + 8);
  pack([8, EINJ + 0x200]).copy(bytes, EINJ - BASE + 32);
  pack([4, 16], [4, 1], [4, 16], [4, 0]).copy(bytes, EINJ - BASE + 0x200);
  return bytes;
}

/** What qemu gets: ACPI tables by signature, and contents of memory by address. */
export const FIRMWARE = {
  append: `${RESERVE} ghes.edac_force_enable=1`,
  tables: { HEST, EINJ: Buffer.concat([pack([4, 48], [1, 0], [3, 0], [4, EINJ_ENTRIES.length]), ...EINJ_ENTRIES]) },
  memory: { [BASE]: registers() },
  smbios: ['type=17,loc_pfx=DIMM,bank=P0_Node0_Channel0,manufacturer=QEMU'],
};

const PLACE = { node: 0, card: 1, module: 2, bank: 3, device: 4, row: 5, column: 6 };
const DRAM = { status: 0x400, mask: 0xfffffffffffff000n };
const corrected = (memory, more) => [{ severity: 'corrected', ...more, memory }];
const recoverable = (memory, more) => [{ severity: 'recoverable', ...more, memory }];

/** All error types, one number too many, and both ends of the range. */
const KINDS = [...Array(17).keys(), 255];
const STATUSES = [0x000, 0x100, 0x400, 0x500, 0x600, 0x700, 0x800, 0x900, 0x1000, 0x1100, 0x1200, 0x1300, 0x1400, 0x1500, 0x1600, 0x1700, 0x1800, 0x1900, 0x1a00, 0x1b00];

/**
 * A case is a name and its records, reported one after the other. Addresses are free memory of a machine of 1 GiB, each in a page of its
 * own. A kernel that uses one of these pages may die of it: CPER_PAGES in the environment is the address of other free memory.
 */
let next = Number(process.env.CPER_PAGES ?? 0x10000000);
const page = () => (next += 0x1000);

export const CASES = [
  ...KINDS.map((kind) => [`kind ${kind}`, [corrected({ ...DRAM, ...PLACE, phys: page(), kind })]]),
  ['recoverable', [recoverable({ ...DRAM, ...PLACE, phys: page(), kind: 3 })]],
  ['recoverable, FRU text', [recoverable({ ...DRAM, ...PLACE, phys: page(), kind: 3 }, { fru: 'DIMM_A1' })]],
  ['FRU text of 20 bytes and FRU id', [corrected({ phys: page(), kind: 2 },
    { fru: 'CPU0_DIMM_B2 channel', fruId: '80ac3a53-c5ae-4ef5-8b2a-0123456789ab' })]],
  ['FRU id alone', [corrected({ phys: page(), kind: 2 }, { fruId: '00112233-4455-6677-8899-aabbccddeeff' })]],
  ['FRU text, empty', [corrected({ phys: page(), kind: 2 }, { fru: '' })]],
  ['informational', [[{ severity: 'info', memory: { ...DRAM, phys: page(), kind: 1 } }]]],
  ['informational with a recoverable section', [[{ severity: 'recoverable', memory: { ...DRAM, phys: page(), kind: 3 } }], 'info']],
  ['recoverable with a corrected section', [[{ severity: 'corrected', memory: { ...DRAM, phys: page(), kind: 2 } }], 'recoverable']],
  ['recoverable, an info section', [[{ severity: 'info', memory: { ...DRAM, phys: page(), kind: 2 } }], 'recoverable']],
  ['corrected with a recoverable section', [[{ severity: 'recoverable', memory: { ...DRAM, phys: page(), kind: 2 } }], 'corrected']],
  ['no address', [recoverable({ status: 0x400, kind: 3 })]],
  ['nothing valid', [recoverable({})]],
  ['an address alone', [recoverable({ phys: page() })]],
  ['a mask of 64 bytes', [corrected({ phys: page() + 0x40, mask: 0xffffffffffffffc0n, kind: 2 })]],
  ['a mask of a byte', [corrected({ phys: page() + 0x7, mask: ALL, kind: 2 })]],
  ['a mask of 0', [corrected({ phys: page(), mask: 0, kind: 2 })]],
  ['a mask of 2 MiB', [corrected({ phys: page(), mask: 0xffffffffffe00000n, kind: 2 })]],
  ['an address without struct page', [recoverable({ phys: 0x123456789000, kind: 3 })]],
  ['an address of a reserved page', [recoverable({ phys: 0x1000 * 0xf0, kind: 3 })]],
  ['the same page again', [recoverable({ phys: page(), kind: 3 }), recoverable({ phys: next, kind: 3, status: 0x400 })]],
  ['rank, bit position', [corrected({ phys: page(), node: 1, card: 2, module: 3, rank: 4, bank: 5, device: 6, row: 7, column: 8, bit: 9, kind: 2 })]],
  ['bank group and address, row extension, chip', [corrected({ phys: page(), node: 0, bankGroup: 3, bankAddress: 2, row: 0x1234, rowExt: 2, chip: 5, kind: 2 })]],
  ['bank group alone', [corrected({ phys: page(), bankGroup: 7, kind: 2 })]],
  ['row extension alone', [corrected({ phys: page(), rowExt: 3, kind: 2 })]],
  ['identifiers', [corrected({ phys: page(), requestor: 0x1122334455667788n, responder: 1, target: ALL, kind: 7 })]],
  ['all fields', [corrected({ ...DRAM, ...PLACE, phys: page(), node: 65535, card: 65535, module: 65535, rank: 65535, bank: 65535, device: 65535, row: 65535, column: 65535,
    bit: 65535, requestor: ALL, responder: ALL, target: ALL, rowExt: 3, chip: 7, memArray: 1, memDev: 2, kind: 2 })]],
  ['handle of a DIMM', [corrected({ ...DRAM, phys: page(), node: 0, card: 0, module: 0, memArray: 0x1000, memDev: 0x1100, kind: 2 })]],
  ['handle of a DIMM, recoverable', [recoverable({ ...DRAM, phys: page(), module: 0, memDev: 0x1100, kind: 3 })]],
  ['handle of no DIMM', [corrected({ ...DRAM, phys: page(), memDev: 0x1234, kind: 2 })]],
  ['handle of a DIMM alone', [corrected({ memDev: 0x1100 })]],
  ['section of UEFI 2.1', [corrected({ ...DRAM, ...PLACE, phys: page(), kind: 2, old: true })]],
  ['section of UEFI 2.1 with a rank', [corrected({ ...DRAM, phys: page(), kind: 2, old: true, valid: 0x8000 })]],
  ['section too small', [[{ severity: 'corrected', type: SECTIONS.memory, data: Buffer.alloc(72) }]]],
  ['threshold exceeded', [corrected({ phys: page(), kind: 2 }, { flags: 9 })]],
  ['two sections', [[...recoverable({ ...DRAM, phys: page(), kind: 3 }, { fru: 'DIMM_A1' }), ...recoverable({ ...DRAM, phys: page(), kind: 3 }, { fru: 'DIMM_A2' })]]],
  ['the same section twice', [[...recoverable({ ...DRAM, phys: page(), kind: 3 }), ...recoverable({ ...DRAM, phys: next, kind: 3 })]]],
  ['three sections of three severities', [[
    ...recoverable({ phys: page(), kind: 3 }), ...corrected({ phys: page(), kind: 2 }), { severity: 'info', memory: { phys: page(), kind: 1 } }]]],
  ['precise time', [corrected({ phys: page(), kind: 2 }, { stamp: [0x56, 0x34, 0x12, 1, 0x28, 0x11, 0x26, 0x20] })]],
  ['imprecise time', [corrected({ phys: page(), kind: 2 }, { stamp: [0x56, 0x34, 0x12, 0, 0x28, 0x11, 0x26, 0x20] })]],
  ['processor, corrected', [[{ severity: 'corrected', processor: { type: 0, isa: 2, errorType: 1, operation: 1, flags: 9, level: 2 } }]]],
  ['processor, all fields', [[{ severity: 'recoverable', fru: 'CPU 0',
    processor: { type: 2, isa: 4, errorType: 15, operation: 3, flags: 15, level: 255, version: 0x60fb1, id: 1, target: 0x12345678, requestor: 2, responder: 3, ip: ALL } }]]],
  ['processor, unknown words', [[{ severity: 'corrected', processor: { type: 3, isa: 5, errorType: 0x30, operation: 4, flags: 0 } }]]],
  ['processor, too small', [[{ severity: 'corrected', type: SECTIONS.processor, data: Buffer.alloc(100) }]]],
  ['unknown section', [[{ severity: 'corrected', type: '01020304-0506-0708-090a-0b0c0d0e0f10', fru: 'vendor', fruId: '80ac3a53-c5ae-4ef5-8b2a-0123456789ab',
    data: Buffer.from('an error that only its vendor understands\x00\x01\x7f\x80\xff!') }]]],
  ['unknown section of 5 bytes', [[{ severity: 'recoverable', type: '01020304-0506-0708-090a-0b0c0d0e0f10', data: [1, 2, 3, 4, 5] }]]],
  ['memory and an unknown section', [[...corrected({ phys: page(), kind: 2 }), { severity: 'corrected', type: '11111111-2222-3333-4444-555555555555', data: [0xaa] }]]],
  ...STATUSES.map((status) => [`status 0x${status.toString(16)}`, [corrected({ status, kind: 0 })]]),
  ['the same record three times', Array(3).fill(corrected({ phys: page(), kind: 2 }))],
  ['five corrected records', Array.from({ length: 5 }, () => corrected({ phys: page(), kind: 2 }))],
  ['five recoverable records', Array.from({ length: 5 }, () => recoverable({ phys: page(), kind: 3 }))],
].map(blocks);

function blocks([name, records]) {
  return [name, typeof records.at(-1) === 'string' ? [block(records[0], records[1])] : records.map((each) => block(each))];
}

/** A PCIe error of a device that is not there: everything is valid but what `valid` leaves out. Source: struct cper_sec_pcie. */
const pcie = (valid = 0xff) => pack(
  [8, valid], [4, 4], [1, 1], [1, 2], [2, 0], [2, 0x507], [2, 0x4010], [4, 0], [2, 0x8086], [2, 0x1234], [3, 0x060400], [1, 3], [1, 0x1c], [2, 0], [1, 5], [1, 6], [2, 0x28],
  [1, 0], [4, 0x11223344], [4, 0x55667788], [2, 0x2000], [2, 3], ...Array.from({ length: 60 }, () => [1, 0]),
  [4, 0x14820001], [4, 0x4000], [4, 0x10], [4, 0x62030], [4, 0x41], [4, 0x2000], [4, 0xae], [4, 0x4a000001], [4, 0x01020304], [4, 0x05060708], [4, 0x090a0b0c],
  ...Array.from({ length: 52 }, () => [1, 0]),
);
/** Two bits more than the last valid one of a check: what is printed of all of them. */
const CHECKS = {
  cache: ['a55701f5-e3ef-43de-ac72-249b573fad2c', 0x3e8500ffn], tlb: ['fc06b535-5e1f-4562-9f25-0a3b9adb63c3', 0x006100ffn],
  bus: ['1cf3f8b3-c5b1-49a2-aa59-5eef92ffa63c', 0x5_ffdf07ffn], ms: ['48ab7f57-dc34-4f6c-a7d3-b0b5b0a74314', 0x00fa003fn],
  unknown: ['01020304-0506-0708-090a-0b0c0d0e0f10', 0xffffn],
};
const iaError = ([type, check], valid = 0x1f) => Buffer.concat([guid(type), pack([8, valid], [8, check], [8, 1], [8, 2], [8, 3], [8, ALL])]);
const iaContext = (type, size) => pack([2, type], [2, size], [4, 0xc0000080], [8, 0xfee00000], ...Array.from({ length: Math.ceil(size / 16) * 2 }, (_, n) => [8, 0x0101010101010101n * BigInt(n + 1)]));
/** A section of a processor of the x86 kind. Source: struct cper_sec_proc_ia. */
const ia = (infos, contexts = [], valid = 3) => Buffer.concat([
  pack([8, valid | (infos.length << 2) | (contexts.length << 8)], [8, 1], [8, 0x60fb1], [8, 0], [8, 0x178bfbff], [8, 0x80802009], [8, 0], [8, 0]), ...infos, ...contexts,
]);
const firmwareRecord = (type, revision, more = []) => Buffer.concat([
  pack([1, type], [1, revision], [6, 0], [8, 0x1234abcd]), guid('8f87f311-c998-4d9e-a0c4-6065518c4f6d'), Buffer.from(more),
]);
const TYPES = {
  pcie: 'd995e954-bbc1-430f-ad91-b44dcb3c6f35', ia: 'dc3ea0b0-a144-4797-b95b-53fa242b6e1d', arm: 'e19e3d16-bc11-11e4-9caa-c2051d5d46b0',
  firmware: '81212a96-09ed-4996-9471-8d729c8e69ed', cxlMedia: 'fbcd0a77-c260-417f-85a9-088b1621eba6', cxlDram: '601dcbb3-9c06-4eab-b8af-4e9bfb5c9624',
  cxlModule: 'fe927475-dd59-4339-a586-79bab113b774', cxlProtocol: '80b9efb4-52b5-4de3-a777-68784b771048', pciBus: 'c5753963-3b84-4095-bf78-eddad3f9c9dd',
};
const of = (type, data, severity = 'corrected') => [[{ severity, type: TYPES[type], data }]];

/** Sections of other kinds than memory and generic processors. */
export const SECTION_CASES = [
  ['PCIe, all fields', of('pcie', pcie())],
  ['PCIe, recoverable', of('pcie', pcie(), 'recoverable')],
  ['PCIe, without a device', of('pcie', pcie(0x87))],
  ['PCIe, nothing valid', of('pcie', pcie(0))],
  ['PCIe, too small', of('pcie', Buffer.alloc(200))],
  ...Object.entries(CHECKS).map(([name, check]) => [`IA32/X64, ${name}`, of('ia', ia([iaError(check)]))]),
  ['IA32/X64, two errors and two contexts', of('ia', ia([iaError(CHECKS.cache, 1), iaError(CHECKS.bus, 0x12)], [iaContext(3, 40), iaContext(7, 16)]), 'recoverable')],
  ['IA32/X64, nothing valid', of('ia', ia([], [], 0))],
  ['IA32/X64, too small', of('ia', Buffer.alloc(60))],
  ['firmware record, revision 0', of('firmware', firmwareRecord(0, 0, [1, 2, 3, 4]))],
  ['firmware record, revision 1', of('firmware', firmwareRecord(1, 1))],
  ['firmware record, revision 2', of('firmware', firmwareRecord(2, 2, [0xaa, 0xbb]))],
  ['firmware record, unknown type', of('firmware', firmwareRecord(9, 3))],
  ['firmware record, shorter than its revision', of('firmware', firmwareRecord(2, 2).subarray(0, 20))],
  ['firmware record, too small', of('firmware', Buffer.alloc(15))],
  ['ARM, of which this processor is none', of('arm', Buffer.concat([pack([4, 7], [2, 0], [2, 0], [4, 40], [1, 1], [3, 0], [8, 0x80000000], [8, 0x410fd083], [4, 1], [4, 0])]))],
  ['CXL media event', of('cxlMedia', Buffer.alloc(128))],
  ['CXL DRAM event', of('cxlDram', Buffer.alloc(128))],
  ['CXL module event', of('cxlModule', Buffer.alloc(128))],
  ['CXL protocol error, too small', of('cxlProtocol', Buffer.alloc(40))],
  ['PCI bus, which has no printer', of('pciBus', Buffer.alloc(20, 0x5a))],
].map(blocks);

/** The cases as files of the machine: `cases` lists them, `record-N` is a record. */
export function caseFiles(cases = CASES) {
  const files = {};
  const lines = [];
  let number = 0;
  for (const [name, blocks] of cases) {
    const names = blocks.map((bytes) => {
      const file = `record-${number++}`;
      files[file] = bytes.toString('latin1');
      return file;
    });
    lines.push(`${names.join(' ')}\t${name}\n`);
  }
  return { ...files, cases: lines.join('') };
}

/** The driver of EDAC, which Debian does not build. The environment variable GHES_EDAC names the file. Without it EDAC is not recorded. */
export function driverFile() {
  const path = process.env.GHES_EDAC;
  return path === undefined ? {} : { 'ghes_edac.ko': readFileSync(path, 'latin1') };
}

/**
 * The golden: lines without times, trace events without task, CPU and time, counters on one line if they changed. `times` are the seconds
 * at which the records of a case were read, because rate limits depend on them.
 */
export function cperGolden(output) {
  let counts = '';
  return output.replaceAll(WARNING, '').split(/^(?=== )/m).map((each) => {
    const counters = [];
    const times = [];
    const lines = each.split('\n').filter((line) => !CLOCK.test(line)).flatMap((line) => {
      const counter = /^(?:dimm0\/dimm_)?[cu]e_(?:noinfo_)?count:(\d+)$/.exec(line);
      if (counter) {
        counters.push(counter[1]);
        return [];
      }
      const [, time] = /^<\d+>\[ *([\d.]+)\] (?:\{|EDAC|mce: .*logged)/.exec(line) ?? [];
      if (time !== undefined && Number(time) - Number(times.at(-1) ?? -1) > A_POLL) times.push(time);
      const event = /^ *\S+-\d+ +\[\d+\] \S+ +[\d.]+: (.*)$/.exec(line);
      if (event) return [`trace ${event[1].replace(/, vendor data: .*/, '').replace(/time: \d+/, 'time: TIME')}`];
      return [line.replace(/^(<\d+>)\[ *[\d.]+\] /, '$1').replace(/TIME \d+/, 'TIME TIME')];
    });
    const now = counters.join(' ');
    const shown = now === counts || now === '' ? [] : [`counts ${now}`];
    counts = now;
    return [...lines.slice(0, -1), ...(times.length > 0 ? [`times ${times.join(' ')}`] : []), ...shown, ''].join('\n');
  }).join('');
}
/** The stack dump of WARN_ON_ONCE(), for a grain of 0 bytes. */
const WARNING = /^<\d>\[ *[\d.]+\] -+\[ cut here \]-+\n(?:<\d>.*\n)*?<4>\[ *[\d.]+\] -+\[ end trace \S+ \]-+\n/gm;
/** The lines of an emulated machine about its clocks. */
const CLOCK = /^<\d+>\[ *[\d.]+\] (?:clocksource|tsc|TSC|sched_clock|rcu)/;
/** The least number of seconds between two reads of records. */
const A_POLL = 0.4;
