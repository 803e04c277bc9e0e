import { expect, test } from 'vitest';
import { PROFILE_NAMES } from '../../../src/kernel/profiles/names.ts';
import { checkerOf, filesOf } from './support.ts';

/** The settings of sysctl.d files that Debian 12 and 13 ship, without their comments, by package and file. Those of libreswan are an example, for its users. */
const PACKAGES: Readonly<Record<string, readonly [path: string, ...settings: string[]]>> = {
  bubblewrap: ['/usr/lib/sysctl.d/50-bubblewrap.conf', 'kernel.unprivileged_userns_clone=1'],
  'ceph-osd': ['/etc/sysctl.d/30-ceph-osd.conf', 'fs.aio-max-nr = 1048576', 'kernel.pid_max = 4194304'],
  'hardening-runtime': [
    '/usr/lib/sysctl.d/10-hardening.conf', 'kernel.kptr_restrict = 1', 'kernel.dmesg_restrict = 1', 'kernel.perf_event_paranoid = 3',
    'kernel.kexec_load_disabled = 1', 'kernel.yama.ptrace_scope = 1', 'user.max_user_namespaces = 0', 'kernel.unprivileged_bpf_disabled = 1',
    'net.core.bpf_jit_harden = 2',
  ],
  'incus-base': ['/etc/sysctl.d/10-incus-inotify.conf', 'fs.inotify.max_user_instances = 1024'],
  libreswan: [
    '/etc/sysctl.d/50-libreswan.conf', 'net.ipv4.ip_forward = 1', 'net.ipv4.conf.default.rp_filter = 0', 'net.ipv4.conf.all.rp_filter = 0',
    'net.ipv4.conf.all.send_redirects = 0', 'net.ipv4.conf.default.send_redirects = 0', 'net.ipv4.icmp_ignore_bogus_error_responses = 1',
    'net.ipv4.conf.default.log_martians = 0', 'net.ipv4.conf.all.log_martians = 0', 'net.ipv4.conf.default.accept_source_route = 0',
    'net.ipv6.conf.default.accept_source_route = 0', 'net.ipv4.conf.all.accept_redirects = 0', 'net.ipv6.conf.all.accept_redirects = 0',
    'net.ipv4.conf.default.accept_redirects = 0', 'net.ipv6.conf.default.accept_redirects = 0', 'net.ipv4.neigh.default.gc_thresh1 = 1024',
    'net.ipv4.neigh.default.gc_thresh2 = 2048', 'net.ipv4.neigh.default.gc_thresh3 = 4096',
  ],
  'linux-sysctl-defaults': [
    '/usr/lib/sysctl.d/50-default.conf', 'kernel.sysrq = 0x01b6', 'kernel.core_uses_pid = 1', 'net.ipv4.conf.default.rp_filter = 2',
    'net.ipv4.conf.*.rp_filter = 2', '-net.ipv4.conf.all.rp_filter', 'net.ipv4.conf.default.accept_source_route = 0',
    'net.ipv4.conf.*.accept_source_route = 0', '-net.ipv4.conf.all.accept_source_route', 'net.ipv4.conf.default.promote_secondaries = 1',
    'net.ipv4.conf.*.promote_secondaries = 1', '-net.ipv4.conf.all.promote_secondaries', '-net.ipv4.ping_group_range = 0 2147483647',
    '-net.core.default_qdisc = fq_codel', 'fs.protected_hardlinks = 1', 'fs.protected_symlinks = 1', 'fs.protected_regular = 2',
    'fs.protected_fifos = 1', 'vm.max_map_count = 1048576',
  ],
  lxc: ['/etc/sysctl.d/30-lxc-inotify.conf', 'fs.inotify.max_user_instances = 1024'],
  lxd: ['/etc/sysctl.d/10-lxd-inotify.conf', 'fs.inotify.max_user_instances = 1024'],
  procps: [
    '/usr/lib/sysctl.d/99-protect-links.conf', 'fs.protected_fifos = 1', 'fs.protected_hardlinks = 1', 'fs.protected_regular = 2', 'fs.protected_symlinks = 1',
  ],
  systemd: ['/usr/lib/sysctl.d/50-pid-max.conf', 'kernel.pid_max = 4194304'],
  'systemd-coredump': [
    '/usr/lib/sysctl.d/50-coredump.conf', 'kernel.core_pattern=|/lib/systemd/systemd-coredump %P %u %g %s %t 9223372036854775808 %h %d',
    'kernel.core_pipe_limit=16', 'fs.suid_dumpable=2',
  ],
  ufw: [
    '/etc/ufw/sysctl.conf', 'net/ipv4/conf/all/accept_redirects=0', 'net/ipv4/conf/default/accept_redirects=0', 'net/ipv6/conf/all/accept_redirects=0',
    'net/ipv6/conf/default/accept_redirects=0', 'net/ipv4/icmp_echo_ignore_broadcasts=1', 'net/ipv4/icmp_ignore_bogus_error_responses=1',
    'net/ipv4/icmp_echo_ignore_all=0', 'net/ipv4/conf/all/log_martians=0', 'net/ipv4/conf/default/log_martians=0',
  ],
};

test('the sysctl.d files of a dozen packages of Debian have no finding, on any kernel, to either tool', () => {
  expect(Object.keys(PACKAGES)).toHaveLength(12);
  for (const like of ['systemd', 'procps', 'procps-4.0.5'] as const) {
    const checker = checkerOf({ profiles: PROFILE_NAMES, like });
    for (const [name, [path, ...settings]] of Object.entries(PACKAGES)) {
      const { findings, settings: read } = checker.check(filesOf({ [path]: settings.map((line) => `${line}\n`).join('') }));
      expect({ like, name, findings: findings.map(({ setting, kind, message, kernels }) => `${setting} ${kind} ${kernels.join(' ')}: ${message}`) }).toEqual({ like, name, findings: [] });
      expect(read).toBe(settings.filter((line) => line.includes('=')).length);
    }
  }
});
