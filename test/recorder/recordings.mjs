// The recordings: what runs on the machine, what it needs there, and how its output becomes the golden file.
import { caseFiles, cperGolden, driverFile, FIRMWARE, SECTION_CASES } from './cper.mjs';
import { MACHINE_CHECKS, PANICS, PANICS_HARDWARE, PANICS_MORE } from './panics.mjs';
import { NOISE } from './noise.mjs';
import { filesOfModules, listedFiles, sysctlPlan } from './sysctl-plan.mjs';
import { positionOperations } from './sysctl-positions.mjs';
import { randomPlan } from './sysctl-random.mjs';
import { sysctlAll, sysctlAllDifferences, sysctlPermissions } from './sysctl-rows.mjs';
import { sysctlPositions, sysctlPositionsScript, sysctlWrites, sysctlWritesInputs } from './golden.mjs';

/** The release whose recordings give their inputs to those of other kernels, so that all answer the same questions. */
const INPUTS = '7.3';

/** The place in inject-files.script.txt where the files of /sys/devices/system/memory end and those of the debugfs directory begin. */
const SECOND_DIRECTORY = '# corrupt-pfn\n';

const SYSSEQ = { sysseq: 'recordings/sysseq.c' };
const CASES = { mfcases: 'recordings/memory-failure-cases.c' };

/** What makes a plan of writes on the machine. */
const PLANNED_WRITES = { script: 'sysctl-all.sh', programs: { 'sysctl-all': 'recorder/guest/sysctl-all.c' } };

/** The files that can be written of the machine with two interfaces and the modules of roles. */
const filesOfRoles = (read, release) => listedFiles(read(`proc-sys-files.${release}.txt`) + read(`proc-sys-files-more.${release}.txt`));

const LIST = { 'sysctl-list': 'recorder/guest/sysctl-list.c' };

/** The modules that configuration roles load: connection tracking, filtering of bridges, bbr, and fq. */
const ROLE_MODULES = ['nf_conntrack', 'br_netfilter', 'tcp_bbr', 'sch_fq'];

/** The modules that rxrpc requests when it is loaded, before 7.3, without naming them as dependencies. */
const CIPHERS = ['pcbc', 'fcrypt'];

/** Every module of Debian's 6.1 to 7.3 that registers sysctls, by its symbols. Two more mount a filesystem or add a logger. */
const SYSCTL_MODULES = [
  ...ROLE_MODULES,
  ...['ip_vs', 'ip_vs_lblc', 'ip_vs_lblcr', 'nf_log_syslog', 'sctp', 'dccp', 'mpls_router', 'vrf', 'tipc', 'vsock', 'llc2', 'phonet'],
  ...CIPHERS, ...['rxrpc', 'rds', 'rds_tcp', 'rds_rdma', 'smc', 'appletalk', 'ax25', 'netrom', 'rose', 'ieee802154_6lowpan', 'af_alg'],
  ...['sunrpc', 'rpcrdma', 'lockd', 'nfs', 'nfsv4', 'xfs', 'coda', 'ocfs2_stackglue', 'binfmt_misc'],
  ...['cdrom', 'md-mod', 'scsi_mod', 'sg', 'parport', 'ipmi_poweroff', 'iw_cm', 'rdma_ucm'],
];

/** Those modules whose files are written to: modules that servers have, and that load without hardware. */
const WRITTEN_MODULES = [
  ...['ip_vs', 'ip_vs_lblc', 'ip_vs_lblcr', 'nf_log_syslog', 'sctp', 'mpls_router', 'vrf', 'vsock', ...CIPHERS, 'rxrpc', 'llc2', 'rds', 'rds_tcp'],
  ...['tipc', 'af_alg', 'sunrpc', 'lockd', 'nfs', 'nfsv4', 'xfs', 'cdrom', 'md-mod', 'scsi_mod'],
];

/** Files that exist without these modules, but accept more with them. */
const TAKE_MORE = ['net/netfilter/nf_log/0', 'net/netfilter/nf_log/2', 'net/netfilter/nf_log/10'];

const allRows = (name) => (output, plan, read, release) => {
  const all = sysctlAll(output, plan);
  return release === INPUTS ? all : sysctlAllDifferences(all, read(`${name}.${INPUTS}.jsonl`));
};

