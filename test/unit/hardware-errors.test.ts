import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERRNO } from '../../src/abi/errno.ts';
import { formatCommand, parseControl } from '../../src/control/command.ts';
import { Kernel } from '../../src/kernel/kernel.ts';
import { layOutMemory } from '../../src/kernel/memory/layout.ts';
import { LINUX_6_12 } from '../../src/kernel/profiles/linux-6.12.ts';
import { LINUX_7_3 } from '../../src/kernel/profiles/linux-7.3.ts';
import { CPER_SEVERITIES } from '../../src/kernel/ras/cper.ts';
import { einjErrorInject, validateErrorType } from '../../src/kernel/ras/einj.ts';
import { ghesProc } from '../../src/kernel/ras/ghes.ts';
import type { TraceEvent } from '../../src/kernel/ras/trace-event.ts';
import { createMachine } from '../../src/library/index.ts';
import { type TestMachine, testMachine } from '../support/machine.ts';

const EINJ = '/sys/kernel/debug/apei/einj';
const MC = '/sys/devices/system/edac/mc/mc0';

/** The message that refuses a line of the control file, or the line as it is written. */
function parsed(line: string): string {
  const batch = parseControl(new TextEncoder().encode(line));
  return 'error' in batch ? batch.error.message : batch.commands.map(formatCommand).join();
}

function tracing({ machine: { kernel } }: TestMachine): () => string[] {
  const events: TraceEvent[] = [];
  kernel.traceSink = (event) => events.push(event);
  return () => events.splice(0).map(({ name }) => name);
}

