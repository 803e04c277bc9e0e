// The writes of sysctl-all.c to each file below /proc/sys, made from the list of files. Pure: texts are latin-1, one character for each
// byte.
import { hexOf } from './golden.mjs';

/** Numbers that are written to every file of numbers, each with a newline. Bisection finds its own bounds and their neighbours. */
const NUMBERS = [
  ...['0', '1', '2', '3', '4', '5', '10', '100', '127', '128', '255', '256', '1000', '1023', '1024', '1025', '31337', '65535'],
  ...['65536', '1000000'],
  ...['2147483647', '2147483648', '2147483649', '4294967295', '4294967296', '4294967297'],
  ...['9223372036854775807', '9223372036854775808', '18446744073709551615', '18446744073709551616'],
  ...['-1', '-2', '-100', '-2147483648', '-2147483649', '0x10', '010', '0x7fffffff', '+1', '-0'],
];

/** Spellings of a number, and texts that are not numbers. */
const FORMS = [
  ...['', '\n', ' ', '1', ' 1\n', '\t1\t\n', '1 \n', '1 2\n', '1 x\n', '1x\n', 'x\n', '1.5\n', '1,2\n', '1\n2\n', '1\0', '\0'],
  ...['- 1\n', '--1\n', 'on\n'],
  `${'0'.repeat(30)}1\n`,
];

/** A position other than the first. */
const POSITIONS = [[1, '1\n'], [1, 'x\n'], [0, '1\n']];

const LONG = 'abcdefghijklmnopqrstuvwxyz0123456789'.repeat(8);
const TEXTS = [
  ...['', '\n', 'a\n', 'abc', 'abc\n', ' abc\n', 'abc \n', 'a b\n', 'a\tb\n', 'a\nb\n', 'a\0b\n', '\0', '0\n', '1\n', '\xff\n', '/x y\n'],
  ...[15, 16, 17, 31, 32, 63, 64, 65, 127, 128, 255, 256, 257].map((length) => `${LONG.slice(0, length)}\n`),
  LONG.slice(0, 64),
];
const TEXT_POSITIONS = [[1, 'bc\n'], [0, 'a\n'], [100, 'd\n']];

const MASKS = [
  '0', '1', '2', '3', '4', '0-1', '0,1', '1-0', '0-3', '0-1023', 'f', 'ff', '00000003', '0x3', '0,', 'a-b', '0-1:1/2', 'all', 'N',
];
const SYS_INFO = [
  ...['tasks', 'mem', 'timers', 'locks', 'ftrace', 'all_bt', 'blocked_tasks', 'tasks,mem', 'mem,tasks', 'tasks mem', 'tasks,bogus'],
  ...['bogus', 'bogus,mem'],
  ...[',', ',mem', 'mem,', 'mem,,tasks', 'mem,mem', 'tasks,mem,timers,locks,ftrace,all_bt,blocked_tasks', '0', '1'],
];