/**
 * `golden`: the name, with RELEASE for the kernel's. `script`: in guest/. `programs`: names on the machine, and their sources below test/.
 * `append`: an addition to the kernel's command line. `modules`: modules that the script loads (a kernel may lack some). `seconds`: the
 * most that a boot may take. `files(read)`: contents by name on the machine; read(name) returns a file of test/recordings. `plan(read,
 * release, seed)`: the lines that the script carries out; after a crash another machine continues. `format(output, read)`, or with a plan
 * `format(output, plan, read, release)`: makes the golden from the output. Without it the golden is the output. `panics`: one boot for each
 * panic; the golden consists of blocks of their consoles. `ifNamed`: it is not among all recordings.
 */
export const RECORDINGS = [
  {
    name: 'sysctl-writes',
    about: '98 writes to each file of /proc/sys/vm, and what they change',
    golden: 'sysctl-writes.RELEASE.jsonl',
    script: 'sysctl-writes.sh',
    programs: { 'sysctl-writes': 'recorder/guest/sysctl-writes.c' },
    files: (read) => ({ writes: sysctlWritesInputs(read(`sysctl-writes.${INPUTS}.jsonl`)) }),
    format: (output) => sysctlWrites(output),
    unit: / (?=\{"write")/g,
    noise: NOISE.sysctlWrites,
  },
  {
    name: 'proc-sys-files',
    about: 'every file below /proc/sys: path, mode, boot value',
    golden: 'proc-sys-files.RELEASE.txt',
    script: 'proc-sys-files.sh',
    programs: LIST,
    noise: NOISE.procSysFiles,
  },
  {
    name: 'proc-sys-files-more',
    about: 'those that two interfaces and four modules add',
    golden: 'proc-sys-files-more.RELEASE.txt',
    script: 'proc-sys-files-more.sh',
    programs: LIST,
    modules: ['dummy', ...ROLE_MODULES],
    noise: NOISE.procSysFiles,
  },
  {
    name: 'proc-sys-without-ipv6',
    about: 'every file of a machine booted with ipv6.disable=1',
    golden: 'proc-sys-without-ipv6.RELEASE.txt',
    script: 'proc-sys-files.sh',
    programs: LIST,
    append: 'ipv6.disable=1',
    noise: NOISE.procSysFiles,
  },
  {
    name: 'proc-sys-modules',
    about: 'those that each module adds',
    golden: 'proc-sys-modules.RELEASE.txt',
    script: 'proc-sys-modules.sh',
    programs: LIST,
    modules: SYSCTL_MODULES,
    seconds: 1200,
    noise: NOISE.procSysFiles,
  },
  {
    name: 'sysctl-all',
    about: 'writes to every file below /proc/sys, their bounds, what they change and log',
    golden: 'sysctl-all.RELEASE.jsonl',
    ...PLANNED_WRITES,
    modules: ['dummy', ...ROLE_MODULES],
    plan: (read, release) => sysctlPlan(filesOfRoles(read, release)),
    format: allRows('sysctl-all'),
    unit: / (?=\{"write")/g,
    noise: NOISE.sysctlAll,
  },
  {
    name: 'sysctl-random',
    about: 'random writes to them, by --seed; only if it is named, and never compared with a recording',
    golden: 'sysctl-random.RELEASE.jsonl',
    ...PLANNED_WRITES,
    modules: ['dummy', ...ROLE_MODULES],
    ifNamed: true,
    plan: (read, release, seed) => randomPlan(filesOfRoles(read, release), seed),
    format: sysctlAll,
  },
  {
    name: 'sysctl-modules',
    about: 'the same of the files that modules add',
    golden: 'sysctl-modules.RELEASE.jsonl',
    ...PLANNED_WRITES,
    modules: ['dummy', ...ROLE_MODULES, ...WRITTEN_MODULES],
    plan: (read, release) => {
      const more = listedFiles(read(`proc-sys-files.${release}.txt`)).filter(({ path }) => TAKE_MORE.includes(path));
      return sysctlPlan([...more, ...filesOfModules(read(`proc-sys-modules.${release}.txt`), WRITTEN_MODULES)]);
    },
    format: allRows('sysctl-modules'),
    unit: / (?=\{"write")/g,
    noise: NOISE.sysctlAll,
  },
  {
    name: 'sysctl-interfaces',
    about: 'files of interfaces that come, go, are renamed, and of another network namespace',
    golden: 'sysctl-interfaces.RELEASE.txt',
    script: 'sysctl-interfaces.sh',
    programs: LIST,
    modules: ['dummy', ...ROLE_MODULES],
    seconds: 1200,
    noise: NOISE.none,
  },
  {
    name: 'sysctl-permissions',
    about: 'who may read and write every file below /proc/sys, with which capabilities',
    golden: 'sysctl-permissions.RELEASE.txt',
    script: 'sysctl-permissions.sh',
    programs: { 'sysctl-permissions': 'recorder/guest/sysctl-permissions.c' },
    modules: ['dummy', ...ROLE_MODULES],
    format: sysctlPermissions,
    noise: NOISE.none,
  },
  {
    name: 'file-ops',
    about: '1,500 sequences of file system calls in /proc/sys/vm',
    golden: 'file-ops.RELEASE.txt',
    script: 'file-ops.sh',
    programs: SYSSEQ,
    files: (read) => ({ operations: read('file-ops.script.txt') }),
    noise: NOISE.fileOps,
  },
  {
    name: 'splicing',
    about: 'sendfile, splice, copy_file_range and mmap of files of proc, sysfs and debugfs',
    golden: 'splicing.RELEASE.txt',
    script: 'splicing.sh',
    programs: { splicing: 'recordings/splicing.c' },
    files: (read) => ({ 'script.txt': read('splicing.script.txt') }),
    noise: NOISE.none,
  },
  {
    name: 'inject-files',
    about: 'what hard_offline_page and the hwpoison files accept',
    golden: 'inject-files.RELEASE.txt',
    script: 'inject-files.sh',
    programs: SYSSEQ,
    files: (read) => {
      const script = read('inject-files.script.txt');
      const second = script.indexOf(SECOND_DIRECTORY);
      return { memory: script.slice(0, second), hwpoison: script.slice(second) };
    },
    noise: NOISE.none,
  },
  {
    name: 'machine-files',
    about: 'what the files of memory, its blocks and its node show, take and refuse',
    golden: 'machine-files.RELEASE.txt',
    script: 'machine-files.sh',
    programs: SYSSEQ,
    // The kernel's image must not lie in the block that is taken offline.
    append: 'nokaslr',
    files: (read) => ({ operations: read('machine-files.script.txt') }),
    noise: NOISE.none,
  },
  {
    name: 'mm-files',
    about: 'what /proc/zoneinfo and its like, /sys/kernel/mm and parameters of /sys/module show and take',
    golden: 'mm-files.RELEASE.txt',
    script: 'mm-files.sh',
    programs: { attributes: 'recorder/guest/attributes.c' },
    seconds: 1800,
    noise: NOISE.mmFiles,
  },
  {
    name: 'memory-failure',
    about: 'failures of pages of every kind, by every way to inject one',
    golden: 'memory-failure.RELEASE.txt',
    script: 'memory-failure.sh',
    programs: CASES,
    noise: NOISE.memoryFailure,
  },
  {
    name: 'memory-failure-more',
    about: 'hugetlb sub pages, filters, pins, soft-offline, unpoison',
    golden: 'memory-failure-more.RELEASE.txt',
    // Two machines: on the second one counters begin at 0 again.
    scripts: ['memory-failure-more-1.sh', 'memory-failure-more-2.sh'],
    programs: { ...CASES, mfmore: CASES.mfcases },
    noise: NOISE.memoryFailure,
  },
  {
    name: 'cper',
    about: 'records of hardware errors that a firmware reports: their bytes, the log, trace events, counters of EDAC',
    golden: 'cper.RELEASE.txt',
    script: 'cper.sh',
    firmware: FIRMWARE,
    files: () => ({ ...caseFiles(), ...driverFile() }),
    format: cperGolden,
    seconds: 1800,
    noise: NOISE.none,
  },
  {
    name: 'cper-sections',
    about: 'records with sections of other kinds: PCIe, processors, firmware records, CXL',
    golden: 'cper-sections.RELEASE.txt',
    script: 'cper.sh',
    firmware: FIRMWARE,
    files: () => caseFiles(SECTION_CASES),
    format: cperGolden,
    seconds: 900,
    noise: NOISE.none,
  },
  {
    name: 'ras-files',
    about: 'what the files of error injection (EINJ) and of the memory controller (EDAC) show, take and refuse',
    golden: 'ras-files.RELEASE.txt',
    script: 'ras-files.sh',
    programs: SYSSEQ,
    modules: ['einj'],
    firmware: FIRMWARE,
    files: (read) => ({ operations: read('ras-files.script.txt'), ...driverFile() }),
    noise: NOISE.none,
  },
  {
    name: 'machine-check',
    about: 'corrected machine checks, and one that scrubbing found: the log and the trace events',
    golden: 'machine-check.RELEASE.txt',
    script: 'machine-check.sh',
    monitor: MACHINE_CHECKS.map(({ name, mce }) => ({ after: `== ${name}`, command: `mce ${mce}` })),
    files: () => ({ names: MACHINE_CHECKS.map(({ name }) => `${name}\n`).join('') }),
    format: cperGolden,
    noise: NOISE.none,
  },
  {
    name: 'tracefs',
    about: 'what the files of tracefs show, take and refuse, and raw pages of events',
    golden: 'tracefs.RELEASE.txt',
    script: 'tracefs.sh',
    programs: { ...CASES, 'trace-file': 'recordings/trace-file.c' },
    noise: NOISE.none,
  },
  {
    name: 'tracefs-overrun',
    about: 'storms of trace events: what a full buffer loses, what its readers get',
    golden: 'tracefs-overrun.RELEASE.txt',
    script: 'tracefs-overrun.sh',
    programs: { 'trace-file': 'recordings/trace-file.c' },
    noise: NOISE.none,
  },
  {
    name: 'trace-formats',
    about: 'formats of trace events that rasdaemon looks for, beside those of ras and mce',
    golden: 'trace-formats.RELEASE.txt',
    script: 'trace-formats.sh',
    noise: NOISE.none,
  },
  {
    name: 'dmi',
    about: 'the tables of SMBIOS that qemu makes, and the names in them',
    golden: 'dmi.RELEASE.txt',
    script: 'dmi.sh',
    firmware: FIRMWARE,
    noise: NOISE.none,
  },
  {
    name: 'sysctl-kernel',
    about: 'echo into files of /proc/sys/kernel',
    golden: 'sysctl-kernel.RELEASE.txt',
    script: 'sysctl-kernel.sh',
    noise: NOISE.sysctlKernel,
  },
  {
    name: 'sysctl-positions',
    about: 'numbers at their limits, positions, long writes, log lines',
    golden: 'sysctl-positions.RELEASE.txt',
    script: 'sysctl-positions.sh',
    programs: SYSSEQ,
    files: (read) => sysctlPositionsScript(read(`sysctl-positions.${INPUTS}.txt`)),
    format: (output, read) => sysctlPositions(output, read(`sysctl-positions.${INPUTS}.txt`)),
    noise: NOISE.sysctlPositions,
  },
  {
    name: 'sysctl-positions-more',
    about: 'partial reads and writes at positions, of one file per handler of /proc/sys',
    golden: 'sysctl-positions-more.RELEASE.txt',
    script: 'sysctl-positions.sh',
    programs: SYSSEQ,
    files: () => sysctlPositionsScript(positionOperations()),
    format: (output) => sysctlPositions(output, positionOperations()),
    noise: NOISE.sysctlPositions,
  },
  {
    name: 'devkmsg',
    about: 'what /dev/kmsg gives and takes',
    golden: 'devkmsg.RELEASE.txt',
    script: 'devkmsg.sh',
    programs: { devkmsg: 'recordings/devkmsg.c' },
    noise: NOISE.none,
  },
  { name: 'panic', about: 'the consoles of two panics', golden: 'panic.RELEASE.txt', panics: PANICS, programs: CASES, noise: NOISE.panic },
  { name: 'panic-more', about: 'of five more, and of a machine check', golden: 'panic-more.RELEASE.txt', panics: PANICS_MORE, noise: NOISE.panic },
  {
    name: 'panic-hardware', about: 'of errors that a firmware reports', golden: 'panic-hardware.RELEASE.txt', panics: PANICS_HARDWARE, noise: NOISE.panic,
  },
  {
    name: 'machine',
    about: 'the machine: memory map, page flags, sysfs trees, sysctls',
    golden: 'machine.RELEASE.txt',
    script: 'machine.sh',
    disks: ['ext4.img'],
    programs: { kpageflags: 'recorder/guest/kpageflags.c' },
    noise: NOISE.machine,
  },
];

/** The file name of a recording of a release. */
export function goldenName(recording, release) {
  return recording.golden.replace('RELEASE', release);
}

