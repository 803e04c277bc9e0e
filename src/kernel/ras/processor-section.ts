import type { CperProcessor } from './cper.ts';

/** CPER_SEC_PROC_GENERIC, as it lies in memory. */
export const PROCESSOR_SECTION = Uint8Array.from([0xad, 0xcc, 0x76, 0x98, 0xb4, 0x47, 0xdb, 0x4b, 0xb6, 0x5e, 0x16, 0xf1, 0x93, 0xc4, 0xf3, 0xdb]);

const BYTES = 192;

/** Where each field lies: its offset, its bytes, its bit of validation_bits. Source: struct cper_sec_proc_generic (include/linux/cper.h). */
export const PROCESSOR_LAYOUT: Readonly<Record<keyof CperProcessor, { readonly at: number; readonly bytes: 1 | 8; readonly bit: number }>> = {
  proc_type: { at: 8, bytes: 1, bit: 0 },
  proc_isa: { at: 9, bytes: 1, bit: 1 },
  proc_error_type: { at: 10, bytes: 1, bit: 2 },
  operation: { at: 11, bytes: 1, bit: 3 },
  flags: { at: 12, bytes: 1, bit: 4 },
  level: { at: 13, bytes: 1, bit: 5 },
  cpu_version: { at: 16, bytes: 8, bit: 6 },
  proc_id: { at: 152, bytes: 8, bit: 8 },
  target_addr: { at: 160, bytes: 8, bit: 9 },
  requestor_id: { at: 168, bytes: 8, bit: 10 },
  responder_id: { at: 176, bytes: 8, bit: 11 },
  ip: { at: 184, bytes: 8, bit: 12 },
};

/** The bytes of the section. GHES has no event for it but the one for sections that it does not know, which takes bytes. */
export function processorSection(processor: CperProcessor): Uint8Array {
  const bytes = new Uint8Array(BYTES);
  const view = new DataView(bytes.buffer);
  let valid = 0n;
  for (const [key, { at, bytes: size, bit }] of Object.entries(PROCESSOR_LAYOUT) as [keyof CperProcessor, typeof PROCESSOR_LAYOUT[keyof CperProcessor]][]) {
    const value = processor[key];
    if (value === undefined) continue;
    valid |= 1n << BigInt(bit);
    if (size === 1) view.setUint8(at, Number(value));
    else view.setBigUint64(at, BigInt(value), true);
  }
  view.setBigUint64(0, valid, true);
  return bytes;
}