/** More texts for files with a grammar, each with a newline. `only`: nothing but these, no bisection. The first row that matches counts. */
const SPECIAL = [
  {
    path: /congestion_control$/,
    texts: [
      'reno', 'cubic', 'bbr', 'vegas', 'reno cubic', 'cubic reno', 'reno reno', 'reno nosuch', 'nosuch', 'bbr reno cubic', ' bbr', 'bbr ',
    ],
  },
  {
    path: /default_qdisc$/,
    texts: ['fq', 'fq_codel', 'pfifo_fast', 'pfifo', 'bfifo', 'noqueue', 'mq', 'sfq', 'noop', 'fq ', ' fq', 'fq x'],
  },
  {
    path: /core_pattern$/,
    texts: [
      '|/bin/true', '|/bin/true %p %u', '|true', '|', '| /bin/true', '/tmp/core', '/tmp/core.%p', 'core.%e.%p', 'a/b', '../x',
      '@/run/sock', '@@/run/sock', '@sock', '@@@x', '@', '@@', '@/a/../b', '@@/a b', `@/${'a'.repeat(105)}`, `@/${'a'.repeat(106)}`,
      `@/${'a'.repeat(107)}`, '%%', '%z',
    ],
  },
  {
    path: /tcp_fastopen_key$/,
    texts: [
      '1-2-3-4', '00000001-00000002-00000003-00000004', '1-2-3-4,5-6-7-8', '1-2-3-4,', '1-2-3', '1-2-3-4-5', '1-2-3-4,5-6-7', 'g-0-0-0',
      '123456789-0-0-0', 'FFFFFFFF-0-0-0', '1-2-3-4 ', ' 1-2-3-4', '1-2-3-4, 5-6-7-8', '0-0-0-0',
    ],
  },
  {
    path: /reserved_ports$|ipv6\/icmp\/ratemask$/,
    texts: [
      '1', '1-5', '5-1', '5-5', '80,443', '80,443,', ',80', '80,,443', '65535', '65536', '0', '0-65535', '1 2', '80, 443', '1-3,2-5',
      '22,80-90,100', '1-', '-5', '1-2-3', 'a', '1,a', '1,2-a', '127', '128', '255', '256', '0-127', '0-255', '0-256', '0x10', '010',
      '4294967296',
    ],
  },
  {
    path: /ping_group_range$/,
    texts: [
      '0 0', '0 100', '0 2147483647', '0 2147483648', '0 4294967294', '0 4294967295', '1 0', '5 4', '0 -1', '2147483647 2147483647',
      '4294967294 4294967294', '100',
    ],
  },
  {
    path: /ip_local_port_range$/,
    texts: [
      '1 1', '1 2', '1024 65535', '1024 65536', '0 100', '2000 1000', '1023 2000', '65535 65535', '65534 65535', '10000', '1024 65535 7',
    ],
  },
  { path: /cpumask$|rps_default_mask$|flow_limit_cpu_bitmap$/, texts: MASKS },
  { path: /sys_info$/, texts: SYS_INFO },
  { path: /nf_log\/\d+$/, texts: ['NONE', 'none', 'nf_log_ipv4', 'nf_log_ipv6', 'nf_log_syslog', 'nfnetlink_log', 'nosuch'] },
  { path: /stable_secret$/, texts: ['x', '1.2.3.4', '::1', '2001:db8::1', '2001:DB8::1', '2001:db8::1 ', '::'] },
  { path: /printk_devkmsg$/, texts: ['on', 'off', 'ratelimit', 'On', 'on ', ' on', 'ratelimits', 'offf'] },
  { path: /numa_zonelist_order$/, texts: ['node', 'Node', 'zone', 'default', 'Default', 'd', 'n', 'N', 'z', 'DEFAULT'] },
  { path: /mptcp\/scheduler$|path_manager$/, texts: ['default', 'kernel', 'userspace', 'nosuch', ' kernel', 'kernel ', 'default '] },
  {
    path: /seccomp\/actions_logged$/,
    texts: [
      'allow', 'kill_process', 'kill', 'log', 'trap errno trace', 'errno trap', 'kill_process  trap', ' trap', 'trap ', 'bogus',
      'trap bogus', 'trap trap', 'trap,errno', 'user_notif', 'kill_process kill_thread trap errno user_notif trace log', 'log allow',
      'TRAP',
    ],
  },
  {
    path: /ftrace_dump_on_oops$/,
    texts: ['0', '1', '2', '3', 'orig_cpu', 'foo', 'foo=1', 'foo=2,bar', '1,foo', '2,foo=orig_cpu', 'foo=orig_cpu', '-1'],
  },
  { path: /kernel\/sem$/, texts: ['250 32000 100 128', '250 32000 100', '1 2 3 32768', '1 2 3 32769'] },
  { path: /tcp_[rw]mem$/, texts: ['4096 87380 16777216', '0 1 1', '1 0 1', '1 1 0', '3 2 1', '4096 87380 2147483648', '-1 1 1'] },
  { path: /(?:tcp|udp)_mem$/, texts: ['1 2 3', '3 2 1', '0 0 0', '-1 1 1', '1 2 18446744073709551615', '1 2 18446744073709551616', '1 2'] },
  // Each change makes the machine rewrite its own code.
  { path: /kernel\/ftrace_enabled$/, only: true, texts: ['0', '1', '2', '-1', 'x', '', '1 2', '2147483648'] },
  // The kernel empties and clears this many pages, which takes long. sysctl-writes has more.
  { path: /vm\/nr_hugepages/, only: true, texts: ['', 'x', '-1', '0', '1', '2', '0x2', '1 2', '2x', '18446744073709551616'] },
  // The kernel allocates a table with this many entries.
  {
    path: /nf_conntrack_buckets$|rps_sock_flow_entries$|flow_limit_table_len$/,
    only: true,
    texts: [
      '', 'x', '-1', '0', '1', '2', '3', '1000', '1024', '1025', '4096', '32768', '65536', '65537', '536870913', '2147483648',
      '4294967296',
    ],
  },
];

