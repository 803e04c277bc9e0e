import { describe, expect, it } from 'vitest';
import { smbiosEntryPoint, smbiosTable } from '../../src/kernel/memory/smbios.ts';
import { testMachine } from '../support/machine.ts';
import { recording } from '../support/recording.ts';

/** Lines `NAME MODE TEXT` of files of /sys/class/dmi/id, and `NAME HEX` of the tables. QEMU had 1 GiB in one DIMM. */
const lines = recording('dmi.7.3.txt').trimEnd().split('\n');
const GIB = 2 ** 30;
const machine = testMachine({ memory: { memoryBytes: GIB, dimms: [{ label: 'P0_Node0_Channel0 DIMM 0', bytes: GIB, type: 'unknown', ecc: false, handle: 0x1100 }] } });
const { vfs } = machine;

function bytesOf(path: string): Uint8Array {
  const handle = vfs.open(path, 0);
  const bytes = vfs.read(handle, 0, 1 << 16);
  vfs.release(handle);
  if (!(bytes instanceof Uint8Array)) throw new Error(`${path} cannot be read`);
  return bytes;
}

describe('SMBIOS, as recorded from Linux 7.3', () => {
  it.each(lines.filter((line) => /^\w+ \d{3}(?: |$)/.test(line)))('%s', (line) => {
    const [, name = '', mode = '', text = ''] = /^(\w+) (\d+) ?(.*)$/.exec(line) ?? [];
    const path = `/sys/devices/virtual/dmi/id/${name}`;
    expect(new TextDecoder().decode(bytesOf(path))).toBe(`${text}\n`);
    expect(vfs.getattr(path)).toMatchObject({ mode: 0o100000 | Number.parseInt(mode, 8) });
  });

  it.each(['DMI', 'smbios_entry_point'])('has the bytes of %s', (name) => {
    const path = `/sys/firmware/dmi/tables/${name}`;
    const recorded = lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1);
    expect(Buffer.from(bytesOf(path)).toString('hex')).toBe(recorded);
    expect(vfs.getattr(path)).toMatchObject({ mode: 0o100400, size: (recorded?.length ?? 0) / 2 });
  });

  it('describes DIMMs of more than 32 GiB, and memory above 4 GiB', () => {
    const dimm = { label: 'DIMM_A1', bytes: 64 * GIB, type: 'rddr4', ecc: true, handle: 0x1100 } as const;
    const large = { dimms: [dimm], cpus: 2, regions: [{ start: 0x1000, end: 2 * GIB - 1, name: 'System RAM', depth: 0 }, { start: 4 * GIB, end: 66 * GIB - 1, name: 'System RAM', depth: 0 }] };
    const table = Buffer.from(smbiosTable(large)).toString('hex');
    // Total width 72, data width 64, the size in its own field, registered DDR4.
    expect(table).toContain(['11280011', '0010', 'feff', '48004000', 'ff7f', '09000100', '1a', '8020', '0000', '02', '00000000', '00000100'].join(''));
    expect(table).toContain(['131f0013', '00000000', 'ffff1f00', '0010', '01'].join(''));
    expect(table).toContain(['131f0113', '00004000', 'ffff1f04', '0010', '01'].join(''));
    expect([...smbiosEntryPoint(smbiosTable(large), large)].reduce((sum, byte) => sum + byte, 0) % 256).toBe(0);
  });
});
