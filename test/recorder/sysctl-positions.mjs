// The operations of the recording sysctl-positions-more: partial reads and writes at positions, the same for one file per handler. Pure.
import { hexOf } from './golden.mjs';

/** For each handler one file, its boot value (null: it cannot be written), and two other values that it accepts. */
const FILES = [
  { handler: 'proc_dointvec', path: 'net/ipv4/tcp_fack', boot: '0\n', values: ['12', '3'] },
  { handler: 'proc_dointvec_minmax', path: 'kernel/sched_util_clamp_min_rt_default', boot: '1024\n', values: ['12', '3'] },
  { handler: 'proc_dou8vec_minmax', path: 'net/ipv4/tcp_sack', boot: '1\n', values: ['12', '3'] },
  { handler: 'proc_douintvec', path: 'fs/pipe-max-size', boot: '1048576\n', values: ['65536', '4096'] },
  { handler: 'proc_douintvec_minmax', path: 'net/ipv4/fib_multipath_hash_fields', boot: '7\n', values: ['12', '3'] },
  { handler: 'proc_doulongvec_minmax', path: 'fs/aio-max-nr', boot: '65536\n', values: ['12', '3'] },
  { handler: 'proc_dointvec_jiffies', path: 'net/ipv4/tcp_fin_timeout', boot: '60\n', values: ['12', '3'] },
  { handler: 'proc_dointvec_ms_jiffies', path: 'net/ipv4/route/gc_min_interval_ms', boot: '500\n', values: ['1200', '30'] },
  { handler: 'proc_dointvec_userhz_jiffies', path: 'net/ipv4/neigh/default/locktime', boot: '100\n', values: ['12', '3'] },
  { handler: 'proc_dobool', path: 'kernel/core_sort_vma', boot: '0\n', values: ['1', '0'] },
  { handler: 'proc_do_static_key', path: 'kernel/bpf_stats_enabled', boot: '0\n', values: ['1', '0'] },
  { handler: 'a vector of three', path: 'net/ipv4/tcp_rmem', boot: '4096\t131072\t7244448\n', values: ['10 20 30', '4 5'] },
  { handler: 'a vector of unsigned long', path: 'net/ipv4/tcp_mem', boot: '10611\t14149\t21222\n', values: ['10 20 30', '4 5'] },
  { handler: 'proc_ipc_sem_dointvec', path: 'kernel/sem', boot: '32000\t1024000000\t500\t32000\n', values: ['250 32000 100 128', '3 4'] },
  { handler: 'proc_dostring', path: 'kernel/poweroff_cmd', boot: '/sbin/poweroff\n', values: ['/bin/a', 'bcd'] },
  { handler: 'proc_dostring_coredump', path: 'kernel/core_pattern', boot: 'core\n', values: ['core.%p', 'ab'] },
  { handler: 'proc_do_uts_string', path: 'kernel/hostname', boot: '(none)\n', values: ['machine', 'ab'] },
  { handler: 'proc_tcp_congestion_control', path: 'net/ipv4/tcp_congestion_control', boot: 'cubic\n', values: ['reno', 'cubic'] },
  {
    handler: 'proc_allowed_congestion_control',
    path: 'net/ipv4/tcp_allowed_congestion_control',
    boot: 'reno cubic\n',
    values: ['cubic', 'reno'],
  },
  {
    handler: 'proc_tcp_available_congestion_control',
    path: 'net/ipv4/tcp_available_congestion_control',
    boot: null,
    values: ['reno', 'cubic'],
  },
  { handler: 'set_default_qdisc', path: 'net/core/default_qdisc', boot: 'fq_codel\n', values: ['pfifo', 'bfifo'] },
  {
    handler: 'proc_tcp_fastopen_key',
    path: 'net/ipv4/tcp_fastopen_key',
    boot: '00000000-00000000-00000000-00000000\n',
    values: ['1-2-3-4', '5-6-7-8'],
  },
  { handler: 'proc_do_large_bitmap', path: 'net/ipv4/ip_local_reserved_ports', boot: '\n', values: ['80,443', '8080'] },
  { handler: 'proc_local_port_range', path: 'net/ipv4/ip_local_port_range', boot: '32768\t60999\n', values: ['1024 65535', '2000'] },
  { handler: 'proc_ping_group_range', path: 'net/ipv4/ping_group_range', boot: '1\t0\n', values: ['0 100', '5'] },
  { handler: 'proc_watchdog_cpumask', path: 'kernel/watchdog_cpumask', boot: '0-1\n', values: ['0', '1'] },
  { handler: 'rps_default_mask_sysctl', path: 'net/core/rps_default_mask', boot: '0\n', values: ['1', '3'] },
  { handler: 'flow_limit_cpu_sysctl', path: 'net/core/flow_limit_cpu_bitmap', boot: '0\n', values: ['1', '3'] },
  { handler: 'proc_do_uuid', path: 'kernel/random/boot_id', boot: null, values: ['a', 'b'], random: true },
  { handler: 'proc_do_rss_key', path: 'net/core/netdev_rss_key', boot: null, values: ['a', 'b'] },
  {
    handler: 'seccomp_actions_logged_handler',
    path: 'kernel/seccomp/actions_logged',
    boot: 'kill_process kill_thread trap errno user_notif trace log\n',
    values: ['trap errno', 'log'],
  },
  { handler: 'sys_info_handler', path: 'kernel/panic_sys_info', boot: '\n', values: ['tasks,mem', 'locks'] },
  { handler: 'proc_do_cad_pid', path: 'kernel/cad_pid', boot: '1\n', values: ['2', '1'] },
  { handler: 'pid_ns_ctl_handler', path: 'kernel/ns_last_pid', boot: null, values: ['1200', '300'] },
  { handler: 'nf_log_proc_dostring', path: 'net/netfilter/nf_log/2', boot: 'NONE\n', values: ['NONE', 'nosuch'] },
  { handler: 'proc_scheduler', path: 'net/mptcp/scheduler', boot: 'default\n', values: ['default', 'nosuch'] },
  { handler: 'ftrace_dump_on_oops', path: 'kernel/ftrace_dump_on_oops', boot: '0\n', values: ['1', 'foo=2'] },
  { handler: 'devinet_sysctl_forward', path: 'net/ipv4/conf/default/forwarding', boot: '0\n', values: ['1', '0'] },
  { handler: 'devinet_conf_proc', path: 'net/ipv4/conf/lo/rp_filter', boot: '0\n', values: ['12', '3'] },
  { handler: 'addrconf_sysctl_forward', path: 'net/ipv6/conf/lo/forwarding', boot: '0\n', values: ['12', '3'] },
  { handler: 'addrconf_sysctl_mtu', path: 'net/ipv6/conf/lo/mtu', boot: '65536\n', values: ['1280', '1300'] },
  { handler: 'addrconf_sysctl_stable_secret', path: 'net/ipv6/conf/lo/stable_secret', boot: null, values: ['::1', '2001:db8::1'] },
  { handler: 'proc_nr_files', path: 'fs/file-nr', boot: null, values: ['1', '2'], random: true },
];

