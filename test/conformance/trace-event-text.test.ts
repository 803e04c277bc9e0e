import { expect, it } from 'vitest';
import type { TraceEvent } from '../../src/kernel/ras/trace-event.ts';
import { decodeEvent, encodeEvent, layEvents } from '../../src/kernel/trace/event-format.ts';
import { eventText } from '../../src/kernel/trace/event-text.ts';
import { LINUX_7_3_TRACE_EVENTS as FORMATS } from '../../src/kernel/trace/formats/linux-7.3.ts';
import { recording } from '../support/recording.ts';

const LAYOUTS = layEvents(FORMATS);
const TYPES = ['Corrected', 'Uncorrected', 'Deferred', 'Fatal', 'Info'];
const MC = /^(\d+) (\w+) errors?:(?: (.*?))? on (.*?) \(mc:(\d+) location:(-?\d+):(-?\d+):(-?\d+) address:0x([0-9a-f]+) grain:(\d+) syndrome:0x([0-9a-f]+)(?: (.*))?\)$/;
const MCE = new RegExp('^CPU: (\\d+), MCGc/s: (\\w+)/(\\w+), MC(\\d+): (\\w+), IPID: (\\w+), ADDR: (\\w+), MISC: (\\w+), SYND: (\\w+), RIP: (\\w+):<(\\w+)>, TSC: (\\w+), '
  + 'PPIN: (\\w+), vendor: (\\d+), CPUID: (\\w+), time: (\\d+), socket: (\\d+), APIC: (\\w+), microcode: (\\w+), vendor data: \\{(.*)\\}$');

const NON_STANDARD = /^severity: (\d+); sec type:(\S+); FRU: (\S+) (.*); data len:\d+; raw data:(.*)$/;
/** What the recording leaves out: the time, and the end of mce_record. */
const VENDOR_DATA = `, vendor data: {${Array(16).fill('0x0').join(',')}}`;

/** The event that a line of the recording shows. */
function eventOf(name: string, text: string): TraceEvent {
  if (name === 'mc_event') {
    const [, count, type = '', msg = '', label = '', mc, top, middle, lower, address, grain, syndrome, detail = ''] = MC.exec(text) ?? [];
    return {
      name: 'ras:mc_event', cpu: 0,
      fields: {
        error_type: TYPES.indexOf(type), msg, label, error_count: Number(count), mc_index: Number(mc), top_layer: Number(top), middle_layer: Number(middle),
        lower_layer: Number(lower), address: BigInt(`0x${address ?? ''}`), grain_bits: Math.log2(Number(grain)), syndrome: BigInt(`0x${syndrome ?? ''}`), driver_detail: detail,
      },
    };
  }
  if (name === 'non_standard_event') {
    const [, sev, type = '', fru = '', label = '', data = ''] = NON_STANDARD.exec(text) ?? [];
    const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replace(/[- ]/g, ''), 'hex'));
    return { name: 'ras:non_standard_event', cpu: 0, fields: { sec_type: bytes(type), fru_id: bytes(fru), fru_text: label, sev: Number(sev), buf: bytes(data) } };
  }
  const words = MCE.exec(text)?.slice(1) ?? [];
  const hexadecimal = (index: number): bigint => BigInt(`0x${words[index] ?? ''}`);
  return {
    name: 'mce:mce_record', cpu: 0,
    fields: {
      cpu: Number(words[0]), mcgcap: hexadecimal(1), mcgstatus: hexadecimal(2), bank: Number(words[3]), status: hexadecimal(4), ipid: hexadecimal(5), addr: hexadecimal(6),
      misc: hexadecimal(7), synd: hexadecimal(8), cs: Number(hexadecimal(9)), ip: hexadecimal(10), tsc: hexadecimal(11), ppin: hexadecimal(12), cpuvendor: Number(words[13]),
      cpuid: Number(hexadecimal(14)), walltime: BigInt(words[15] ?? 0), socketid: Number(words[16]), apicid: Number(hexadecimal(17)), microcode: Number(hexadecimal(18)),
      v_data: Uint8Array.from((words[19] ?? '').split(',').filter((byte) => byte !== ''), Number),
    },
  };
}

it('an event that was recorded and decoded again reads as the kernel printed it', () => {
  const lines = [...recording('cper.7.3.txt').matchAll(/^trace (mc_event|mce_record|non_standard_event): (.*)$/gm)];
  expect(lines.length).toBeGreaterThan(150);
  for (const [, name = '', shown = ''] of lines) {
    const text = name === 'mce_record' ? `${shown.replace('TIME', '1795874956')}${VENDOR_DATA}` : shown;
    const event = eventOf(name, text);
    const layout = LAYOUTS.find((each) => each.name === event.name);
    if (layout === undefined) throw new Error(`there is no ${event.name}`);
    expect(eventText(layout, decodeEvent(encodeEvent(event, layout, FORMATS, 59), layout), FORMATS)).toBe(text);
  }
});

it('events of other sections read as TP_printk() of their kernel prints them', () => {
  const show = (event: TraceEvent): string => {
    const layout = LAYOUTS.find((each) => each.name === event.name);
    return layout === undefined ? '' : eventText(layout, decodeEvent(encodeEvent(event, layout, FORMATS, 0), layout), FORMATS);
  };
  const guid = Uint8Array.from({ length: 16 }, (_, index) => index);
  expect(show({ name: 'ras:non_standard_event', cpu: 0, fields: { sec_type: guid, fru_id: guid, fru_text: 'A1', sev: 2, buf: Uint8Array.from([1, 0xab]) } }))
    .toBe('severity: 2; sec type:00010203-0405-0607-0809-0a0b0c0d0e0f; FRU: 00010203-0405-0607-0809-0a0b0c0d0e0f A1; data len:2; raw data:01 ab');
  expect(show({
    name: 'ras:aer_event', cpu: 0, fields: { dev_name: '0000:00:01.0', status: 0x8041, severity: 2, tlp_header_valid: 1, tlp_header: [1, 0x20, 3, 4], bus_type: 'PCIe' },
  })).toBe('0000:00:01.0 PCIe Bus Error: severity=Corrected, Receiver Error|Bad TLP|Header Log Overflow, TLP Header={0x1,0x20,0x3,0x4,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0}\n');
  const data = {
    validation_bits: 0x8n | 0x40000n | 0x800n | 0x20000n, node: 1, card: 0, module: 0, bank: 0, device: 0, row: 5, column: 0, bit_pos: 0, requestor_id: 0x1234n,
    responder_id: 0n, target_id: 0n, rank: 0, mem_array_handle: 0, mem_dev_handle: 0x1100, extended: 1,
  };
  expect(show({ name: 'ras:extlog_mem_event', cpu: 0, fields: { err_seq: 7, etype: 3, sev: 0, pa: 0x1000n, pa_mask_lsb: 12, fru_id: guid, fru_text: 'B2', data } }))
    .toBe('{7} recoverable error: multi-bit ECC physical addr: 0000000000001000 (mask lsb: c) node:1 row:65536 requestor_id:0x0000000000001234 '
      + 'DIMM location: not present. DMI handle: 0x1100 FRU: 03020100-0504-0706-0809-0a0b0c0d0e0f B2');
});
