import { expect, test } from 'vitest';
import { MODULE_NAMES, withNeeded } from '../../src/kernel/sysctl/modules/names.ts';
import { kernelsWith } from '../support/recording.ts';
import { type Comparison, compareWrites, RECORDED_PARTS, recordedRowsOf } from '../support/recorded-writes.ts';

const ALL = recordedRowsOf('7.3', 'sysctl-all');

/** Fewer writes and files than any older kernel has. */
const AT_LEAST = { others: { count: 1400, files: 20 }, net: { count: 9000, files: 140 }, modules: { count: 1200, files: 15 } } as const;

const PARTS: readonly (Comparison & { readonly name: string; readonly count: number; readonly files: number })[] = [
  {
    name: 'all but net', profile: '7.3', rows: ALL, chosen: (path) => !path.startsWith('net/'), parts: RECORDED_PARTS,
    count: 15_794, files: 244,
  },
  {
    name: 'net', profile: '7.3', rows: ALL, chosen: (path) => path.startsWith('net/'), parts: RECORDED_PARTS, count: 47_453, files: 941,
  },
  ...kernelsWith('sysctl-modules.KERNEL.jsonl').map((profile) => ({
    name: 'files of modules', profile, rows: recordedRowsOf(profile, 'sysctl-modules'), chosen: () => true,
    // It would add a logger, which the recorded machine did not have.
    parts: { ...RECORDED_PARTS, modules: withNeeded(MODULE_NAMES.filter((module) => module !== 'nfnetlink_log')) }, 
    ...(profile === '7.3' ? { count: 10_119, files: 150 } : AT_LEAST.modules),
  })),
  // Of the older kernels: what differs from 7.3, and a sample of the rest.
  ...kernelsWith('sysctl-all.KERNEL.jsonl').filter((profile) => profile !== '7.3').flatMap((profile) => [
    {
      name: 'all but net', profile, rows: recordedRowsOf(profile, 'sysctl-all'), chosen: (path: string) => !path.startsWith('net/'), parts: RECORDED_PARTS,
      ...AT_LEAST.others,
    },
    {
      name: 'net', profile, rows: recordedRowsOf(profile, 'sysctl-all'), chosen: (path: string) => path.startsWith('net/'), parts: RECORDED_PARTS,
      ...AT_LEAST.net,
    },
  ]),
];

test.each(PARTS)('every write to $name of /proc/sys does what it did on $profile, to the file, to others and to the log', ({ name, count, files, ...comparison }) => {
  const compared = compareWrites(comparison);
  const wrongWrites = compared.wrong.filter(({ write }) => write !== undefined).length;
  console.log(`${comparison.profile}, /proc/sys, ${name}: ${compared.count - wrongWrites} of ${compared.count} writes to ${compared.files} files identical`);
  expect(compared.wrong.slice(0, 60)).toEqual([]);
  // All of 7.3, and what npm test makes of the older kernels.
  if (comparison.profile === '7.3') expect({ count: compared.count, files: compared.files }).toEqual({ count, files });
  expect(compared.count).toBeGreaterThanOrEqual(count);
  expect(compared.files).toBeGreaterThanOrEqual(files);
});
