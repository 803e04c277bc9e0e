import { describe, expect, it } from 'vitest';
import type { ProfileName } from '../../src/kernel/profiles/names.ts';
import { testMachine } from '../support/machine.ts';
import { kernelsWith, recording } from '../support/recording.ts';

/** A recorded console, and the writes that make our machine print the same. */
interface PanicCase {
  readonly what: string;
  readonly file: string;
  /** The line of the recording before the block. Absent: the block is at its beginning. */
  readonly after?: string;
  readonly profile: ProfileName;
  readonly writes: readonly (readonly [path: string, text: string])[];
  /** The last recorded line. */
  readonly ends: RegExp;
  /** The first line of ours that counts. Absent: that of the panic itself. */
  readonly begins?: RegExp;
  /** Lines of ours that the recorded machine had no reason to print. */
  readonly without?: RegExp;
}

const ARMED = ['/proc/sys/vm/panic_on_unrecoverable_memory_failure', '1\n'] as const;
const HARD = '/sys/devices/system/memory/hard_offline_page';
const CORRUPT = '/sys/kernel/debug/hwpoison/corrupt-pfn';

const FIRST = /Memory failure|Kernel panic|Machine check/;
const HARDWARE = /Hardware Error/;
const NONE = /^(?!)/;

const CASES: readonly PanicCase[] = [
  {
    what: '7.3, hard_offline_page of a reserved page, kernel.panic=3',
    file: 'panic.7.3.txt',
    profile: '7.3',
    writes: [['/proc/sys/kernel/panic', '3'], ARMED, [HARD, '0xf0000']],
    ends: /Rebooting in 3 seconds\.\.$/,
  },
  {
    what: '7.3, memory_failure_recovery=0, kernel.panic=0',
    file: 'panic.7.3.txt',
    after: '# kernel.panic=0',
    profile: '7.3',
    writes: [
      ['/proc/sys/vm/memory_failure_recovery', '0'],
      [HARD, '0x120000'],
    ],
    ends: /---\[ end Kernel panic/,
  },
  {
    what: 'v4, hard_offline_page of a reserved page, kernel.panic=-1',
    file: 'panic.v4.txt',
    profile: 'v4',
    writes: [['/proc/sys/kernel/panic', '-1'], ARMED, [HARD, '0xf0000']],
    ends: /Kernel Offset/,
  },
  {
    what: '7.3, corrupt-pfn, kernel.panic=2',
    file: 'panic-more.7.3.txt',
    after: '# vm.panic_on_unrecoverable',
    profile: '7.3',
    writes: [['/proc/sys/kernel/panic', '2'], ARMED, [CORRUPT, '0xf0\n']],
    ends: /Rebooting in 2 seconds\.\.$/,
  },
  {
    what: '7.3, sysrq c on a tainted kernel, kernel.panic=0',
    file: 'panic-more.7.3.txt',
    after: '# sysrq c',
    profile: '7.3',
    writes: [
      ['/proc/sys/kernel/tainted', '16'],
      ['/control', 'panic'],
    ],
    ends: /---\[ end Kernel panic/,
  },
  {
    what: '7.3, memory_failure_recovery=0, corrupt-pfn, kernel.panic=-1',
    file: 'panic-more.7.3.txt',
    after: '# vm.memory_failure_recovery',
    profile: '7.3',
    writes: [
      ['/proc/sys/kernel/panic', '-1'],
      ['/proc/sys/vm/memory_failure_recovery', '0'],
      [CORRUPT, '0xf0\n'],
    ],
    ends: /Kernel Offset/,
  },
  {
    what: '7.3, hard_offline_page on a kernel that has died before, kernel.panic=0',
    file: 'panic-more.7.3.txt',
    after: '# hard_offline_page on',
    profile: '7.3',
    writes: [['/proc/sys/kernel/tainted', '192'], ARMED, [HARD, '0xf0000']],
    ends: /---\[ end Kernel panic/,
  },
  {
    what: '7.3, a machine check on a kernel tainted by one, kernel.panic=2',
    file: 'panic-more.7.3.txt',
    after: '# a machine check',
    profile: '7.3',
    writes: [['/proc/sys/kernel/panic', '2'], ['/proc/sys/kernel/tainted', '16'], ARMED, ['/control', 'inject pfn=0xf0 via=mce']],
    ends: /Rebooting in 2 seconds\.\.$/,
  },
  {
    what: '7.3, a machine check with memory_failure_recovery=0, kernel.panic=2',
    file: 'panic-more.7.3.txt',
    after: '# a machine check of that kind',
    profile: '7.3',
    writes: [['/proc/sys/kernel/panic', '2'], ['/proc/sys/vm/memory_failure_recovery', '0'], ['/control', 'inject pfn=0xf0 via=mce']],
    ends: /Rebooting in 2 seconds\.\.$/,
  },
  {
    what: '7.3, a fatal error that the firmware reports, kernel.panic=2',
    file: 'panic-hardware.7.3.txt',
    after: '# a fatal memory error',
    begins: HARDWARE,
    profile: '7.3',
    writes: [
      ['/proc/sys/kernel/panic', '2'],
      ['/control', 'error severity=fatal phys=0x12345000 status=0x400 mask=0xfffffffffffff000 node=0 card=1 module=2 kind=multi-bit-ecc'],
    ],
    ends: /Rebooting in 2 seconds\.\.$/,
  },
  {
    what: '7.3, another without an address, kernel.panic=0',
    file: 'panic-hardware.7.3.txt',
    after: '# the same',
    begins: HARDWARE,
    profile: '7.3',
    writes: [['/control', 'error severity=fatal kind=3']],
    ends: /---\[ end Kernel panic/,
  },
  {
    what: '7.3, a recoverable error of a reserved page, kernel.panic=2',
    file: 'panic-hardware.7.3.txt',
    after: '# a recoverable error of a reserved page, vm.panic',
    begins: HARDWARE,
    profile: '7.3',
    writes: [['/proc/sys/kernel/panic', '2'], ARMED, ['/control', 'error severity=recoverable kind=3 pfn=0xf0']],
    // The recorded machine had no driver of EDAC.
    without: /^EDAC MC0/,
    ends: /Rebooting in 2 seconds\.\.$/,
  },
  {
    what: '7.3, a recoverable error with memory_failure_recovery=0, kernel.panic=2',
    file: 'panic-hardware.7.3.txt',
    after: '# a recoverable error of a reserved page, vm.memory_failure_recovery',
    begins: HARDWARE,
    profile: '7.3',
    writes: [['/proc/sys/kernel/panic', '2'], ['/proc/sys/vm/memory_failure_recovery', '0'], ['/control', 'error severity=recoverable kind=3 pfn=0xf0']],
    without: /^EDAC MC0/,
    ends: /Rebooting in 2 seconds\.\.$/,
  },
  {
    what: '7.3, a fatal machine check, kernel.panic=2',
    file: 'panic-hardware.7.3.txt',
    after: '# a fatal machine check',
    begins: HARDWARE,
    profile: '7.3',
    writes: [['/proc/sys/kernel/panic', '2'], ['/control', 'error severity=fatal via=mce phys=0x12345000']],
    ends: /Rebooting in 2 seconds\.\.$/,
  },
  {
    what: '7.3, a recoverable error with edac_mc_panic_on_ue=1, kernel.panic=2',
    file: 'panic-hardware.7.3.txt',
    after: '# a recoverable error with edac',
    begins: HARDWARE,
    profile: '7.3',
    writes: [
      ['/proc/sys/kernel/panic', '2'], ['/sys/module/edac_core/parameters/edac_mc_panic_on_ue', '1'],
      // A module that does not belong to the kernel tainted the recorded machine.
      ['/proc/sys/kernel/tainted', '12288'], ['/control', 'error severity=recoverable kind=3 phys=0x12345000'],
    ],
    ends: /Rebooting in 2 seconds\.\.$/,
  },
];

/** On older kernels the machine check of the recorder did not panic, and ghes_edac was not there. */
const NOT_RECORDED = /^# a (?:fatal machine check|recoverable error with edac)/;

/** The panics that are possible on kernels without vm.panic_on_unrecoverable_memory_failure. */
const WITHOUT_SYSCTL: readonly PanicCase[] = kernelsWith('panic.KERNEL.txt').filter((profile) => profile !== '7.3').flatMap((profile) => (
  CASES.filter(({ profile: other, writes, file, after }) => (
    other === '7.3' && /^panic(?:-more|-hardware)?\.7/.test(file) && !writes.includes(ARMED) && !NOT_RECORDED.test(after ?? '')
  ))
    .map((each) => ({ ...each, profile, what: each.what.replace('7.3', profile), file: each.file.replace('7.3', profile) }))
    .filter(({ file }) => kernelsWith(file.replace(`.${profile}.`, '.KERNEL.')).includes(profile))
));
/** What an idle CPU runs on: the one that booted, or another; and who runs its timers. */
const IDLE_BOTTOM = /^ (?:run_timer_softirq|timer_expire_remote|tmigr_handle_remote|arch_call_rest_init|rest_init|start_kernel|x86_64_start_\w+|start_secondary)\+/;

/**
 * What one panic has in common with another of its kind. These are its own: CPU and task, the registers of the task, the random offset of
 * the kernel, the frame number, the version of v4's test build, and frames of which the unwinder was not sure (`? …`).
 */
function common(lines: readonly string[]): string[] {
  return lines
    .map((line) => line.replace(/^\[ *[0-9.]+\] /, ''))
    .filter((line) => !line.startsWith(' ? ') && !IDLE_BOTTOM.test(line))
    .map((line) =>
      line
        .replace(/^CPU: \d+ PID: \d+ Comm: [\w/:]+ /, 'CPU: N PID: N Comm: C ')
        .replace(/^CPU: \d+ UID: 0 PID: \d+ Comm: [\w/:]+ /, 'CPU: N UID: 0 PID: N Comm: C ')
        .replace(/7\.3\.0-rc7-\w*v4/, '7.3.0-rc7-v4')
        .replace(/^Kernel Offset: 0x[0-9a-f]+ /, 'Kernel Offset: N ')
        .replace(/0x[0-9a-f]+(: (?:unrecoverable|unhandlable|recovery))/, 'PFN$1')
        .replace(/(Memory failure on page )[0-9a-f]+/, '$1PFN')
        .replace(/\b(R[A-Z0-9]{1,2}|EFLAGS|ORIG_RAX): (?:[0-9a-f]{4}:)?(?:0x)?[0-9a-f]+/g, '$1: N')
        .replace(/TSC [0-9a-f]+ /, 'TSC N ')
        .replace(/ TIME \d+ /, ' TIME N ')
        .replace(/Bank 4: [0-9a-f]{16}/, 'Bank 4: STATUS')
        .replace(/^Code: [0-9a-f <>]+$/, 'Code: N'),
    );
}

describe('the console of a panic', () => {
  it.each([...CASES, ...WITHOUT_SYSCTL])('$what', ({ file, after, profile, writes, ends, begins = FIRST, without = NONE }) => {
    const text = recording(file).split('\n');
    const start = after === undefined ? 0 : text.findIndex((line) => line.startsWith(after)) + 1;
    const end = text.findIndex((line, n) => n >= start && ends.test(line));
    expect(end).toBeGreaterThan(start);
    const { write, lines } = testMachine({ profile });
    const results = writes.map(([path, value]) => write(path, value));
    expect(results.at(-1)).toBe(-5);
    const printed = lines().map((line) => line.slice(2));
    const first = printed.findIndex((line) => begins.test(line));
    const recorded = common(text.slice(start, end + 1));
    const ours = common(printed.slice(first)).filter((line) => !without.test(line) && !line.startsWith('Linux version') && !line.startsWith('Command line'));
    // The recordings through corrupt-pfn begin at the panic itself.
    const from = ours.findIndex((line) => line === recorded[0]);
    expect(ours.slice(from)).toEqual(recorded);
  });
});
