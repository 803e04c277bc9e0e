import { describe, expect, it } from 'vitest';
import { check, type CheckOptions, createMachine, type Injection, MachineFileError, type MachineOptions, MachineOptionError } from '../../src/library/index.ts';
import { list } from '../../src/language/words.ts';
import { PROFILE_NAMES } from '../../src/kernel/profiles/names.ts';
import { PANIC_SYSCTL } from '../../src/machine/matrix.ts';

const SYSCTL = `/proc/sys/${PANIC_SYSCTL.replace('.', '/')}`;
const SLAB = 'page pfn=0x2000 type=slab';

function armed(options: MachineOptions = {}) {
  const machine = createMachine({ profile: '7.3', sysctls: { [PANIC_SYSCTL]: 1 }, ...options });
  machine.control(SLAB);
  return machine;
}

describe('createMachine()', () => {
  it('boots what the command line boots by default, and the same every time', () => {
    const [machine, again] = [createMachine(), createMachine()];
    expect(machine.cat('/proc/sys/kernel/osrelease')).toBe('7.3.0-rc7-v4\n');
    expect(machine.cat('/proc/meminfo')).toMatch(/^MemTotal: +983492 kB$/m);
    expect(machine.log()).toEqual(again.log());
    expect(machine.log()[0]).toMatch(/^\[ {4}0\.000000\] Linux version 7\.3\.0-rc7-v4 /);
    expect([machine.boots, machine.uptime, machine.panic, machine.events]).toEqual([1, 0, undefined, [{ kind: 'boot' }]]);
    const drawn = [machine, again].map((each) => { each.inject({ type: 'anon' }); return each.log(); });
    expect(drawn[0]).toEqual(drawn[1]);
  });

  it('takes profile, memory, seed, sysctls, a machine file, a clock and a date', () => {
    let usec = 5;
    const machine = createMachine({
      profile: '7.3', seed: 7, sysctls: { 'vm.swappiness': 10, 'kernel.hostname': 'web1' }, clock: () => usec, startedAt: new Date(2026, 10, 23, 4, 46, 1),
      machineFile: 'memory 4G\nprocess nginx:611\npage pfn=0x3000 type=anon mapped=nginx:611',
    });
    expect(machine.cat('/proc/sys/vm/swappiness')).toBe('10\n');
    expect(machine.cat('/proc/cmdline')).toContain('sysctl.vm.swappiness=10');
    expect(machine.cat('/proc/meminfo')).toMatch(/^MemTotal: +39339\d\d kB$/m);
    usec += 2_000_000.5;
    expect(machine.uptime).toBe(2000);
    machine.inject({ pfn: 0x3000 });
    expect(machine.log('syslog').at(-1)).toMatch(/^Nov 23 04:46:03 web1 kernel: \[ {4}2\.000000\] Memory failure: 0x3000: recovery action for /);
    expect(createMachine({ memory: '128M' }).cat('/proc/meminfo')).not.toBe(createMachine({ memory: 2 ** 28 }).cat('/proc/meminfo'));
  });

  const WRONG: readonly (readonly [options: object, message: string])[] = [
    [{ profile: 'v5' }, `profile takes ${list(PROFILE_NAMES.map((name) => `'${name}'`), 'or')}, not 'v5'`],
    [{ memory: '32Q' }, "memory takes 128M to 64T, as a number of bytes or a text such as '32G', not '32Q'"],
    [{ memory: 4096 }, "memory takes 128M to 64T, as a number of bytes or a text such as '32G', not '4096'"],
    [{ seed: -1 }, "seed takes a whole number from 0 to 4294967295, not '-1'"],
    [{ clock: 3 }, "clock takes a function that answers microseconds, not '3'"],
    [{ startedAt: new Date('x') }, "startedAt takes a valid Date, not 'Invalid Date'"],
    [{ sysctl: {} }, "unknown option 'sysctl', did you mean 'sysctls'?"],
    [{ sysctls: { 'vm.swapiness': 1 } }, "sysctls: unknown sysctl 'vm.swapiness', did you mean 'vm.swappiness'?"],
    [{ sysctls: { 'vm.swappiness': 201 } }, "sysctls: vm.swappiness takes a whole number from 0 to 200, not '201'"],
    [{ machineFile: 'memory 4G\npage pfn=1 type=slba' }, "machineFile:2: unknown page type 'slba', did you mean 'slab'?"],
    [{ machineFile: 'memory 4G', memory: '8G' }, 'memory and machineFile exclude each other here: the file says how much RAM there is, leave memory out'],
  ];
  it.each(WRONG)('refuses %o', (options, message) => {
    expect(() => createMachine(options as MachineOptions)).toThrow(new MachineOptionError(message));
  });
});

