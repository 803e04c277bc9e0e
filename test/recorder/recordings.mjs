// The recordings: what runs on the machine, what it needs there, and how what it printed becomes the golden file.
import { PANICS, PANICS_MORE } from './panics.mjs';
import { NOISE } from './noise.mjs';
import { sysctlPositions, sysctlPositionsScript, sysctlWrites, sysctlWritesInputs } from './golden.mjs';

/** The release whose recordings lend their inputs to those of other kernels, so that all answer the same questions. */
const INPUTS = '7.3';

/** Where inject-files.script.txt goes on from the files of /sys/devices/system/memory to those of the debugfs directory. */
const SECOND_DIRECTORY = '# corrupt-pfn\n';

const SYSSEQ = { sysseq: 'recordings/sysseq.c' };
const CASES = { mfcases: 'recordings/memory-failure-cases.c' };

/**
 * `golden`: the name, with RELEASE for the kernel's. `script`: in guest/. `programs`: names on the machine and their sources, below test/.
 * `append`: more of the kernel's command line. `files(read)`: contents by name on the machine; read(name) gives a file of test/recordings. `format(output, read)`: the golden of
 * what the script printed; without it, what it printed. `panics`: one boot a panic, the golden made of blocks of their consoles.
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
    name: 'file-ops',
    about: '1,500 sequences of file system calls in /proc/sys/vm',
    golden: 'file-ops.RELEASE.txt',
    script: 'file-ops.sh',
    programs: SYSSEQ,
    files: (read) => ({ operations: read('file-ops.script.txt') }),
    noise: NOISE.fileOps,
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
    // The kernel's image is not to lie in the block that is taken offline.
    append: 'nokaslr',
    files: (read) => ({ operations: read('machine-files.script.txt') }),
    noise: NOISE.none,
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
    // Two machines: on the second, counters begin at 0 again.
    scripts: ['memory-failure-more-1.sh', 'memory-failure-more-2.sh'],
    programs: { ...CASES, mfmore: CASES.mfcases },
    noise: NOISE.memoryFailure,
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

