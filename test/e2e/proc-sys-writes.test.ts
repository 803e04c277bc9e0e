import { expect, it } from 'vitest';
import { compareMounted, TIMEOUT } from '../support/mounted-writes.ts';
import { recordedRowsOf, type Row } from '../support/recorded-writes.ts';
import { type Counts, kernelsWith, known, type RecordedKernel } from '../support/recording.ts';
import { describeDaemon, EACH_TRANSPORT } from './support/mounts.ts';

/** The least that is compared of each kernel: all that was recorded where each transport is tried, a small part in npm test. */
const AT_LEAST: Counts = EACH_TRANSPORT ? { '7.3': 63_000, '6.12': 61_000, '6.1': 59_000 } : { '7.3': 1500, '6.12': 500, '6.1': 500 };
/** Of how many files npm test writes to one. Of the older kernels it has a sample already. */
const ONE_IN = 12;

function chosenRows(kernel: RecordedKernel): readonly Row[] {
  const rows = recordedRowsOf(kernel, 'sysctl-all', EACH_TRANSPORT ? 'all' : 'sample');
  return EACH_TRANSPORT ? rows : rows.filter(({ like }) => like === undefined).filter((_, index) => index % ONE_IN === 0);
}

describeDaemon('recorded writes to /proc/sys', (transport) => {
  it.each(kernelsWith('sysctl-all.KERNEL.jsonl'))('do through a mount what they did on %s, to the file, to others and to the log', { timeout: 2 * TIMEOUT }, async (kernel) => {
    const { count, files, wrong, limited } = await compareMounted({ kernel, rows: chosenRows(kernel), transport, lookAtAllOf: 10 });
    const wrongWrites = wrong.filter(({ write }) => write !== undefined).length;
    const byFile = [...new Set(wrong.map(({ file }) => file))].map((file) => `${file} (${wrong.filter((each) => each.file === file).length})`);
    console.log(`${kernel}, /proc/sys by ${transport}: ${count - wrongWrites - limited} of ${count} writes to ${files} files identical, ${
      limited} otherwise for a limit of FUSE; the rest: ${byFile.join(', ') || 'none'}`);
    expect(wrong.slice(0, 60)).toEqual([]);
    expect(count).toBeGreaterThan(known(AT_LEAST, kernel, 499));
  });
});
