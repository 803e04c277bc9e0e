import { expect, test } from 'vitest';
import { MODULE_NAMES, withNeeded } from '../../src/kernel/sysctl/modules/names.ts';
import { type Comparison, compareWrites, RECORDED_PARTS } from '../support/recorded-writes.ts';

const PARTS: readonly (Comparison & { readonly name: string; readonly count: number; readonly files: number })[] = [
  {
    name: 'all but net', recorded: 'sysctl-all.7.3.jsonl', chosen: (path) => !path.startsWith('net/'), parts: RECORDED_PARTS,
    count: 15_794, files: 244,
  },
  {
    name: 'net', recorded: 'sysctl-all.7.3.jsonl', chosen: (path) => path.startsWith('net/'), parts: RECORDED_PARTS, count: 47_453, files: 941,
  },
  {
    name: 'files of modules', recorded: 'sysctl-modules.7.3.jsonl', chosen: () => true,
    // It would add a logger, which the recorded machine did not have.
    parts: { ...RECORDED_PARTS, modules: withNeeded(MODULE_NAMES.filter((module) => module !== 'nfnetlink_log')) }, count: 10_119, files: 150,
  },
];

test.each(PARTS)('every write to $name of /proc/sys does what it did on 7.3, to the file, to others and to the log', ({ name, count, files, ...comparison }) => {
  const compared = compareWrites(comparison);
  const wrongWrites = compared.wrong.filter(({ write }) => write !== undefined).length;
  console.log(`/proc/sys, ${name}: ${compared.count - wrongWrites} of ${compared.count} writes to ${compared.files} files identical`);
  expect(compared.wrong.slice(0, 60)).toEqual([]);
  expect({ count: compared.count, files: compared.files }).toEqual({ count, files });
});
