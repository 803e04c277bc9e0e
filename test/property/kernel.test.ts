import fc, { runs } from '../support/fast-check.ts';
import { describe, expect, it } from 'vitest';
import type { Effect } from '../../src/kernel/effect.ts';
import { PAGE_TYPE_NAMES } from '../../src/kernel/memory/page-types.ts';
import { RACES, VIAS } from '../../src/kernel/memory-failure/injection.ts';
import { testMachine, type TestMachine } from '../support/machine.ts';

const pfn = fc.integer({ min: 0, max: 0x40100 }).map((n) => `0x${n.toString(16)}`);
const type = fc.constantFrom(...PAGE_TYPE_NAMES);
const target = fc.oneof(
  type.map((name) => `type=${name}`),
  pfn.map((n) => `pfn=${n}`),
  fc.constant(''),
);
const key = (name: string, values: readonly string[]): fc.Arbitrary<string> =>
  fc.option(fc.constantFrom(...values), { nil: '' }).map((value) => (value === '' ? '' : `${name}=${value}`));
const command = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(target, key('via', Object.keys(VIAS)), key('race', Object.keys(RACES))).map((words) => `inject ${words.join(' ')}`),
  },
  target.map((where) => `soft-offline ${where}`),
  pfn.map((n) => `unpoison pfn=${n}`),
  pfn.map((n) => `access pfn=${n}`),
  fc
    .tuple(pfn, type, key('mapped', ['a:1', 'a:1,b:2', 'none']), fc.integer({ min: 0, max: 3 }))
    .map(([n, name, mapped, refs]) => `page pfn=${n} type=${name} ${mapped} refs=${refs}`),
  fc.constantFrom('reboot', 'wait 100', 'wait 3000', 'log hello', 'panic', 'reset'),
);
const setting = fc.tuple(
  fc.constantFrom(
    'vm/panic_on_unrecoverable_memory_failure',
    'vm/memory_failure_recovery',
    'vm/memory_failure_early_kill',
    'vm/enable_soft_offline',
    'kernel/panic',
    'kernel/tainted',
  ),
  fc.integer({ min: -2, max: 3 }),
);
type Step = { readonly command: string } | { readonly setting: readonly [string, number] };
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: command.map((line) => ({ command: line })) },
    setting.map((pair) => ({ setting: pair })),
  ),
  {
    maxLength: 40,
  },
);

function play(machine: TestMachine, steps: readonly Step[]): { results: number[]; effects: Effect[] } {
  const results = steps.map((step) => {
    machine.clock.usec += 1000;
    return 'command' in step
      ? machine.write('/control', `${step.command}\n`)
      : machine.write(`/proc/sys/${step.setting[0]}`, `${step.setting[1]}\n`);
  });
  return { results, effects: [...machine.machine.kernel.takeEffects()] };
}

describe('a machine to which anything is done', () => {
  it('keeps its books: every failure is counted once, by how it ended', () => {
    fc.assert(
      fc.property(steps, (script) => {
        const machine = testMachine({ profile: 'v4' });
        play(machine, script);
        const { stats, poisonedPages } = machine.machine.kernel.failures;
        expect(stats.ignored + stats.failed + stats.delayed + stats.recovered).toBe(stats.total);
        expect(poisonedPages).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: runs(300) },
    );
  });

  it('numbers its lines from 0 at every boot, and its clock never goes back', () => {
    fc.assert(
      fc.property(steps, (script) => {
        const { effects } = play(testMachine({ profile: '7.3' }), script);
        let sequence: number | undefined;
        let clock = 0;
        for (const effect of effects) {
          if (effect.kind === 'boot') sequence = 0;
          if (effect.kind !== 'printk') continue;
          if (sequence !== undefined) expect(effect.record.sequence).toBe(sequence);
          sequence = effect.record.sequence + 1;
          expect(effect.record.clockUsec).toBeGreaterThanOrEqual(clock);
          expect(effect.record.usec).toBeGreaterThanOrEqual(0);
          clock = effect.record.clockUsec;
        }
      }),
      { numRuns: runs(300) },
    );
  });

  it('does the same again from the same seed', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 2 ** 32 - 1 }), (script, seed) => {
        expect(play(testMachine({ seed }), script)).toEqual(play(testMachine({ seed }), script));
      }),
      { numRuns: runs(100) },
    );
  });

  it('never panics while both sysctls forbid it, except by a command or by reading its own poison', () => {
    fc.assert(
      fc.property(
        fc.array(
          command.filter((line) => !/^(panic|access)/.test(line)),
          { maxLength: 40 },
        ),
        fc.constantFrom('v4' as const, '7.3' as const),
        (lines, profile) => {
          const machine = testMachine({ profile });
          const { effects } = play(
            machine,
            lines.map((line) => ({ command: line })),
          );
          expect(effects.filter((effect) => effect.kind === 'panic')).toEqual([]);
        },
      ),
      { numRuns: runs(300) },
    );
  });

  it('after reset is as it was when it was new', () => {
    fc.assert(
      fc.property(steps, steps, (before, after) => {
        const used = testMachine({ profile: '7.3' });
        play(used, before);
        used.write('/control', 'reset\n');
        used.machine.kernel.takeEffects();
        const lines = (machine: TestMachine): unknown =>
          play(
            machine,
            after.filter((step) => !('command' in step && step.command.startsWith('wait'))),
            // A reset does not set the clock back, and a machine check prints its time.
          ).effects.map((effect) => (effect.kind === 'printk' ? effect.record.text.replace(/ TIME \d+ /, ' TIME ') : effect.kind));
        expect(lines(used)).toEqual(lines(testMachine({ profile: '7.3' })));
      }),
      { numRuns: runs(100) },
    );
  });
});
