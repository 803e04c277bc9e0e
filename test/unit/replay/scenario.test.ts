import { describe, expect, it } from 'vitest';
import { replayText } from '../../../src/replay/log-replay.ts';
import { scenario } from '../../../src/replay/scenario/scenario.ts';

/** The commands of the scenario of a log, without comments. */
function commandsOf(log: string): string[] {
  return scenario(replayText(log).events).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

const failed = (pfn: string): string => `Memory failure: ${pfn}: recovery action for dirty LRU page: Recovered`;

describe('the time between two failures', () => {
  it.each([
    ['a minute', '1.000000', '61.000000', ['wait 60000']],
    ['thirty years', '1.000000', '946684801.000000', ['wait 946684800000']],
    ['more than a clock can hold', '1.000000', '18446744073.000000', []],
  ])('passes in one command, or in none: %s', (_, first, second, waits) => {
    const commands = commandsOf(`[${first}] ${failed('0x1')}\n[${second}] ${failed('0x2')}\n`);
    expect(commands.filter((each) => each.startsWith('wait')).slice(1)).toEqual(waits);
    expect(commands).toContain('inject pfn=0x2 via=mce');
  });

  it('that is more than a clock can hold is a comment', () => {
    const text = scenario(replayText(`[1.000000] ${failed('0x1')}\n[18446744073.000000] ${failed('0x2')}\n`).events);
    expect(text).toContain('# 18446744072 s pass here by the log, which is longer than a machine can wait: left out\n');
  });

  it('is never more altogether than a clock can hold', () => {
    const log = Array.from({ length: 5 }, (_, n) => `[${n * 4e9 + 1}.000000] ${failed(`0x${n + 1}`)}\n`).join('');
    expect(commandsOf(log).filter((each) => each.startsWith('wait'))).toEqual(['wait 1000', 'wait 4000000000000', 'wait 4000000000000']);
  });
});

describe('what followed from several failures', () => {
  const unpoisoned = (pfn: string): string => `Unpoison: ${pfn}: software-unpoisoned page`;

  it('is done once, where the log has it', () => {
    expect(commandsOf([
      `[    1.000000] ${failed('0x1')}`, `[    2.000000] ${failed('0x2')}`, '[    3.000000] Memory failure: 0x1: recovery action for already poisoned page: Failed',
      `[    4.000000] ${unpoisoned('0x1')}`, `[    5.000000] ${failed('0x1')}`,
    ].join('\n'))).toEqual([
      'keep-going',
      'wait 1000', 'page pfn=0x1 type=anon', 'inject pfn=0x1',
      'wait 1000', 'page pfn=0x2 type=anon', 'inject pfn=0x2',
      'wait 1000', 'inject pfn=0x1',
      'wait 1000', 'unpoison pfn=0x1',
      'wait 1000', 'page pfn=0x1 type=anon', 'inject pfn=0x1 via=mce',
    ]);
  });

  it('a crash comes once, after the last of them, and a boot after it', () => {
    expect(commandsOf([
      `[    1.000000] ${failed('0x1')}`, `[    2.000000] ${failed('0x2')}`, '[    3.000000] Kernel panic - not syncing: softlockup', `[    1.500000] ${failed('0x1')}`,
    ].join('\n'))).toEqual([
      'keep-going',
      'wait 1000', 'page pfn=0x1 type=anon', 'inject pfn=0x1 via=mce',
      'wait 1000', 'page pfn=0x2 type=anon', 'inject pfn=0x2 via=mce',
      'wait 1000', 'panic softlockup',
      'reboot', 'wait 1500', 'page pfn=0x1 type=anon', 'inject pfn=0x1 via=mce',
    ]);
  });

  it('a page that is poisoned by something the log does not tell of is made so', () => {
    expect(commandsOf('[    1.000000] Memory failure: 0x1: recovery action for already poisoned page: Failed\n')).toEqual([
      'keep-going', 'wait 1000', 'page pfn=0x1 type=poisoned', 'inject pfn=0x1 via=mce',
    ]);
  });
});