describe('check()', () => {
  it('says what sysctl.d files would do on each kernel', () => {
    expect(check({ files: [{ path: 'a.conf', text: '# ä\nvm.swappiness=300\n' }], profiles: ['7.3'] })).toEqual([{
      file: 'a.conf', line: 2, setting: 'vm.swappiness', value: '300', kind: 'refused', severity: 'error', kernels: ['7.3'],
      message: "vm.swappiness takes a whole number from 0 to 200, not '300'",
    }]);
    const files = [
      { path: '/usr/lib/sysctl.d/10-a.conf', text: 'no.such=1\n' }, { path: '/etc/sysctl.d/10-a.conf', text: new TextEncoder().encode('net.ipv4.conf.eth0.rp_filter=1\n') },
    ];
    expect(check({ files, interfaces: ['eth0'] })).toEqual([]);
    expect(check({ files, like: 'procps' }).map(({ kind, file }) => `${kind} ${file}`)).toEqual(['absent /etc/sysctl.d/10-a.conf']);
  });

  const WRONG: readonly (readonly [options: object, message: string])[] = [
    [{ file: [] }, "unknown option 'file', did you mean 'files'?"],
    [{ files: 'a.conf' }, 'files takes an array of objects with path and text'],
    [{ files: [{ path: 'a.conf' }] }, 'files takes an array of objects with path and text'],
    [{ files: [], like: 'sysctl' }, "like takes systemd, procps, procps-3.3 or procps-4.0.5, not 'sysctl'"],
    [{ files: [], profiles: ['9.9'] }, `profiles takes 'all', or an array of ${PROFILE_NAMES.slice(0, -1).join(', ')} and ${PROFILE_NAMES.at(-1)}, not '9.9'`],
    [{ files: [], memory: '32Q' }, "memory takes 128M to 64T, as a number of bytes or a text such as '32G', not '32Q'"],
  ];
  it.each(WRONG)('refuses %o', (options, message) => {
    expect(() => check(options as CheckOptions)).toThrow(new MachineOptionError(message));
  });
});

