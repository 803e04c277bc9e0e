import { describe, expect, it } from 'vitest';
import { MOST_LINES } from '../../../src/check/check.ts';
import { PROFILE_NAMES } from '../../../src/kernel/profiles/names.ts';
import { TOOL_NAMES, type ToolName } from '../../../src/check/tools/tool-names.ts';
import { PROFILES } from '../../../src/kernel/profiles/profiles.ts';
import { dottedName } from '../../../src/kernel/sysctl/ctl-table.ts';
import { testMachine } from '../../support/machine.ts';
import { RECORDED_PARTS } from '../../support/recorded-writes.ts';
import { recording } from '../../support/recording.ts';
import { checkerOf, filesOf, found } from './support.ts';

const ROLE_SETTINGS = recording('role-settings.conf');

describe('settings that roles write', () => {
  /** The files of a kernel with the modules that the settings need, as recorded on one. */
  const recorded = (version: string): ReadonlySet<string> => {
    const lines = `${recording(`proc-sys-files.${version}.txt`)}${recording(`proc-sys-files-more.${version}.txt`)}`.split('\n');
    return new Set(lines.flatMap((line) => /^F (\S+)/.exec(line)?.[1] ?? []));
  };

  it('of them, exactly those are absent that a kernel has no file of, and those refused that it answers with an errno', () => {
    const checker = checkerOf({ profiles: PROFILE_NAMES, modules: ['br_netfilter', 'nf_conntrack', 'tcp_bbr', 'sch_fq'] });
    const { findings, settings } = checker.check(filesOf({ 'role-settings.conf': ROLE_SETTINGS }));
    expect(settings).toBe(95);
    const assignments = ROLE_SETTINGS.split('\n').flatMap((line) => {
      const [, name = '', value = ''] = /^([^#=]+)=(.*)$/.exec(line) ?? [];
      return name === '' ? [] : [{ name, value }];
    });
    for (const kernel of PROFILE_NAMES) {
      const there = recorded(PROFILES[kernel].version);
      const { write } = testMachine({ profile: kernel, parts: RECORDED_PARTS });
      const errors = findings.filter(({ kernels, severity }) => severity === 'error' && kernels.includes(kernel));
      const missing = assignments.filter(({ name }) => !there.has(dottedName(name)));
      expect(errors.filter(({ kind }) => kind === 'absent').map(({ setting }) => setting), kernel).toEqual(missing.map(({ name }) => name));
      const refused = assignments.filter((each) => !missing.includes(each) && write(`/proc/sys/${dottedName(each.name)}`, `${each.value}\n`) < 0);
      expect(errors.filter(({ kind }) => kind !== 'absent').map(({ kind, setting }) => `${kind} ${setting}`), kernel).toEqual(refused.map(({ name }) => `refused ${name}`));
      expect([missing.length, refused.length], kernel).toEqual(there.has('vm/panic_on_unrecoverable_memory_failure') ? [3, 2] : [4, 1]);
    }
    // The file sets two names twice.
    expect(findings.filter(({ severity }) => severity === 'warning').map(({ line, kind, setting }) => `${line} ${kind} ${setting}`))
      .toEqual(['13 duplicate net.ipv4.ip_forward', '54 duplicate vm.mmap_rnd_bits', '96 differs vm.mmap_rnd_bits']);
  });
});

describe('findings', () => {
  const CASES: readonly (readonly [what: string, text: string, ...found: string[]])[] = [
    ['nothing to say', 'vm.swappiness=10\nkernel.sem=250 32000 100 128\nkernel.printk=4\nvm.overcommit_ratio=0x20\n'],
    ['a bound', 'vm.swappiness=201\n', "1 error refused vm.swappiness=201: vm.swappiness takes a whole number from 0 to 200, not '201'"],
    ['a slip', 'vm.swapiness=10\n', "1 error absent vm.swapiness=10: there is no such sysctl, did you mean 'vm.swappiness'?"],
    ['a directory', 'net.ipv4=1\n', '1 error absent net.ipv4=1: it is a directory: name a file in it'],
    ['an interface', 'net.ipv4.conf.eth0.rp_filter=1\n',
      '1 warning absent net.ipv4.conf.eth0.rp_filter=1: the machine has no interface eth0: give --interface eth0 if the hosts have it'],
    ['a module', 'net.netfilter.nf_conntrack_max=1\n',
      '1 warning absent net.netfilter.nf_conntrack_max=1: it needs the module nf_conntrack: load that first, and give --module nf_conntrack'],
    ['a module for a value', 'net.core.default_qdisc=fq\n',
      '1 warning refused net.core.default_qdisc=fq: it needs the module sch_fq: give --module sch_fq if the hosts have it'],
    ['another module for a value', 'net.ipv4.tcp_congestion_control=bbr\n',
      '1 warning refused net.ipv4.tcp_congestion_control=bbr: it needs the module tcp_bbr: give --module tcp_bbr if the hosts have it'],
    ['read-only', 'kernel.ostype=Linux2\n', '1 error read-only kernel.ostype=Linux2: kernel.ostype is read-only'],
    ['write-only', 'vm.drop_caches=1\n',
      '1 error refused vm.drop_caches=1: it can be written and not read, and systemd-sysctl opens it to do both: write it with sysctl(8)'],
    ['another value', 'vm.hugetlb_optimize_vmemmap=5\n', "1 warning changed vm.hugetlb_optimize_vmemmap=5: it reads back as '1'"],
    ['undone', 'vm.dirty_background_bytes=65536\nvm.dirty_background_ratio=5\n',
      "1 error undone vm.dirty_background_bytes=65536: vm.dirty_background_ratio in line 2 sets it to '0'"],
    ['a deprecation', 'vm.laptop_mode=5\n',
      '1 warning logged vm.laptop_mode=5: the kernel logs: systemd-sysctl: vm.laptop_mode is deprecated. Ignoring setting.'],
    ['twice', 'vm.swappiness=1\nvm.swappiness=1\n', "1 warning duplicate vm.swappiness=1: line 2 sets it again, to '1'"],
    ['no assignment', 'vm.swappiness 10\n', '1 error syntax null=vm.swappiness 10: it is not an assignment: write NAME = VALUE, or -NAME to keep globs away from NAME'],
    ['what may fail', '-vm.no_such=1\n-vm.swappiness=201\n', "2 warning refused vm.swappiness=201: vm.swappiness takes a whole number from 0 to 200, not '201'"],
    ['an exception', 'net.ipv4.conf.*.rp_filter=3\n-net.ipv4.conf.all.rp_filter\n-net.ipv4.conf.default.rp_filter\nnet.ipv4.conf.lo.rp_filter=1\n'],
    ['an exception that is a glob', '-net.ipv4.conf.*.rp_filter\n',
      '1 warning syntax null=-net.ipv4.conf.*.rp_filter: it excludes nothing: a line without a value excludes one name, without *, ? or ['],
    ['a glob without a match', 'net.ipv4.conf.eth*.rp_filter=1\n', '1 warning absent net.ipv4.conf.eth*.rp_filter=1: no sysctl matches it'],
  ];
  for (const [what, text, ...wanted] of CASES) {
    it(`${what}: ${JSON.stringify(text)}`, () => {
      expect(found(text)).toEqual(wanted.map((each) => `a.conf:${each}`));
    });
  }

  it('a value that only a reboot takes back is refused to later lines', () => {
    const text = 'kernel.kexec_load_disabled=1\nkernel.yama.ptrace_scope=3\nkernel.yama.ptrace_scope=1\n';
    expect(found(text, { like: 'procps' }).filter((each) => !each.includes('duplicate') && !each.includes('differs')))
      .toEqual(['a.conf:3 error write-once kernel.yama.ptrace_scope=1: line 2 set it, and only a reboot takes that back']);
  });

  it('a later file overrides an earlier one, but of packages that is as it should be', () => {
    const path = (directory: string, name: string): string => `/${directory}/sysctl.d/${name}.conf`;
    const one = 'vm.swappiness=1\n';
    expect(found({ [path('etc', '10-a')]: one, [path('usr/lib', '50-b')]: 'vm.swappiness=2\n' }))
      .toEqual(["/etc/sysctl.d/10-a.conf:1 warning overridden vm.swappiness=1: /usr/lib/sysctl.d/50-b.conf:1 sets it to '2'"]);
    expect(found({ [path('usr/lib', '10-a')]: one, [path('etc', '50-b')]: 'vm.swappiness=2\n' })).toEqual([]);
    expect(found({ [path('etc', '10-a')]: one, [path('etc', '50-b')]: 'vm.swappiness=0x1\n' })).toEqual([]);
  });

  it('says where the tools differ in effect', () => {
    expect(found({ '/etc/sysctl.conf': 'vm.swappiness=1\n', '/etc/sysctl.d/x.conf': 'vm.swappiness=2\n' })).toEqual([
      "/etc/sysctl.conf:1 warning differs vm.swappiness=1: systemd-sysctl ends with '2', sysctl --system ends with '1': " +
      'systemd-sysctl does not read this file, unless a link such as /etc/sysctl.d/99-sysctl.conf leads to it',
    ]);
    expect(found({ '/etc/sysctl.d/x.conf': 'net.ipv4.ip_forward=1\n' })).toEqual([]);
  });

  it('the releases of procps differ in globs, exceptions, empty values and deprecated names', () => {
    const GLOB = 'net.ipv4.conf.*.rp_filter=2\n-net.ipv4.conf.d*.rp_filter\nnet.ipv4.neigh.lo.base_reachable_time=20\n';
    const plain = (like: ToolName): string[] => found(GLOB, { like }).filter((each) => !each.includes(' differs ')).map((each) => each.replace('a.conf:', ''));
    expect(plain('procps')).toEqual(['2 warning syntax null=-net.ipv4.conf.d*.rp_filter: it excludes nothing: a line without a value excludes one name, without *, ? or [']);
    expect(plain('procps-4.0.5')).toEqual([]);
    expect(plain('procps-3.3')).toEqual([
      '1 error absent net.ipv4.conf.*.rp_filter=2: sysctl --system (procps 3.3) takes it for a name, since it expands no globs: name each sysctl',
      "2 error syntax null=-net.ipv4.conf.d*.rp_filter: it has no value, and procps 3.3 writes '=': write NAME = VALUE, or leave it out",
      '3 error syntax net.ipv4.neigh.lo.base_reachable_time=20: procps 3.3 does not set base_reachable_time, since it is deprecated: set base_reachable_time_ms',
    ]);
    // What the excluded ones end with differs too.
    const differs = (like: ToolName): string[] => found(GLOB, { like }).filter((each) => each.includes(' differs ')).map((each) => / (net\S+)=/.exec(each)?.[1] ?? '');
    expect(differs('procps')).toEqual([]);
    expect(differs('procps-4.0.5')).toEqual(['net.ipv4.conf.default.rp_filter']);
    expect(differs('procps-3.3').sort()).toEqual(['net.ipv4.conf.all.rp_filter', 'net.ipv4.conf.default.rp_filter', 'net.ipv4.conf.lo.rp_filter', 'net.ipv4.neigh.lo.base_reachable_time']);
  });

  it('a file under two names is not a duplicate of itself', () => {
    const text = 'vm.swappiness=1\n';
    const files = filesOf({ '/etc/sysctl.conf': text, '/etc/sysctl.d/99-sysctl.conf': text }).map((file) => ({ ...file, identity: 'one' }));
    for (const like of TOOL_NAMES) expect(checkerOf({ like }).check(files).findings).toEqual([]);
  });

  it('what is not a configuration is one finding', () => {
    const texts = { 'binary': 'vm.swappiness=1\0\n', 'long': '\n'.repeat(MOST_LINES + 1), 'large': '#'.repeat(2 ** 20 + 1) };
    expect(found(texts)).toEqual([
      'binary:null error unreadable null: is not a text file: it has NUL bytes',
      'long:null error unreadable null: has more than 10000 lines, and no configuration has: it is not checked',
      'large:null error unreadable null: is longer than 1 MiB, and no configuration is: it is not checked',
    ]);
  });

  it('a host with the same files as another has the same findings, each with its own paths', () => {
    const checker = checkerOf();
    const files = (host: string) => filesOf({ [`${host}/etc/sysctl.d/a.conf`]: 'vm.swappiness=1\n', [`${host}/etc/sysctl.d/b.conf`]: 'vm.swappiness=2\n' });
    const messages = ['db1', 'db2'].map((host) => checker.check(files(host), host).findings.map(({ host: of, file, message }) => `${of} ${file} ${message}`));
    expect(messages).toEqual(['db1', 'db2'].map((host) => [`${host} ${host}/etc/sysctl.d/a.conf ${host}/etc/sysctl.d/b.conf:1 sets it to '2'`]));
  });
});
