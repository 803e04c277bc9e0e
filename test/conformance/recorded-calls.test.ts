import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import buildOnce from '../e2e/support/build-once.ts';
import { runMain } from '../e2e/support/daemon.ts';
import { describeMount, TRANSPORTS, type TransportName } from '../e2e/support/mounts.ts';
import { compileRecorded } from '../support/compile.ts';
import { compare, diffOf, type Difference, type Limit, reportOf, sumOf } from '../support/compare-calls.ts';
import { testMachine } from '../support/machine.ts';
import { FILES_OF_VM, RECORDED_CALLS, type RecordedCalls, recordedCallsOf } from '../support/recorded-calls.ts';
import { kernelsWith } from '../support/recording.ts';
import { inProcess, IN_PROCESS, mountedBy } from '../support/ways.ts';
import { partOf, WHOLE } from '../support/whole.ts';

/**
 * On a mount, `npm test` makes one piece in this many of the two long recordings. `npm run test:recordings` and test:transports make all
 * pieces. Transports share everything except how a call arrives from the kernel, and each kind of call is in every piece.
 */
const ONE_IN = { 'dev-fuse': 12, 'fuse-native': 40 } as const;

function sampleFor(transport: TransportName, recorded: RecordedCalls): RecordedCalls {
  return recorded.pieces.length < 10 ? recorded : { ...recorded, pieces: partOf(recorded.pieces, ONE_IN[transport]) };
}

/** How many calls each recording has, so that none is lost unnoticed. */
const CALLS: ReadonlyMap<string, number> = new Map([
  ['sysctl-boot-values', 2 * 56], ['sysctl-writes', 98 * 56], ['file-ops', 11_509], ['sysctl-positions', 837], ['sysctl-positions-more', 4427], ['inject-files', 700], ['machine-files', 888],
]);

/** Kernels before 7.2 log fewer lines. */
const CALLS_OF_OLDER: ReadonlyMap<string, number> = new Map([['sysctl-positions', 830]]);

/** Calls whose position, before or after, a FUSE server cannot know. */
const UNTOLD = /^(lseek|pwrite|pread) /;

/** Whether, before this call or by it, a descriptor with O_APPEND was moved or used in a way that a FUSE server does not see. */
function appendingAstray({ sequence, index }: Difference): boolean {
  const calls = sequence.calls.slice(0, index + 1);
  return / RDWR\|APPEND$/.test(calls[0]?.command ?? '') && calls.some(({ command }) => UNTOLD.test(command));
}

/** What Linux's own FUSE decides. At most 1 % of all calls may be like this, and each row must occur. */
const LIMITS: readonly Limit[] = [
  {
    name: 'rmdir of a file (EACCES on proc, ENOTDIR here)',
    reason: 'may_delete() of fs/namei.c lets root write into any directory of a FUSE mount, finds no directory to remove, and asks nobody',
    atMost: 24,
    covers: ({ command, linux, here }) => command.startsWith('rmdir ') && linux === 'EACCES' && here === 'ENOTDIR',
  },
  {
    name: 'write of no bytes, which is refused, logged or has an effect on proc',
    reason: 'generic_write_checks() of fs/read_write.c ends it with 0 before FUSE sends anything',
    atMost: 40,
    covers: ({ sequence, command, linux, here, index }) => {
      const empty = /^(p?write( \d+)?|(set|try) \S+) -$/;
      if (empty.test(command)) return /^(EINVAL|ENOENT|1|0 \w+_ratio=0)$/.test(linux) && here === '0';
      const before = sequence.calls.slice(0, index).some((call) => empty.test(call.command));
      if (command === 'log') return before && /drop_caches: \d$|laptop_mode is deprecated|numa_zonelist_order value:$/.test(linux) && here === 'nothing';
      return before && command === 'changed' && linux === 'dirty_background_ratio=0' && here === '';
    },
  },
  {
    name: 'read of no bytes, which kpageflags and kpagecount refuse where no word begins, and stable_secret where it is not set',
    reason: 'fuse_direct_io() of fs/fuse/file.c has nothing to send for it',
    atMost: 3,
    covers: ({ command, linux, here }) => /^pread 0 \d$/.test(command) && /^(EINVAL|EIO)$/.test(linux) && here === '0',
  },
  {
    name: 'of O_APPEND with lseek, pwrite or pread',
    reason: 'generic_write_checks() of fs/read_write.c has every write of an O_APPEND descriptor begin at the size FUSE remembers, pwrite(2) too; '
      + 'lseek(2) is not passed on; so where the write belongs on proc can only be guessed',
    // 61, and a few more or less, depending on how sequences are shared out: FUSE remembers a file's size from one sequence to the next.
    atMost: 65,
    covers: (difference) =>
      appendingAstray(difference)
      && ANSWERS.some(([command, answer]) => command.test(difference.command) && answer.test(difference.linux) && answer.test(difference.here)),
  },
];

/**
 * How calls may differ on an O_APPEND descriptor whose position is elsewhere: a count or EINVAL, the bytes read, the position, one value.
 */
const ANSWERS = [
  [/^p?write(rep)? /, /^(\d+|EINVAL)$/],
  [/^p?read /, /^\d+( [0-9a-f]+)?$/],
  [/^lseek /, /^\d+$/],
  [/^changed$/, /^([\w-]+=-?\d+)?$/],
] as const;

