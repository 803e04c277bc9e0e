import { describe, expect, test } from 'vitest';
import { resolveSettings } from '../../src/cli/options/option.ts';
import { describedParts, PARTS_OPTIONS } from '../../src/cli/options/machine.ts';
import { LOOPBACK, netInterface, PLAIN_PARTS } from '../../src/kernel/sysctl/machine-parts.ts';
import { machineSysctls } from '../../src/kernel/sysctl/machine-sysctls.ts';
import { MODULE_NAMES } from '../../src/kernel/sysctl/modules/names.ts';
import { MODULES } from '../../src/kernel/sysctl/modules/modules.ts';
import { in6Pton, formatIpv6 } from '../../src/kernel/sysctl/net/ipv6-address.ts';
import { PROFILES } from '../../src/kernel/profiles/profiles.ts';
import { createMachine } from '../../src/library/create-machine.ts';
import { parseBootSetting } from '../../src/machine/boot-setting.ts';
import { readMachineParts } from '../../src/machine/machine-parts.ts';
import { testMachine } from '../support/machine.ts';
import { RECORDED_SIZE } from '../support/sysctl-host.ts';

const NET = '/proc/sys/net';

test('rows have names of their own, and every other name they give is that of a row', () => {
  const parts = { interfaces: [LOOPBACK, { name: 'eth0.100', kind: 'ethernet' as const }], modules: MODULE_NAMES, without: [] };
  const rows = machineSysctls(PROFILES['7.3'], parts);
  const names = new Set(rows.map(({ name }) => name));
  expect(names.size).toBe(rows.length);
  for (const { name, twin, zeroes, inherits, extra1, extra2 } of rows) {
    for (const other of [twin, zeroes?.name, inherits, extra1, extra2]) if (typeof other === 'string') expect(names, name).toContain(other);
  }
});

test('the names of modules are those of the table', () => {
  expect(Object.keys(MODULES).sort()).toEqual(MODULE_NAMES);
});

describe('the parts of a machine', () => {
  const EMPTY = { interfaces: [], modules: [], without: [] };

  test('lo comes first, and names given twice count once', () => {
    expect(readMachineParts({ interfaces: ['eth0', 'lo', 'dummy1', 'eth0'], modules: ['tcp_bbr', 'tcp_bbr'], without: ['ipv6'] })).toEqual({
      interfaces: [LOOPBACK, { name: 'eth0', kind: 'ethernet' }, { name: 'dummy1', kind: 'no-arp' }], modules: ['tcp_bbr'], without: ['ipv6'],
    });
    expect(readMachineParts(EMPTY)).toEqual(PLAIN_PARTS);
  });

  test.each(['', '.', '..', 'all', 'default', 'a/b', 'a:1', 'a b', 'sixteencharacter'])('%j is not an interface', (name) => {
    expect(netInterface(name)).toBeUndefined();
    expect(readMachineParts({ ...EMPTY, interfaces: [name] })).toMatchObject({ part: 'interfaces', value: name });
  });

  test('an unknown module gets one line with the nearest that is known', () => {
    const parts = readMachineParts({ ...EMPTY, modules: ['nf_conntrak'] });
    expect(parts).toMatchObject({ part: 'modules', value: 'nf_conntrak', takes: 'a module such as nf_conntrack (vmsysctld(8) lists all under MODULES)' });
  });

  test('options say which is wrong, and interfaces that nobody gave are those of the caller', () => {
    const settings = (given: object) => resolveSettings(PARTS_OPTIONS, { ...given });
    expect(() => describedParts(settings({ interface: ['eth0', 'a b'] }))).toThrow("--interface takes the name of a network interface, such as eth0 or eth0.100, not 'a b'");
    expect(() => describedParts(settings({ module: ['x'] }))).toThrow(/^--module takes a module such as .*, not 'x'$/);
    const host = [LOOPBACK, { name: 'wg0', kind: 'no-arp' as const }];
    expect(describedParts(settings({ module: ['tcp_bbr'] }), host)).toEqual({ interfaces: host, modules: ['tcp_bbr'], without: [] });
    expect(describedParts(settings({ interface: ['eth0'], without: 'ipv6' }), host)).toMatchObject({ interfaces: [LOOPBACK, { name: 'eth0' }], without: ['ipv6'] });
  });

  test('the library takes them too', () => {
    const machine = createMachine({ interfaces: ['eth0.100'], modules: ['nf_conntrack'], without: ['ipv6'], sysctls: { 'net.ipv4.conf.eth0/100.rp_filter': 1 } });
    expect(machine.cat(`${NET}/ipv4/conf/eth0.100/rp_filter`)).toBe('1\n');
    expect(machine.cat(`${NET}/nf_conntrack_max`)).toBe('8192\n');
    expect(machine.read(`${NET}/ipv6/conf/all/forwarding`)).toEqual({ ok: false, errno: 'ENOENT' });
    expect(machine.list(`${NET}/ipv4/conf`)).toEqual({ ok: true, names: ['all', 'default', 'eth0.100', 'lo'] });
    expect(() => createMachine({ modules: ['x'] })).toThrow(/^modules takes a module such as nf_con/);
    expect(() => createMachine({ interfaces: 'eth0' as never })).toThrow("interfaces takes an array of names of network interfaces, not 'eth0'");
  });
});