describe('the command error', () => {
  it.each([
    ['error severity=corrected', 'error severity=corrected'],
    ['error severity=recoverable via=ghes kind=3 pfn=0x3000', 'error severity=recoverable pfn=0x3000 kind=3'],
    ['error severity=fatal kind=multi-bit-ecc fru="DIMM A1" phys=4096', 'error severity=fatal phys=0x1000 kind=3 fru="DIMM A1"'],
    ['error severity=info status=0x400 mask=18446744073709551615 node=65535', 'error severity=info status=0x400 mask=0xffffffffffffffff node=65535'],
    ['error severity=corrected row=1 row-ext=3 chip=7 bank-group=1 bank-address=2 count=5 threshold-exceeded',
      'error severity=corrected bank-group=1 bank-address=2 row=1 row-ext=3 chip=7 threshold-exceeded count=5'],
    ['error severity=recoverable via=mce type=anon', 'error severity=recoverable type=anon via=mce'],
  ])('%s', (line, written) => {
    expect(parsed(line)).toBe(written);
    expect(parsed(written)).toBe(written);
  });

  it.each([
    ['error', 'error is missing severity=corrected|recoverable|fatal|info'],
    ['error severity=bad', "unknown severity 'bad', it is corrected, recoverable, fatal or info"],
    ['error severity=fatal kind=multi', "unknown kind 'multi', reading this file lists them"],
    ['error severity=fatal kind=256', "unknown kind '256', reading this file lists them"],
    ['error severity=fatal status=-1', "bad status '-1', it is a number from 0 to 0xffffffffffffffff, decimal or 0x hex"],
    ['error severity=fatal chip=8', "bad chip '8', it is a number from 0 to 7, decimal or 0x hex"],
    ['error severity=fatal fru=123456789012345678901', "bad fru '123456789012345678901', it is longer than 20 bytes"],
    ['error severity=fatal bank=1 bank-group=2', 'bank and bank-group exclude each other, both say which bank it is'],
    ['error severity=fatal via=mce fru=A', 'a machine check has no fru, leave it out or use via=ghes'],
    ['error severity=info via=mce', 'a machine check is corrected, recoverable or fatal, use via=ghes for severity=info'],
    ['error severity=fatal pfn=1 type=anon', 'pfn and type exclude each other, give at most one of type, pfn and phys'],
  ])('%s is refused', (line, message) => {
    expect(parsed(line)).toBe(message);
  });

  it('hands a recoverable error to memory_failure(), which the page decides, and unpoisoning ends', () => {
    const machine = testMachine();
    const events = tracing(machine);
    expect(machine.write('/control', 'page pfn=0x3000 type=anon mapped=nginx:611 early-kill\nerror severity=recoverable pfn=0x3000 kind=3\n')).toBeGreaterThan(0);
    expect(machine.lines().filter((line) => line.includes('Memory failure'))).toEqual([
      '3,Memory failure: 0x3000: Sending SIGBUS to nginx:611 due to hardware memory corruption',
      '3,Memory failure: 0x3000: recovery action for dirty LRU page: Recovered',
    ]);
    expect(events()).toEqual(['ras:mc_event', 'ras:memory_failure_event', 'mce:mce_record']);
    expect(machine.write('/control', 'unpoison pfn=0x3000\n')).toBe(-ERRNO.EOPNOTSUPP);
    // The result is that of memory_failure(), as for inject.
    expect(machine.write('/control', 'error severity=recoverable type=slab kind=3\n')).toBe(-ERRNO.EBUSY);
    expect(machine.write('/control', 'error severity=recoverable kind=3\n')).toBeGreaterThan(0);
    expect(machine.lines().join('\n')).toContain('unhandlable page');
    expect(machine.read('/proc/sys/kernel/tainted')).toBe('0\n');
  });

  it('takes a page out of use softly where the firmware has seen too many corrected errors', () => {
    const { write, lines, machine } = testMachine();
    write('/control', 'page pfn=0x3000 type=anon mapped=nginx:611\nerror severity=corrected pfn=0x3000 kind=2\n');
    expect(machine.kernel.memory.page(0x3000)?.mappers).toHaveLength(1);
    write('/control', 'error severity=corrected pfn=0x3000 kind=2 threshold-exceeded\n');
    expect(machine.kernel.memory.page(0x3000)?.mappers).toEqual([]);
    expect(lines().join('\n')).not.toContain('Memory failure');
  });

  it('panics of a fatal error: every file answers EIO until the reboot, which begins to count again', () => {
    const { write, read, lines } = testMachine();
    write('/control', 'error severity=corrected kind=2\n');
    expect(read(`${MC}/ce_count`)).toBe('1\n');
    expect(write('/control', 'error severity=fatal kind=3\n')).toBe(-ERRNO.EIO);
    expect(lines().join('\n')).toContain('Kernel panic - not syncing: GHES: Fatal hardware error');
    for (const path of [`${MC}/ce_count`, `${EINJ}/error_type`]) expect(read(path)).toBe(-ERRNO.EIO);
    expect(write('/control', 'error severity=corrected kind=2\n')).toBe(-ERRNO.EIO);
    write('/control', 'reboot\nerror severity=info kind=1\n');
    expect(read(`${MC}/ce_count`)).toBe('0\n');
    // Records are numbered from 1 again.
    expect(lines().join('\n')).toContain('{1}[Hardware Error]: event severity: info');
  });

  it('prints few of a storm, counts every error, and keeps nothing of it', () => {
    const count = 100_000;
    const { machine, write, read, lines, clock } = testMachine();
    let printed = 0;
    let most = 0;
    const { kernel } = machine;
    const batch = `error severity=corrected kind=single-bit-ecc pfn=0x3000 mem-dev=0x1100 count=${count / 100}\n`;
    const records: string[] = [];
    for (let n = 0; n < 100; n += 1) {
      write('/control', batch);
      clock.usec += 100_000;
      const some = lines();
      records.push(...some.filter((line) => line.includes('event severity')));
      most = Math.max(most, some.length);
      printed += some.length;
    }
    // The same record once in 10 seconds, and all of them together took 10 seconds.
    expect(records).toEqual(['4,{1}[Hardware Error]: event severity: corrected']);
    expect(read(`${MC}/ce_count`)).toBe(`${count}\n`);
    expect(read(`${MC}/dimm0/dimm_ce_count`)).toBe(`${count}\n`);
    expect(read(`${MC}/ce_noinfo_count`)).toBe('0\n');
    // A line of EDAC, and four of the machine check.
    expect(printed).toBe(5 * count + 8);
    expect(most).toBeLessThanOrEqual(5 * (count / 100) + 8);
    expect({ caches: kernel.ras.estatusCaches.length, checks: kernel.ras.mceEvents.length }).toEqual({ caches: 1, checks: 0 });
  });
});