/** Before 7.2, a write that takes no number leaves the descriptor of lowmem_reserve_ratio where it was. */
const KEPT: Limit = {
  name: 'lseek(2) after a write that left the descriptor where it was',
  reason: 'FUSE moves the descriptor by what a write takes, and does not pass lseek(2) on',
  atMost: 1,
  covers: ({ sequence, command, here }) => / lowmem_reserve_ratio$/.test(sequence.title) && command === 'lseek 0 1' && here === '4099',
};

/** The kernels besides 7.3. */
const KERNELS = kernelsWith('machine-files.KERNEL.txt').filter((kernel) => kernel !== '7.3');

describe('recorded calls, in this process', () => {
  it('/proc/sys/vm has the files that were recorded', () => {
    expect(testMachine().vfs.readdir('/proc/sys/vm')).toEqual(FILES_OF_VM);
    expect(FILES_OF_VM).toHaveLength(56);
  });

  it.each(RECORDED_CALLS)('$name', async (recorded) => {
    const comparison = await compare(recorded, IN_PROCESS, []);
    console.info(reportOf(`${recorded.name}, ${IN_PROCESS.name}`, comparison));
    expect(comparison.calls).toBe(CALLS.get(recorded.name));
    expect(diffOf(comparison.differences)).toBe('');
  });

  describe.each(KERNELS)('as on %s', (kernel) => {
    it.each(recordedCallsOf(kernel))('$name', async (recorded) => {
      const comparison = await compare(recorded, inProcess(kernel), [KEPT]);
      console.info(reportOf(`${recorded.name}, ${inProcess(kernel).name}`, comparison));
      // How many lines are logged, which the script asks for, depends on the kernel.
      expect(comparison.calls).toBe(CALLS_OF_OLDER.get(recorded.name) ?? CALLS.get(recorded.name));
      expect(diffOf(comparison.differences)).toBe('');
      expect(sumOf(comparison.limited)).toBeLessThanOrEqual(KEPT.atMost);
    });
  });
});

const sysseq = await compileRecorded('sysseq.c');
if (sysseq === undefined) console.warn('SKIPPED: recorded calls on mounts: no C compiler to make sysseq of: apt-get install gcc libc6-dev');
afterAll(() => sysseq?.remove());

if (sysseq !== undefined) {
  describeMount('recorded calls, on a mount', () => {
    beforeAll(buildOnce);

    it('of every transport there is', async () => {
      const { stderr } = await runMain(['mount', '/nowhere', '--transport', 'no-such']);
      const [, named] = /--transport takes (.*), not/.exec(stderr) ?? [];
      expect(named?.split(/, | or /).filter((name) => name !== 'auto')).toEqual(TRANSPORTS);
    });

    describe.each(TRANSPORTS)('by %s', (transport) => {
      const met = new Map<Limit, number>();
      let [calls, differing, whole] = [0, 0, true];

      it.each(RECORDED_CALLS)('$name', async (recorded) => {
        const sample = sampleFor(transport, recorded);
        whole &&= sample.pieces.length === recorded.pieces.length;
        const comparison = await compare(sample, mountedBy(transport, sysseq.path), LIMITS);
        console.info(reportOf(`${recorded.name}, ${transport}`, comparison));
        if (sample.pieces.length === recorded.pieces.length) expect(comparison.calls).toBe(CALLS.get(recorded.name));
        expect(comparison.calls).toBeGreaterThan((CALLS.get(recorded.name) ?? 0) / (2 * ONE_IN[transport]));
        calls += comparison.calls;
        differing += comparison.differences.length;
        for (const [limit, count] of comparison.limited) met.set(limit, (met.get(limit) ?? 0) + count);
        expect(diffOf(comparison.differences)).toBe('');
      });

      it('meets every limit that is claimed, where all calls are compared, and in no more than 1 % of the calls', () => {
        console.info([
          `all recorded calls, ${transport}: ${calls - sumOf(met) - differing} of ${calls} identical; ${differing} differ; ${sumOf(met)} are limits of FUSE:`,
          ...[...met].map(([{ name, reason }, count]) => `  ${count} ${name}: ${reason}`),
        ].join('\n'));
        if (whole) expect(LIMITS.filter((limit) => !met.has(limit)).map(({ name }) => name)).toEqual([]);
        expect([...met].filter(([{ atMost }, count]) => count > atMost).map(([{ name }]) => name)).toEqual([]);
        expect(sumOf(met)).toBeLessThanOrEqual(calls / (whole ? 100 : 50));
      });
    });

    describe.skipIf(!WHOLE).each(KERNELS)('as on %s, by dev-fuse', (kernel) => {
      it.each(recordedCallsOf(kernel))('$name', async (recorded) => {
        const comparison = await compare(recorded, mountedBy('dev-fuse', sysseq.path, kernel), [KEPT, ...LIMITS]);
        console.info(reportOf(`${recorded.name}, dev-fuse, ${kernel}`, comparison));
        expect(diffOf(comparison.differences)).toBe('');
        expect(sumOf(comparison.limited)).toBeLessThanOrEqual(comparison.calls / 100);
      });
    });
  });
}
