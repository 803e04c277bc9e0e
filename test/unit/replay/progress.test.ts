import { describe, expect, it } from 'vitest';
import { Progress } from '../../../src/cli/commands/replay/progress.ts';

/** A progress line on a terminal and a clock of its own. */
function progress(total: number | undefined): { readonly bar: Progress; readonly clock: { ms: number }; readonly written: string[] } {
  const clock = { ms: 0 };
  const written: string[] = [];
  return { bar: new Progress((text) => written.push(text), total, () => clock.ms), clock, written };
}

describe('progress on a terminal', () => {
  it('is silent for a second, then says how far it is now and then, and leaves nothing behind', () => {
    const { bar, clock, written } = progress(4_000_000);
    bar.add(100_000, 0);
    expect(written).toEqual([]);
    clock.ms = 1000;
    bar.add(900_000, 1234);
    clock.ms = 1100;
    bar.add(1, 1234);
    expect(written).toEqual(['\r\x1b[K[######------------------]  25 % 1.0 MB of 4.0 MB, 1,234 found, 1.0 MB/s, 3 s left']);
    bar.end();
    bar.end();
    expect(written.slice(1)).toEqual(['\r\x1b[K']);
  });

  it('does without a bar where nobody knows how much there is', () => {
    const { bar, clock, written } = progress(undefined);
    clock.ms = 2000;
    bar.add(3_000_000, 0);
    expect(written).toEqual(['\r\x1b[K3.0 MB, 0 found, 1.5 MB/s']);
  });

  it('never goes beyond the end, as a packed file that grows would make it', () => {
    const { bar, clock, written } = progress(10);
    clock.ms = 2000;
    bar.add(20, 0);
    expect(written[0]).toContain('[########################] 100 %');
  });
});