describe('boot settings', () => {
  const parts = { ...PLAIN_PARTS, interfaces: [LOOPBACK, { name: 'eth0.100', kind: 'ethernet' as const }], modules: ['tcp_bbr', 'sch_fq'] };
  const parse = (setting: string) => parseBootSetting(setting, machineSysctls(PROFILES['7.3'], parts), { ...RECORDED_SIZE, ...parts });

  test.each([
    ['net.ipv4.conf.eth0/100.rp_filter=2', 'net.ipv4.conf.eth0/100.rp_filter', [2n]],
    ['net/ipv4/conf/eth0.100/rp_filter=2', 'net.ipv4.conf.eth0/100.rp_filter', [2n]],
    ['net.ipv4.tcp_congestion_control=bbr', 'net.ipv4.tcp_congestion_control', 'bbr'],
    ['net.core.default_qdisc=fq', 'net.core.default_qdisc', 'fq'],
    ['net.ipv4.ip_local_port_range=1024 65535', 'net.ipv4.ip_local_port_range', [1024n, 65535n]],
    ['net.ipv4.ip_local_reserved_ports=8000-8002,80', 'net.ipv4.ip_local_reserved_ports', '80,8000-8002'],
    ['net.ipv6.conf.default.stable_secret=2001:db8::1', 'net.ipv6.conf.default.stable_secret', '2001:0db8:0000:0000:0000:0000:0000:0001'],
  ])('%s', (setting, name, value) => {
    expect(parse(setting)).toMatchObject({ entry: { name }, value });
  });

  test('what default hands on is set with it, and what was set stays the own', () => {
    const parsed = parse('net.ipv4.conf.default.rp_filter=1');
    expect('sets' in parsed && [...parsed.sets.keys()].sort()).toEqual([
      'net.ipv4.conf.default.rp_filter', 'net.ipv4.conf.default.rp_filter#own', 'net.ipv4.conf.eth0/100.rp_filter', 'net.ipv4.conf.lo.rp_filter',
    ]);
  });

  test.each([
    ['net.ipv4.tcp_congestion_control=vegas', /^net\.ipv4\.tcp_congestion_control takes a name of .*, not 'vegas'$/],
    ['net.ipv4.tcp_reordering=301', /^net\.ipv4\.tcp_reordering takes a whole number from 1 to net\.ipv4\.tcp_max_reordering, not '301'$/],
    ['net.ipv4.route.flush=1', /^net\.ipv4\.route\.flush keeps no value: write anything to it/],
    ['net.ipv4.conf.eth1.rp_filter=1', /^unknown sysctl 'net\.ipv4\.conf\.eth1\.rp_filter', did you mean/],
    ['net.ipv4.tcp_mem=x', /^net\.ipv4\.tcp_mem takes /],
  ])('%s is refused', (setting, error) => {
    expect(parse(setting)).toMatchObject({ error: expect.stringMatching(error) as string });
  });
});

