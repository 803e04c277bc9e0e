import { expect, test } from 'vitest';
import { MODULE_NAMES, withNeeded } from '../../src/kernel/sysctl/modules/names.ts';
import { type Counts, kernelsWith, known } from '../support/recording.ts';
import { type Comparison, compareWrites, RECORDED_PARTS, recordedRowsOf } from '../support/recorded-writes.ts';

interface Compared {
  readonly count: number;
  readonly files: number;
}

/** Writes and files that are compared. A kernel without an entry has at least {@link AT_LEAST}. */
const COUNTS: Readonly<Record<'others' | 'net' | 'modules', Counts<Compared>>> = {
  others: { '7.3': { count: 15_794, files: 244 }, '6.12': { count: 1473, files: 23 }, '6.1': { count: 2157, files: 33 } },
  net: { '7.3': { count: 47_453, files: 941 }, '6.12': { count: 9548, files: 149 }, '6.1': { count: 9965, files: 156 } },
  modules: { '7.3': { count: 10_119, files: 150 }, '6.12': { count: 1297, files: 18 }, '6.1': { count: 1642, files: 23 } },
};
const AT_LEAST: Compared = { count: 1200, files: 15 };

const PARTS: readonly (Comparison & { readonly name: string; readonly counts: Counts<Compared> })[] = [
  ...kernelsWith('sysctl-modules.KERNEL.jsonl').map((profile) => ({
    name: 'files of modules', profile, rows: recordedRowsOf(profile, 'sysctl-modules'), chosen: () => true,
    // It would add a logger, which the recorded machine did not have.
    parts: { ...RECORDED_PARTS, modules: withNeeded(MODULE_NAMES.filter((module) => module !== 'nfnetlink_log')) }, counts: COUNTS.modules,
  })),
  // Of the older kernels: what differs from 7.3, and a sample of the rest.
  ...kernelsWith('sysctl-all.KERNEL.jsonl').flatMap((profile) => [
    {
      name: 'all but net', profile, rows: recordedRowsOf(profile, 'sysctl-all'), chosen: (path: string) => !path.startsWith('net/'), parts: RECORDED_PARTS,
      counts: COUNTS.others,
    },
    {
      name: 'net', profile, rows: recordedRowsOf(profile, 'sysctl-all'), chosen: (path: string) => path.startsWith('net/'), parts: RECORDED_PARTS,
      counts: COUNTS.net,
    },
  ]),
];

test.each(PARTS)('every write to $name of /proc/sys does what it did on $profile, to the file, to others and to the log', ({ name, counts, ...comparison }) => {
  const compared = compareWrites(comparison);
  const wrongWrites = compared.wrong.filter(({ write }) => write !== undefined).length;
  console.log(`${comparison.profile}, /proc/sys, ${name}: ${compared.count - wrongWrites} of ${compared.count} writes to ${compared.files} files identical`);
  expect(compared.wrong.slice(0, 60)).toEqual([]);
  const { count, files } = compared;
  expect({ count, files }).toEqual(known(counts, comparison.profile, { count, files }));
  expect(count).toBeGreaterThanOrEqual(AT_LEAST.count);
  expect(files).toBeGreaterThanOrEqual(AT_LEAST.files);
});