describe('files of a machine', () => {
  it('answer what a call gave, or the name of its errno', () => {
    const machine = createMachine({ profile: '7.3' });
    expect(machine.read(SYSCTL)).toEqual({ ok: true, text: '0\n' });
    expect(machine.write(SYSCTL, '1')).toEqual({ ok: true, bytes: 1 });
    expect(machine.write(SYSCTL, '2\n')).toEqual({ ok: false, errno: 'EINVAL' });
    expect(machine.write(SYSCTL, '1 0')).toEqual({ ok: true, bytes: 2 });
    expect(machine.read(SYSCTL)).toEqual({ ok: true, text: '1\n' });
    expect(machine.read('/proc/sys/vm/drop_caches')).toEqual({ ok: false, errno: 'EACCES' });
    expect(machine.write('/proc/meminfo', 'x')).toEqual({ ok: false, errno: 'EIO' });
    expect(machine.list('/sys/devices/system/node/node0/memory_failure')).toEqual({ ok: true, names: ['total', 'ignored', 'failed', 'delayed', 'recovered'] });
  });

  it('throw as files of node:fs do, where that is wanted', () => {
    const machine = createMachine();
    machine.echo('10', '/proc/sys/vm/swappiness');
    expect(machine.cat('/proc/sys/vm/swappiness')).toBe('10\n');
    const refusal = (work: () => unknown): unknown => { try { work(); } catch (error) { return error; } return undefined; };
    expect(refusal(() => { machine.echo('x', '/proc/sys/vm/swappiness'); })).toMatchObject({ code: 'EINVAL', syscall: 'write', path: '/proc/sys/vm/swappiness' });
    const missing = refusal(() => machine.cat('/proc/sys/vm/swapiness'));
    expect(missing).toBeInstanceOf(MachineFileError);
    expect(missing).toMatchObject({ code: 'ENOENT', syscall: 'read', message: 'ENOENT: cannot read /proc/sys/vm/swapiness' });
  });

  it('echo writes on where less was taken, and meets what is behind the number as a shell does', () => {
    const [strict, legacy] = [createMachine(), createMachine({ sysctls: { 'kernel.sysctl_writes_strict': -1 } })];
    strict.echo('1 x', SYSCTL);
    expect(() => { legacy.echo('1 x', SYSCTL); }).toThrow(expect.objectContaining({ code: 'EINVAL' }) as Error);
    expect([strict.cat(SYSCTL), legacy.cat(SYSCTL)]).toEqual(['1\n', '1\n']);
  });

  it('are found as Linux finds them: over links, dots and double slashes; a name behind a file is ENOTDIR', () => {
    const machine = createMachine();
    const block = '/sys/devices/system/memory/memory0/phys_index';
    expect(machine.read('/sys/devices/system/node/node0/memory0/phys_index')).toEqual(machine.read(block));
    expect(machine.read('sys//devices/system/node/./node0/memory0/../memory0/phys_index')).toEqual(machine.read(block));
    expect(machine.read(`${SYSCTL}/x`)).toEqual({ ok: false, errno: 'ENOTDIR' });
    expect(machine.read(`${SYSCTL}/`)).toEqual({ ok: false, errno: 'ENOTDIR' });
    expect(machine.read('/proc/nothing/../meminfo')).toEqual({ ok: false, errno: 'ENOENT' });
    expect(machine.read('')).toEqual({ ok: false, errno: 'ENOENT' });
    expect(machine.read('/proc')).toEqual({ ok: false, errno: 'EISDIR' });
    expect(machine.list('/')).toMatchObject({ ok: true, names: expect.arrayContaining(['control', 'proc', 'sys']) as unknown });
  });

  it('give bytes: 8 a frame of /proc/kpageflags, with the flag of a poisoned one', () => {
    const machine = createMachine();
    machine.inject({ pfn: 0x2000 });
    const flags = machine.readBytes('/proc/kpageflags', 0x2000 * 8, 8);
    expect(flags.ok && (new DataView(flags.bytes.buffer).getBigUint64(0, true) >> 19n) & 1n).toBe(1n);
    expect(machine.readBytes('/proc/kpageflags', -8, 8)).toEqual({ ok: false, errno: 'EINVAL' });
  });

  it('are EIO of a dead machine, but for the control file', () => {
    const machine = createMachine();
    machine.control('panic');
    expect(machine.read(SYSCTL)).toEqual({ ok: false, errno: 'EIO' });
    expect(machine.read('/control').ok).toBe(true);
  });

  it('/dev/kmsg is written, and read as far as there is something to read', () => {
    const machine = createMachine();
    machine.echo('<3>tool: hello', '/dev/kmsg');
    expect(machine.log('kmsg').at(-1)).toMatch(/^11,\d+,0,-;tool: hello$/);
    expect(machine.cat('/dev/kmsg').trimEnd().split('\n')).toEqual(machine.log('kmsg'));
  });
});

describe('errors in memory', () => {
  it('panic, and the log, the events and the counters tell of it', () => {
    const machine = armed();
    expect(machine.inject({ pfn: 0x2000 })).toEqual({ ok: false, errno: 'EIO' });
    expect(machine.panic).toBe('Memory failure: 0x2000: unrecoverable page');
    expect(machine.log().at(-1)).toMatch(/---\[ end Kernel panic - not syncing: Memory failure: 0x2000: unrecoverable page \]---$/);
    expect(machine.log('raw').find((line) => line.includes('recovery action'))).toMatch(/^<3>\[ {4}0\.\d{6}\] Memory failure: 0x2000: recovery action for reserved kernel page: Ignored$/);
    expect(machine.events).toEqual([
      { kind: 'boot' }, { kind: 'memory-failure', pfn: 0x2000, page: 'reserved kernel page', action: 'Ignored' },
      { kind: 'panic', text: 'Memory failure: 0x2000: unrecoverable page' },
    ]);
    expect(machine.counters).toMatchObject({ total: 1, ignored: 1, recovered: 0, poisonedPages: 1 });
    expect(armed({ profile: 'v4' }).inject({ pfn: 0x2000 })).toEqual({ ok: false, errno: 'EBUSY' });
  });

  it('come by type, frame, address, way and race', () => {
    const machine = createMachine({ machineFile: 'process nginx:611\npage pfn=0x3000 type=anon mapped=nginx:611' });
    expect(machine.inject({ type: 'free', count: 3, race: 'allocated', via: 'corrupt' })).toEqual({ ok: false, errno: 'EBUSY' });
    expect(machine.counters.total).toBe(3);
    expect(machine.inject({ phys: 0x3000 * 4096 })).toEqual({ ok: true });
    expect(machine.events.at(-1)).toMatchObject({ kind: 'memory-failure', pfn: 0x3000, action: 'Recovered' });
    machine.control('access pfn=0x3000');
    expect(machine.events.at(-1)).toEqual({ kind: 'signal', pid: 611, comm: 'nginx', signal: 'SIGBUS' });
    expect(machine.inject({}).ok).toBeTypeOf('boolean');
    expect(machine.inject({ pfn: 0 }).ok).toBe(false);
  });

  const WRONG: readonly (readonly [injection: object, message: RegExp])[] = [
    [{ type: 'slba' }, /^control:1: unknown page type 'slba', did you mean 'slab'\?$/],
    [{ type: 'slab\nreboot' }, /^control:1: /],
    [{ pfn: 1.5 }, /^control:1: .*0x1\.8/],
    [{ pfn: NaN }, /^control:1: .*0xNaN/],
    [{ pfn: 1, phys: 4096 }, /^control:1: .*pfn.*phys/],
    [{ pnf: 1 }, /^control:1: .*pnf/],
    [{ type: 'slab', count: 0 }, /^control:1: .*count/],
  ];
  it.each(WRONG)('are refused, and nothing is done, as %o', (injection, message) => {
    const machine = createMachine();
    expect(() => machine.inject(injection as Injection)).toThrow(MachineOptionError);
    expect(() => machine.inject(injection as Injection)).toThrow(message);
    expect([machine.counters.total, machine.boots]).toEqual([0, 1]);
  });
});