/** Only the fixed inputs: bisection would request all of the memory. */
const NOT_BISECTED =
  /^vm\/(?:min_free_kbytes|nr_overcommit_hugepages|percpu_pagelist|lowmem_reserve|watermark|(?:user|admin)_reserve)|^kernel\/printk_delay/;

/** What cannot be undone comes last, in the order of these rows. Each write finds the value that the one before left. */
const ONE_WAY = [
  { path: /^net\/ipv6\/conf\/\S+\/stable_secret$/, texts: ['x', '1.2.3.4', '', '::1', '2001:DB8::1', '::', 'x'] },
  { path: /^kernel\/kexec_load_limit_(?:panic|reboot)$/, texts: ['x', '-2', '-1', '2147483648', '5', '6', '-1', '5', '4', '0', '1', '-1'] },
  {
    path: /^kernel\/usermodehelper\/(?:bset|inheritable)$/,
    texts: [
      'x', '', '1', '4294967295 511', '4294967295', '1 2 3', '4294967296 1', '4294967295 255', '4294967295 511', '2 1', '1 0', '0 0',
      '1 1',
    ],
  },
  {
    path: /^kernel\/tainted$/,
    texts: [
      'x', '', '-1', '0', '1', '2', '4', '0', '128', '512', '131072', '262144', '524288', '1048576', '2147483648', '4294967296',
      '18446744073709551615', '18446744073709551616', '0',
    ],
  },
  { path: /^kernel\/yama\/ptrace_scope$/, texts: ['x', '', '-1', '4', '0', '1', '2', '3', '0', '1', '2', '3', '4'] },
  { path: /^kernel\/unprivileged_bpf_disabled$/, texts: ['x', '', '-1', '3', '0', '2', '0', '1', '0', '1', '2'] },
  { path: /^kernel\/kexec_load_disabled$/, texts: ['x', '', '-1', '2', '0', '1', '0', '1', '2'] },
  { path: /^kernel\/modules_disabled$/, texts: ['x', '', '-1', '2', '0', '1', '0', '1', '2'] },
  // After its last write, every call of a function is measured.
  { path: /^kernel\/stack_tracer_enabled$/, texts: ['x', '', '0', '0 1', '2147483648', '1'] },
];

/** They change by themselves. */
const LEFT_OUT = [
  ...['fs/dentry-state', 'fs/inode-state', 'fs/inode-nr', 'fs/file-nr', 'kernel/ns_last_pid', 'kernel/random/uuid'],
  ...['kernel/random/entropy_avail'],
  ...['kernel/pty/nr', 'net/netfilter/nf_conntrack_count', 'vm/stat_refresh', 'fs/quota/lookups', 'fs/quota/syncs'],
  ...['kernel/hung_task_detect_count'],
];

/** For files of these interfaces only 0, 1 and 2 are tried, because they answer like those of dummy0. */
const BRIEF = /\/(?:lo|eth0\.100)\/[^/]+$/;

/** The files of lists as sysctl-list.c prints them: { path, mode, value }. */
export function listedFiles(text) {
  return text.trimEnd().split('\n').map((line) => {
    const [, path, mode, value] = /^F (\S+) (\d+) (.*)$/.exec(line);
    return { path, mode, value };
  });
}