describe('files that act on others', () => {
  test('ip_forward is forwarding of all, goes on to everything, and turns accept_redirects of all', () => {
    const { read, write } = testMachine();
    const values = (): unknown[] => ['ip_forward', 'conf/all/forwarding', 'conf/default/forwarding', 'conf/lo/forwarding', 'conf/all/accept_redirects']
      .map((file) => read(`${NET}/ipv4/${file}`));
    write(`${NET}/ipv4/conf/all/forwarding`, '1\n');
    expect(values()).toEqual(['1\n', '1\n', '1\n', '1\n', '0\n']);
    write(`${NET}/ipv4/conf/lo/forwarding`, '0\n');
    write(`${NET}/ipv4/ip_forward`, '0\n');
    expect(values()).toEqual(['0\n', '0\n', '0\n', '0\n', '1\n']);
  });

  test('a bound may be another file: no fragment threshold passes the other', () => {
    const { read, write } = testMachine();
    expect(write(`${NET}/ipv4/ipfrag_low_thresh`, '4194305\n')).toBe(-22);
    expect(write(`${NET}/ipv4/ipfrag_high_thresh`, '5000000\n')).toBe(8);
    expect(write(`${NET}/ipv4/ipfrag_low_thresh`, '4194305\n')).toBe(8);
    expect(read(`${NET}/ipv4/ipfrag_low_thresh`)).toBe('4194305\n');
  });

  test('times of one number in two units, rounded as the kernel keeps them', () => {
    const { read, write } = testMachine();
    const both = (): unknown[] => ['retrans_time', 'retrans_time_ms'].map((file) => read(`${NET}/ipv4/neigh/lo/${file}`));
    write(`${NET}/ipv4/neigh/lo/retrans_time`, '3\n');
    expect(both()).toEqual(['2\n', '28\n']);
    write(`${NET}/ipv4/neigh/lo/retrans_time_ms`, '5\n');
    expect(both()).toEqual(['0\n', '8\n']);
    write(`${NET}/ipv4/neigh/lo/retrans_time_ms`, '-1\n');
    expect(both()).toEqual(['-0\n', '-4\n']);
  });

  test('deprecated times of IPv6 are complained of five times, not twice in a row for one program', () => {
    const { machine: { kernel }, vfs, lines } = testMachine();
    const handle = vfs.open(`${NET}/ipv6/neigh/lo/retrans_time`, 0);
    for (const comm of ['a', 'a', 'b', 'a', 'b', 'a', 'b']) vfs.read(handle, 0, 100, { pid: 1, uid: 0, comm });
    expect(kernel.values.get('net.ipv6.neigh#warned')).toEqual([5n]);
    const logged = lines();
    expect(logged).toHaveLength(5);
    expect(logged[0]).toBe(
      "4,ICMPv6: process `a' is using deprecated sysctl (syscall) net.ipv6.neigh.lo.retrans_time - use net.ipv6.neigh.lo.retrans_time_ms instead");
  });

  test('a module makes a value acceptable; without it, the value is ENOENT', () => {
    const [plain, loaded] = [testMachine(), testMachine({ parts: { ...PLAIN_PARTS, modules: ['tcp_htcp', 'sch_cake'] } })];
    for (const [file, value] of [['core/default_qdisc', 'cake'], ['ipv4/tcp_congestion_control', 'htcp']] as const) {
      expect(plain.write(`${NET}/${file}`, `${value}\n`)).toBe(-2);
      expect(loaded.write(`${NET}/${file}`, `${value}\n`)).toBe(value.length + 1);
    }
    expect(loaded.read(`${NET}/ipv4/tcp_available_congestion_control`)).toBe('reno cubic htcp\n');
    expect(loaded.read(`${NET}/ipv4/tcp_allowed_congestion_control`)).toBe('reno cubic htcp\n');
    expect(loaded.write(`${NET}/ipv4/tcp_allowed_congestion_control`, 'htcp  cubic\n')).toBe(12);
    expect(loaded.read(`${NET}/ipv4/tcp_allowed_congestion_control`)).toBe('htcp\n');
  });

  test('a reboot brings the boot values back, also of what was never shown', () => {
    const { machine: { kernel }, read, write } = testMachine();
    write(`${NET}/ipv4/conf/lo/rp_filter`, '1\n');
    kernel.reboot();
    write(`${NET}/ipv4/conf/default/rp_filter`, '2\n');
    expect(read(`${NET}/ipv4/conf/lo/rp_filter`)).toBe('2\n');
  });
});

test.each([
  ['::', '0000:0000:0000:0000:0000:0000:0000:0000'], ['1::', '0001:0000:0000:0000:0000:0000:0000:0000'],
  ['2001:db8::ABCD', '2001:0db8:0000:0000:0000:0000:0000:abcd'], ['::ffff:192.0.2.1', '0000:0000:0000:0000:0000:ffff:c000:0201'],
  ['1:2:3:4:5:6:7:8', '0001:0002:0003:0004:0005:0006:0007:0008'],
  ['', undefined], ['1:2', undefined], ['1::2::3', undefined], ['12345::', undefined], ['g::', undefined], ['1.2.3.4', undefined], ['::1.2.3.256', undefined],
])('the IPv6 address %j is %s', (text, written) => {
  const address = in6Pton(text);
  expect(address && formatIpv6(address)).toBe(written);
});

test('sizes by memory: TCP and UDP limits, hash tables, conntrack, on 1, 8 and 64 GiB', () => {
  const shown = (gib: number, file: string): unknown =>
    testMachine({ memoryBytes: gib * 2 ** 30, parts: { ...PLAIN_PARTS, modules: ['nf_conntrack'] } }).read(`${NET}/${file}`);
  expect([1, 8, 64].map((gib) => shown(gib, 'ipv4/tcp_ehash_entries'))).toEqual(['8192\n', '65536\n', '524288\n']);
  expect([1, 8, 64].map((gib) => shown(gib, 'ipv4/tcp_max_syn_backlog'))).toEqual(['128\n', '512\n', '4096\n']);
  expect([1, 8, 64].map((gib) => shown(gib, 'netfilter/nf_conntrack_max'))).toEqual(['8192\n', '262144\n', '262144\n']);
  expect(shown(64, 'ipv4/tcp_rmem')).toBe('4096\t131072\t33554432\n');
});