describe('control()', () => {
  it('runs a batch, or refuses all of it and says why', () => {
    const machine = createMachine();
    expect(machine.control('# a scenario\nlog level=err hello\nsoft-offline type=anon')).toEqual({ ok: true });
    expect(machine.control('reboot\nrebot')).toEqual({ ok: false, errno: 'EINVAL', refused: "control:2: unknown command 'rebot', did you mean 'reboot'?" });
    expect(machine.boots).toBe(1);
    expect(machine.control('unpoison pfn=0x2000')).toEqual({ ok: false, errno: expect.any(String) as string });
    expect(machine.control('fail /proc/nothing op=read errno=EIO')).toMatchObject({ errno: 'EINVAL', refused: expect.stringContaining('/proc/nothing') as string });
    expect(machine.control(`${'#'.repeat(5000)}\nreboot`)).toEqual({ ok: true });
    expect(machine.boots).toBe(2);
  });

  it('has files misbehave', () => {
    const machine = createMachine();
    machine.control('fail /proc/sys/vm/swappiness op=read errno=ENODEV count=1');
    expect(machine.read('/proc/sys/vm/swappiness')).toEqual({ ok: false, errno: 'ENODEV' });
    expect(machine.read('/proc/sys/vm/swappiness').ok).toBe(true);
  });
});

describe('time', () => {
  it('passes only on request, and brings the reboot that is due', () => {
    const machine = armed({ sysctls: { [PANIC_SYSCTL]: 1, 'kernel.panic': 10 } });
    machine.advance(1500);
    expect(machine.uptime).toBe(1500);
    machine.inject({ pfn: 0x2000 });
    machine.advance(9_999);
    expect([machine.panic, machine.boots]).toEqual(['Memory failure: 0x2000: unrecoverable page', 1]);
    machine.advance(1);
    expect([machine.panic, machine.boots, machine.uptime]).toEqual([undefined, 2, 0]);
    expect(machine.events.at(-1)).toEqual({ kind: 'boot' });
    expect(machine.counters.total).toBe(0);
    expect(machine.log().filter((line) => line.includes('Linux version'))).toHaveLength(2);
  });

  it.each([-1, NaN, Infinity])('does not pass by %d', (milliseconds) => {
    expect(() => { createMachine().advance(milliseconds); }).toThrow(`advance takes milliseconds from 0 on, not '${milliseconds}'`);
  });

  it('is the clock\'s that was given', () => {
    let usec = 0;
    const machine = armed({ clock: () => usec, sysctls: { [PANIC_SYSCTL]: 1, 'kernel.panic': 2 } });
    machine.inject({ pfn: 0x2000 });
    usec = 2_000_000;
    expect(machine.boots).toBe(2);
  });
});

it('a log has no other formats', () => {
  expect(() => createMachine().log('json' as 'dmesg')).toThrow("a log's format is dmesg, raw, syslog or kmsg, not 'json'");
});
