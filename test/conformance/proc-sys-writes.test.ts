import { expect, test } from 'vitest';
import { MODULE_NAMES, withNeeded } from '../../src/kernel/sysctl/modules/names.ts';
import { type Comparison, compareWrites, RECORDED_PARTS, recordedRowsOf } from '../support/recorded-writes.ts';

const ALL = { '7.3': recordedRowsOf('7.3', 'sysctl-all'), '6.12': recordedRowsOf('6.12', 'sysctl-all'), '6.1': recordedRowsOf('6.1', 'sysctl-all') };

const COUNTS = {
  '7.3': { modules: { count: 10_119, files: 150 } },
  '6.12': { others: { count: 1473, files: 23 }, net: { count: 9548, files: 149 }, modules: { count: 1297, files: 18 } },
  '6.1': { others: { count: 2157, files: 33 }, net: { count: 9965, files: 156 }, modules: { count: 1642, files: 23 } },
} as const;

const PARTS: readonly (Comparison & { readonly name: string; readonly count: number; readonly files: number })[] = [
  {
    name: 'all but net', profile: '7.3', rows: ALL['7.3'], chosen: (path) => !path.startsWith('net/'), parts: RECORDED_PARTS,
    count: 15_794, files: 244,
  },
  {
    name: 'net', profile: '7.3', rows: ALL['7.3'], chosen: (path) => path.startsWith('net/'), parts: RECORDED_PARTS, count: 47_453, files: 941,
  },
  ...(['7.3', '6.12', '6.1'] as const).map((profile) => ({
    name: 'files of modules', profile, rows: recordedRowsOf(profile, 'sysctl-modules'), chosen: () => true,
    // It would add a logger, which the recorded machine did not have.
    parts: { ...RECORDED_PARTS, modules: withNeeded(MODULE_NAMES.filter((module) => module !== 'nfnetlink_log')) }, ...COUNTS[profile].modules,
  })),
  // Of the older kernels: what differs from 7.3, and a sample of the rest.
  ...(['6.12', '6.1'] as const).flatMap((profile) => [
    {
      name: 'all but net', profile, rows: ALL[profile], chosen: (path: string) => !path.startsWith('net/'), parts: RECORDED_PARTS, ...COUNTS[profile].others,
    },
    { name: 'net', profile, rows: ALL[profile], chosen: (path: string) => path.startsWith('net/'), parts: RECORDED_PARTS, ...COUNTS[profile].net },
  ]),
];

test.each(PARTS)('every write to $name of /proc/sys does what it did on $profile, to the file, to others and to the log', ({ name, count, files, ...comparison }) => {
  const compared = compareWrites(comparison);
  const wrongWrites = compared.wrong.filter(({ write }) => write !== undefined).length;
  console.log(`${comparison.profile}, /proc/sys, ${name}: ${compared.count - wrongWrites} of ${compared.count} writes to ${compared.files} files identical`);
  expect(compared.wrong.slice(0, 60)).toEqual([]);
  expect({ count: compared.count, files: compared.files }).toEqual({ count, files });
});