/** The files of some modules, in a list by modules as proc-sys-modules.sh prints it. */
export function filesOfModules(text, names) {
  const sections = text.trimEnd().split(/^MODULE /m).slice(1);
  return sections.filter((section) => names.includes(/^\S+/.exec(section)[0])).flatMap((section) => {
    const files = section.trimEnd().split('\n').slice(1);
    return files.length === 0 ? [] : listedFiles(files.join('\n'));
  });
}

/**
 * The plan for the files that can be written: `f PATH` and the writes to it; see sysctl-all.c. `writes(file, safe)` gives those to a file
 * that can be restored. `safe`: any text may be written to it.
 */
export function sysctlPlan(files, writes = writesTo) {
  const writable = files.filter(({ mode }) => (Number.parseInt(mode, 8) & 0o222) !== 0);
  const oneWay = ({ path }) => ONE_WAY.findIndex((row) => row.path.test(path));
  const rank = (file) => {
    if (oneWay(file) >= 0) return 3 + oneWay(file);
    if (file.path.startsWith('vm/')) return 2;
    // Once an interface has an IPv6 address, which a write to conf may give it, neigh/default no longer reaches it.
    return file.path.startsWith('net/ipv6/neigh/') ? 0 : 1;
  };
  const order = writable.toSorted((a, b) => rank(a) - rank(b));
  const left = LEFT_OUT.map((path) => `x ${path}`);
  const linesOf = (file) => {
    const row = ONE_WAY[oneWay(file)];
    return row === undefined ? writes(file, isSafe(file.path)) : row.texts.map((text) => `s ${hexOf(`${text}\n`)}`);
  };
  return `${[...left, ...order.flatMap((file) => [`f ${file.path}`, ...linesOf(file)])].join('\n')}\n`;
}

function isSafe(path) {
  return !BRIEF.test(path) && !NOT_BISECTED.test(path) && specialOf(path)?.only !== true;
}

function specialOf(path) {
  return SPECIAL.find((row) => row.path.test(path));
}

/** Texts for a file with a grammar; none for other files. */
export function specialTexts(path) {
  return specialOf(path)?.texts ?? [];
}

/** The numbers of a value, as the list of files has it. */
export function elementsOf(value) {
  return value.replaceAll(/\\[nt]/g, ' ').trim().split(/ +/);
}

export function isWhole(text) {
  return /^-?\d+$/.test(text);
}

/** Whether a file has numbers, by its value in the list of files. */
export function isNumeric(value) {
  return elementsOf(value).every(isWhole) || value === '' || value.startsWith('!EACCES');
}

function writesTo({ path, value }) {
  const line = (text) => `w ${hexOf(`${text}\n`)}`;
  const at = ([position, text]) => `p ${position} ${hexOf(text)}`;
  if (BRIEF.test(path)) return ['0', '1', '2'].map(line);
  const more = specialTexts(path).map(line);
  if (specialOf(path)?.only) return more;
  const elements = elementsOf(value);
  if (!isNumeric(value)) return [...more, ...TEXTS.map((text) => `w ${hexOf(text)}`), ...TEXT_POSITIONS.map(at)];
  const bisect = NOT_BISECTED.test(path) || value === '' || value.startsWith('!') ? [] : elements.map((_, n) => `b ${n}`);
  const vectors = elements.length > 1 ? vectorsOf(elements).map(line) : [];
  return [...more, ...vectors, ...NUMBERS.map(line), ...FORMS.map((text) => `w ${hexOf(text)}`), ...POSITIONS.map(at), ...bisect];
}

/** Too short, too long, and with an error in the middle. */
function vectorsOf(elements) {
  const all = (text) => elements.map(() => text).join(' ');
  const [first, ...rest] = elements;
  return [
    ...[all('0'), all('1'), all('1000'), all('-1'), elements.join(' '), elements.join('\t'), elements.join(',')],
    ...[elements.toReversed().join(' ')],
    ...[elements.slice(0, -1).join(' '), `${elements.join(' ')} 1`, `${elements.join(' ')} x`],
    ...[`${first} x ${rest.slice(1).join(' ')}`.trim()],
    ...[`${first} -1 ${rest.slice(1).join(' ')}`.trim(), `${first}  ${rest.join('  ')} `, ` ${elements.join(' ')}`],
    ...[`${elements.join(' ')}x`],
  ];
}