describe('EINJ', () => {
  function setUp({ write }: TestMachine, values: Readonly<Record<string, string>>): number {
    for (const [name, value] of Object.entries(values)) expect(write(`${EINJ}/${name}`, `${value}\n`)).toBe(value.length + 1);
    return write(`${EINJ}/error_inject`, '1\n');
  }
  const ADDRESS = { param1: '0x3000000', param2: '0xfffffffffffff000' };

  it('has the firmware report the error, with all that comes of it', () => {
    const machine = testMachine();
    const events = tracing(machine);
    machine.write('/control', 'page pfn=0x3000 type=anon mapped=nginx:611\n');
    expect(setUp(machine, { error_type: '0x10', ...ADDRESS })).toBe(2);
    expect(machine.lines()).toEqual(expect.arrayContaining([
      '3,{1}[Hardware Error]: event severity: recoverable',
      '3,{1}[Hardware Error]:   physical_address: 0x0000000003000000',
      '3,{1}[Hardware Error]:   error_type: 3, multi-bit ECC',
      '3,{1}[Hardware Error]:   DIMM location: DIMM_A1 ',
      expect.stringMatching(/^4,EDAC MC0: 1 UE multi-bit ECC on DIMM_A1 /) as string,
      '3,Memory failure: 0x3000: recovery action for dirty LRU page: Recovered',
    ]));
    expect(events()).toEqual(['ras:mc_event', 'ras:memory_failure_event', 'mce:mce_record']);
    expect(machine.read(`${MC}/dimm0/dimm_ue_count`)).toBe('1\n');
    expect(machine.read(`${MC}/dimm1/dimm_ue_count`)).toBe('0\n');
  });

  it('succeeds also where memory_failure() does not: the error comes by an interrupt', () => {
    const machine = testMachine();
    machine.write('/control', 'page pfn=0x3000 type=slab\n');
    expect(setUp(machine, { error_type: '10', ...ADDRESS })).toBe(2);
    expect(machine.lines().join()).toContain('recovery action for reserved kernel page: Ignored');
  });

  it('leaves the error in memory with notrigger, until something reads it', () => {
    const machine = testMachine();
    const { write, lines, read } = machine;
    write('/control', 'page pfn=0x3000 type=anon mapped=nginx:611\n');
    expect(setUp(machine, { error_type: '0x10', notrigger: '1', ...ADDRESS })).toBe(2);
    expect(lines()).toEqual([]);
    write('/control', 'access pfn=0x3001\n');
    expect(lines()).toEqual([]);
    write('/control', 'access pfn=0x3000\n');
    expect(lines().map((line) => line.replace(/ at [0-9a-f]+$/, ''))).toEqual(expect.arrayContaining([
      '3,Memory failure: 0x3000: recovery action for dirty LRU page: Recovered', '3,MCE: Killing nginx:611 due to hardware memory corruption fault',
    ]));
    expect(read(`${MC}/ue_count`)).toBe('1\n');
    write('/control', 'page pfn=0x3000 type=free\naccess pfn=0x3000\n');
    expect(lines()).toEqual([]);
  });

  it('forgets what it left in memory at a boot', () => {
    const machine = testMachine();
    expect(setUp(machine, { error_type: '0x20', notrigger: '1', ...ADDRESS })).toBe(2);
    machine.write('/control', 'reboot\naccess pfn=0x3000\n');
    expect(machine.machine.kernel.death).toBeUndefined();
    expect(machine.read(`${EINJ}/notrigger`)).toBe('0x00000000\n');
    expect(machine.read(`${EINJ}/error_type`)).toBe('');
  });

  it('panics of a fatal error', () => {
    const machine = testMachine();
    expect(setUp(machine, { error_type: '0x20', ...ADDRESS })).toBe(-ERRNO.EIO);
    expect(machine.machine.kernel.death?.text).toBe('GHES: Fatal hardware error');
  });

  it('knows errors of a processor, and only the CPUs that the machine has', () => {
    const machine = testMachine();
    expect(setUp(machine, { error_type: '1', param1: '1' })).toBe(2);
    expect(machine.lines()).toContain('4,{1}[Hardware Error]:   section_type: general processor error');
    expect(setUp(machine, { error_type: '1', param1: '2' })).toBe(-ERRNO.EINVAL);
  });

  it('refuses the zero page', () => {
    const machine = testMachine();
    machine.write('/control', 'page pfn=0x3000 type=zero\n');
    expect(setUp(machine, { error_type: '8', ...ADDRESS })).toBe(-ERRNO.EADDRINUSE);
  });
});

