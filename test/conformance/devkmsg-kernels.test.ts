import { expect, it } from 'vitest';
import { ERRNO } from '../../src/abi/errno.ts';
import { escapeKmsg } from '../../src/kernel/printk/extended-record.ts';
import { testMachine } from '../support/machine.ts';
import { kernelsWith, type RecordedKernel, recording } from '../support/recording.ts';

/** What a write to /dev/kmsg of this text returns, and the record that it makes. */
function written(profile: RecordedKernel, text: string): { answer: number; record: string } {
  const { machine, write } = testMachine({ profile, devices: true });
  const { log } = machine.kernel;
  const next = log.end;
  const answer = write('/dev/kmsg', text);
  const record = log.from(next);
  return { answer, record: record === undefined ? '' : `${((record.facility ?? 0) << 3) | record.level};${escapeKmsg(record)}` };
}

it.each(kernelsWith('devkmsg.KERNEL.txt'))('the longest write and a prefix beyond 64 bits are as on %s', (profile) => {
  const recorded = recording(`devkmsg.${profile}.txt`);
  for (const [, length = '', answer = ''] of recorded.matchAll(/^write (\d+) L => (\w+)$/gm)) {
    const got = written(profile, 'L'.repeat(Number(length))).answer;
    expect({ length, got: got === -ERRNO.EINVAL ? 'EINVAL' : String(got) }).toEqual({ length, got: answer });
  }
  const priority = /=> (\d+),\d+,-;beyond 64 bits/.exec(recorded)?.[1];
  expect(written(profile, `<${2n ** 64n + 15n}>beyond 64 bits\n`).record).toBe(`${priority};beyond 64 bits`);
});
