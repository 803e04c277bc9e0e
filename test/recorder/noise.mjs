// What differs between two boots of one kernel, and so between two recordings, without a meaning. compare.mjs says what a rule is.

const time = { name: 'time', pattern: /^\[ *\d+\.\d+\] /g, mask: '' };
const pid = { name: 'pid', pattern: /(?<=\b(?:sysseq \(|mfcases:|mfmore:))\d+/g, mask: 'PID' };

// The kernel reserves 3 % of what is free at boot: 29 or 30 MB of this machine's 1 GiB. Only the beginning of a value is the same when it
// is read in pieces.
const reserve = [
  { name: 'reserve of free memory', within: /"user_reserve_kbytes"/, pattern: /(?<="default": ")(?:29|30)\d{3}(?=\\n")/g, mask: 'N' },
  { name: 'reserve of free memory', within: /^# .* user_reserve_kbytes/, pattern: /(?<=^p?read .* => \d )(?:3239|3330)(?:3\d)*(?:0a)?$/g, mask: 'N' },
  { name: 'reserve of free memory', within: /^# .* user_reserve_kbytes/, pattern: /(?<=^p?read .* => 1 )3[23]$/g, mask: 'N' },
];

// If more are requested than fit, the kernel makes as many as it has memory for.
const hugePages = { name: 'huge pages that fit', pattern: /(?<="nr_hugepages(?:_mempolicy)?": ")[34]\d\d(?=")/g, mask: 'N' };

const memoryFailure = [
  // Whether a page is in the swap cache at that moment is chance.
  { name: 'swap cache', within: /^CASE swapcache/, pattern: /^ .*$/g, mask: null },
  { name: 'record number and time', pattern: /(?<=kmsg \d,)\d+,\d+/g, mask: 'N' },
  pid,
  { name: 'address', pattern: /(?<=fault at |virtual address )(?:0x)?[0-9a-f]+/g, mask: 'ADDRESS' },
  // The word has the same meaning as the names after it, and those are compared.
  { name: 'flags word', pattern: /kpageflags=0x(?!f{16})[0-9a-f]+ /g, mask: '' },
  { name: 'pfn', pattern: /\b(?:0x|pfn:? ?)[0-9a-f]{3,}\b/g, mask: 'PFN' },
  // A physical address has as many digits as it needs.
  { name: 'length of the pfn', pattern: /\bret=(?:7|8|9|10|11|12)\b/g, mask: 'ret=LENGTH' },
  // References, age, and whether a page is still on a per-CPU list.
  { name: 'page age', pattern: / (?:REFERENCED|MAPPEDTODISK|LRU|ACTIVE|IDLE)\b/g, mask: '' },
];

const panic = [
  time,
  { name: 'pfn', pattern: /(?<=Memory failure: )0x[0-9a-f]+|(?<=Memory failure on page )[0-9a-f]+/g, mask: 'PFN' },
  { name: 'task', pattern: /^CPU: \d+ UID: 0 PID: \d+ Comm: (?:kworker\/[\w:]+|\w+)/g, mask: 'TASK' },
  { name: 'emulator', pattern: /(?<=^Hardware name: QEMU ).*$/g, mask: 'VERSION' },
  // Frames of which the unwinder is not sure: old values on the stack.
  { name: 'unsure frame', pattern: /^ \? .*$/g, mask: null },
  { name: 'register', pattern: /\b(R[A-Z0-9]{1,2}|EFLAGS): (?:[0-9a-f]{4}:)?(?:0x)?[0-9a-f]+/g, mask: '$1: N' },
  // Frames of the program that made the call. They depend on the compiler of this machine.
  { name: 'code', pattern: /^Code: [0-9a-f <>]+$/g, mask: 'CODE' },
  { name: 'random offset', pattern: /(?<=^Kernel Offset: )0x[0-9a-f]+/g, mask: 'OFFSET' },
];

const machine = [
  { name: 'random offset', within: /^== iomem/, pattern: /^ +[0-9a-f]+-[0-9a-f]+(?= : Kernel)/g, mask: 'RANGE' },
  { name: 'page flags', within: /^== kpageflags/, pattern: /^0x.*$/g, mask: null },
  { name: 'amount', within: /^== (meminfo|vmstat)/, pattern: /\d+(?= kB$|$)/g, mask: 'N' },
  { name: 'amount', within: /^== meminfo/, pattern: / +N/g, mask: ' N' },
  { name: 'amount', within: /^== node/, pattern: /(?<=\/(?:meminfo|numastat|vmstat) .*)\b\d+(?= kB|\|)/g, mask: 'N' },
  { name: 'amount', within: /^== node/, pattern: / +N/g, mask: ' N' },
  { name: 'amount', within: /^== sys/, pattern: /(?<=^threads-max \d+ )\d+/g, mask: 'N' },
  { name: 'pid', within: /^== sys/, pattern: /(?<=^ns_last_pid \d+ )\d+/g, mask: 'PID' },
  // The scheduler lowers it if sampling takes long, as in an emulated machine.
  { name: 'perf rate', within: /^== sys/, pattern: /(?<=^perf_event_max_sample_rate \d+ )\d+/g, mask: 'RATE' },
  { name: 'time', within: /^== dmesg/, pattern: time.pattern, mask: '' },
  // Tables and sizes of the emulator's firmware and of the initramfs.
  { name: 'address', within: /^== dmesg/, pattern: /(?:0x)?\b[0-9a-f]{8,16}\b|0x[0-9A-F]{8,16}/gi, mask: 'ADDRESS' },
  { name: 'emulator', within: /^== dmesg/, pattern: /(?<=DMI: QEMU ).*$/g, mask: 'VERSION' },
  { name: 'clock', within: /^== dmesg/, pattern: /(?<=tsc: |Detected |\(lpj=|approximation.*, |timer frequency.. )\d[\d.]*/g, mask: 'N' },
];

const mmFiles = [
  { name: 'amount', within: /^== (zoneinfo|buddyinfo|pagetypeinfo|slabinfo|meminfo|vmstat|loadavg|stat) /, pattern: / *\b\d[\d.]*/g, mask: ' N' },
  { name: 'huge pages that fit', within: /^== writes/, pattern: /(?<=hugepages(?:_mempolicy)?(?:=| \S+ => \d+ ))[34]\d\d(?=\\n)/g, mask: 'N' },
  { name: 'khugepaged', within: /^== list/, pattern: /(?<=\/(?:collapse_alloc|full_scans|pages_collapsed) 444 4096 )\d+/g, mask: 'N' },
  { name: 'page flags', within: /^== kpagecgroup/, pattern: /^ *\d+ [0-9a-f]{16} [0-9a-f]{16}$/g, mask: null },
  { name: 'time', within: /^== dmesg/, pattern: time.pattern, mask: '' },
];

const OF_FREE_MEMORY = [
  ...['fs/file-max', 'fs/epoll/max_user_watches', 'fs/inotify/max_user_watches', 'fs/fanotify/max_user_marks', 'kernel/threads-max'],
  ...['user/max_\\w+', 'net/ipv4/tcp_r?mem', 'net/ipv4/udp_mem', 'net/ipv4/inet_peer_threshold', 'net/sctp/sctp_\\w*mem'],
  ...['net/ipv4/vs/sync_qlen_max', 'fs/nfs/nfs_congestion_kb', 'vm/user_reserve_kbytes'],
].join('|');

const COUNTERS = ['fs/dentry-state', 'fs/inode-state', 'fs/inode-nr', 'fs/file-nr', 'kernel/random/entropy_avail'].join('|');

// Values of one boot, counters, and limits that the kernel computes from the memory that is free while it boots.
const procSysFiles = [
  { name: 'value of this boot', pattern: /(?<=^F kernel\/(?:random\/(?:uuid|boot_id)|ns_last_pid) \d+ ).*$/g, mask: 'N' },
  { name: 'counter', pattern: new RegExp(`(?<=^F (?:${COUNTERS}) \\d+ ).*$`, 'g'), mask: 'N' },
  { name: 'of free memory', pattern: new RegExp(`(?<=^F (?:${OF_FREE_MEMORY}) \\d+ ).*$`, 'g'), mask: 'N' },
];

const sysctlAll = [
  // After a partial write of a vector, or of one of its numbers, the rest keeps its value.
  {
    name: 'of free memory',
    within: new RegExp(`"file": "(?:${OF_FREE_MEMORY})"`),
    pattern: /(?<=(?:"(?:boot|value|write)": ")(?:-?\d+(?: |\\t))*)\d{4,}/g,
    mask: 'N',
  },
  { name: 'value of this boot', within: /"file": "kernel\/ns_last_pid"/, pattern: /(?<="boot": ")\d+/g, mask: 'PID' },
  // The highest process id that exists, and its neighbours.
  { name: 'pid', within: /"file": "kernel\/cad_pid"/, pattern: /(?<=")[4-9]\d(?=["\\])/g, mask: 'PID' },
  // addr_gen_mode 3 makes a secret.
  { name: 'secret', pattern: /(?<=stable_secret": ")[0-9a-f:]{39}/g, mask: 'SECRET' },
  { name: 'pid', pattern: /(?<=coredump: )\d+(?=\(sysctl-all\))|(?<=sysctl-all \()\d+(?=\))/g, mask: 'PID' },
];

export const NOISE = {
  none: [],
  procSysFiles,
  sysctlAll,
  sysctlWrites: [...reserve, hugePages],
  fileOps: reserve,
  // The shell could not restore a value that nobody can write, and reported it.
  sysctlKernel: [{ name: 'complaint of the shell', pattern: /^\S+\.sh: line \d+: can't create .*$/g, mask: null }],
  memoryFailure,
  sysctlPositions: [pid, { name: 'pid', within: /^# pid_ns_ctl_handler/, pattern: /(?<=^p?read .* => \d+ )[0-9a-f]+$/g, mask: 'PID' }],
  panic,
  machine,
  mmFiles,
};