describe('EDAC', () => {
  it('has the DIMMs of the machine, whose labels a reboot sets back', () => {
    const dimms = [
      { label: 'Node0_Dimm1', bytes: 2 ** 29, type: 'rddr4', ecc: true, handle: 5 }, { label: 'Node0_Dimm2', bytes: 2 ** 29, type: 'nvdimm', ecc: false, handle: 6 },
    ] as const;
    const { read, write, vfs } = testMachine({ memory: { memoryBytes: 2 ** 30, dimms } });
    expect(vfs.readdir(MC)).toEqual(expect.arrayContaining(['dimm0', 'dimm1', 'ce_count']));
    expect(['dimm_label', 'dimm_mem_type', 'dimm_edac_mode', 'size', 'dimm_location'].map((name) => read(`${MC}/dimm1/${name}`)))
      .toEqual(['Node0_Dimm2\n', 'Non-volatile-RAM\n', 'None\n', '512\n', 'memory 1 \n']);
    expect([read(`${MC}/size_mb`), read(`${MC}/max_location`)]).toEqual(['1024\n', 'memory 1 \n']);
    write(`${MC}/dimm1/dimm_label`, 'bad one\n');
    write('/control', 'error severity=corrected mem-dev=6\nerror severity=corrected mem-dev=7\n');
    expect(read('/control')).toContain('error severity=corrected mem-dev=7: ok');
    expect([read(`${MC}/dimm1/dimm_ce_count`), read(`${MC}/ce_noinfo_count`), read(`${MC}/ce_count`)]).toEqual(['1\n', '1\n', '2\n']);
    expect(read(`${MC}/dimm1/dimm_label`)).toBe('bad one\n');
    write('/control', 'reboot\n');
    expect([read(`${MC}/dimm1/dimm_label`), read(`${MC}/dimm1/dimm_ce_count`)]).toEqual(['Node0_Dimm2\n', '0\n']);
  });

  it('counts the seconds since its counters were reset, and can be silent', () => {
    const { read, write, lines, clock } = testMachine();
    clock.usec = 5_900_000;
    expect(read(`${MC}/seconds_since_reset`)).toBe('5\n');
    write(`${MC}/reset_counters`, 'x');
    expect(read(`${MC}/seconds_since_reset`)).toBe('0\n');
    write('/sys/module/edac_core/parameters/edac_mc_log_ce', '0\n');
    write('/control', 'error severity=corrected kind=2\n');
    expect(lines().filter((line) => line.includes('EDAC'))).toEqual([]);
    expect(read(`${MC}/ce_count`)).toBe('1\n');
  });
});

describe('the library', () => {
  it('reports an error of the hardware', () => {
    const machine = createMachine({ profile: '7.3', startedAt: new Date(1_000_000_000_000) });
    expect(machine.error({ severity: 'recoverable', type: 'anon', kind: 'multi-bit-ecc', fru: 'DIMM A1', memDev: 0x1101, bankGroup: 2 })).toEqual({ ok: true });
    expect(machine.log().join('\n')).toMatch(/fru_text: DIMM A1\n.*section_type: memory error\n(?:.*\n)*.*DIMM location: DIMM_A2/);
    expect(machine.cat(`${MC}/dimm1/dimm_ue_count`)).toBe('1\n');
    expect(machine.error({ severity: 'recoverable', type: 'slab' })).toEqual({ ok: false, errno: 'EBUSY' });
    expect(machine.log().join('\n')).toMatch(/PROCESSOR 2:60fb1 TIME 100000000\d /);
    expect(machine.error({ severity: 'fatal', via: 'mce' })).toEqual({ ok: false, errno: 'EIO' });
    expect(machine.panic).toBe('Fatal local machine check');
    expect(() => machine.error({ severity: 'corrected', fru: 'x'.repeat(21) })).toThrow('it is longer than 20 bytes');
  });
});