/** A section of operations for each file, in the form of sysseq.c and golden.mjs. */
export function positionOperations() {
  return FILES.map(sectionOf).join('');
}

function sectionOf({ handler, path, boot, values: [first, second], random }) {
  const [a, b] = [hexOf(`${first}\n`), hexOf(`${second}\n`)];
  const bare = hexOf(first);
  const half = Math.ceil(first.length / 2);
  const shown = random ? [] : [`cat ${path}`];
  const reads = [
    ...[`open ${path} RDONLY`, 'read 1', 'read 1', 'read 3', 'read 4096', 'read 10'],
    ...['pread 3 0', 'pread 4096 1', 'pread 1 2', 'pread 0 0', 'pread 4096 100000'],
    ...['lseek 1 0', 'read 4096', 'lseek 0 2', 'lseek -1 0', 'lseek 0 0', 'read 2', 'read 4096'],
  ];
  const opened = (flags, ...operations) => [`open ${path} ${flags}`, ...operations, 'close', ...shown];
  const writes = [
    ...opened('WRONLY', `write ${a}`, `write ${b}`),
    ...opened('WRONLY', `write ${bare}`),
    ...opened('WRONLY', `write ${hexOf(first.slice(0, half))}`, `write ${hexOf(`${first.slice(half)}\n`)}`),
    ...opened('WRONLY', `pwrite 1 ${b}`),
    ...opened('WRONLY', `pwrite 0 ${b}`, `pwrite 0 ${a}`),
    ...opened('WRONLY', `pwrite 2 ${hexOf('x\n')}`),
    ...opened('WRONLY|APPEND', `write ${b}`, `write ${a}`),
    ...opened('WRONLY', 'lseek 1 0', `write ${b}`, 'lseek 0 0', `write ${a}`),
    ...opened('WRONLY', `write ${a}00`, `write ${bare}`),
    ...opened('WRONLY', 'write -', `write ${b}`),
    ...(random ? [] : opened('RDWR', 'read 1', `write ${b}`, 'read 4096', 'lseek 0 0', `write ${a}`, 'read 4096')),
  ];
  const long = [...[4093, 4094, 4095, 4200].map((count) => `20*${count},${hexOf('1\n')}`), '61*4094,0a', '61*4095,0a'];
  const strict = [
    ...['set kernel/sysctl_writes_strict 300a'],
    ...opened('WRONLY', `write ${a}`, `write ${b}`),
    ...opened('WRONLY', `pwrite 1 ${b}`),
    ...opened('WRONLY', `pwrite 30 ${b}`),
    ...['set kernel/sysctl_writes_strict 310a'],
  ];
  // Also at the beginning, because some boot values are computed from the free memory.
  const reset = boot === null ? [] : [`set ${path} ${hexOf(boot)}`, ...shown];
  const tooLong = long.flatMap((text) => [`set ${path} ${text}`, ...shown]);
  const operations = [...reset, ...(random ? [] : reads), ...writes, ...tooLong, ...strict, ...reset];
  return `# ${handler}: ${path}\n${operations.join('\n')}\n`;
}