describe('kernels before 7.0', () => {
  const ras = { ...LINUX_6_12.ras, einjChecksWidth: false };
  const kernel = new Kernel({ profile: { ...LINUX_7_3, ras }, layout: layOutMemory({ memoryBytes: 2 ** 30 }), seed: 1, clock: () => 0 });
  const printed = (address: bigint, severity: number): string[] => {
    kernel.takeEffects();
    kernel.enter(undefined, () => ghesProc(kernel, { severity, sections: [{ severity, body: { kind: 'memory', memory: { physical_addr: address } } }] }));
    return kernel.takeEffects().flatMap((effect) => (effect.kind === 'printk' ? [effect.record.text] : [])).filter((text) => !/^(?:\{|EDAC|mce: .*(?:TSC|PROC))/.test(text));
  };

  it('log a machine check when they handle it, twice a minute', () => {
    const check = 'mce: [Hardware Error]: CPU 0: Machine Check: 0 Bank 255: 9c0000000000009f';
    const logged = 'mce: [Hardware Error]: Machine check events logged';
    expect([1, 2, 3].flatMap((page) => printed(BigInt(page) << 12n, CPER_SEVERITIES.corrected))).toEqual([logged, check, logged, check, check]);
  });

  it('ask for no memory_failure() where there is no struct page', () => {
    expect(printed(0x123456789000n, CPER_SEVERITIES.recoverable)).toEqual([
      '[Firmware Warn]: GHES: Invalid address in generic error data: 0x123456789000', 'mce: [Hardware Error]: CPU 0: Machine Check: 0 Bank 255: bc0000000000009f',
    ]);
  });

  it('have an EINJ without version 2, which takes RAM alone', () => {
    Object.assign(kernel.ras.einj, { errorType: 8, flags: 8, notrigger: 1, param1: 0x3000000n, param2: 0xfffffffffffff000n });
    expect(einjErrorInject(kernel)).toBe(-ERRNO.EINVAL);
    kernel.ras.einj.flags = 2;
    expect(einjErrorInject(kernel)).toBe(0);
    kernel.ras.einj.param1 = 0xf0000n;
    expect(einjErrorInject(kernel)).toBe(-ERRNO.EINVAL);
    expect([validateErrorType(kernel, 0x100000008n), validateErrorType(kernel, 0x100000003n)]).toEqual([0, -ERRNO.EINVAL]);
  });
});

describe('the scenarios of examples/', () => {
  const folder = new URL('../../examples/scenarios/', import.meta.url);
  /** How a scenario ends: the panic, if any, and the lines of the log that show it, in order. */
  const ENDS: Readonly<Record<string, { readonly panic?: string; readonly story: readonly RegExp[] }>> = {
    'corrected-storm.control': { story: [/event severity: corrected/, /EDAC MC0: 1 CE single-bit ECC on DIMM_A1/, /Machine check events logged/] },
    'ecc-to-crash.control': {
      panic: 'synchronous external abort: Fatal exception',
      story: [/event severity: recoverable/, /fru_text: DIMM_A1/, /EDAC MC0: 1 UE/, /recovery action for reserved kernel page: Ignored/, /d_lookup/],
    },
    'fatal.control': { panic: 'GHES: Fatal hardware error', story: [/fru_text: CPU1 DIMM_D2/, /but panic disabled/, /Kernel panic/] },
    'patrol-scrub.control': {
      story: [/scrub uncorrected error/, /0x3000: recovery action for free buddy page: Recovered/, /0x3001: recovery action for free buddy page: Recovered/],
    },
  };

  it('are all tested', () => {
    expect(readdirSync(folder).sort()).toEqual(Object.keys(ENDS));
  });

  it.each(Object.entries(ENDS))('%s', (name, { panic, story }) => {
    const { write, lines, machine, read } = testMachine();
    write('/control', readFileSync(new URL(name, folder), 'utf8'));
    const log = lines();
    let at = 0;
    for (const line of story) {
      const found = log.findIndex((each, index) => index >= at && line.test(each));
      expect({ line, found: found >= 0 }).toEqual({ line, found: true });
      at = found + 1;
    }
    expect(machine.kernel.death?.text).toBe(panic);
    if (name === 'corrected-storm.control') {
      expect(read(`${MC}/dimm0/dimm_ce_count`)).toBe('1001\n');
      expect(log.filter((line) => line.includes('event severity'))).toHaveLength(2);
      expect(machine.kernel.memory.page(0x3000)?.mappers).toEqual([]);
    }
  });
});
