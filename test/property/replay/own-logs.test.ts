import fc, { runs } from '../../support/fast-check.ts';
import { describe, expect, it } from 'vitest';
import { bootSettings } from '../../../src/cli/options/machine.ts';
import { LOG_FORMATS, type LogFormatName } from '../../../src/kernel/printk/log-format.ts';
import type { Effect, PrintkRecord } from '../../../src/kernel/effect.ts';
import { PAGE_TYPE_NAMES } from '../../../src/kernel/memory/page-types.ts';
import { RACES } from '../../../src/kernel/memory-failure/injection.ts';
import { PROFILES } from '../../../src/kernel/profiles/profiles.ts';
import { replayText } from '../../../src/replay/log-replay.ts';
import { scenario } from '../../../src/replay/scenario/scenario.ts';
import { parseControl } from '../../../src/control/command.ts';
import { testMachine } from '../../support/machine.ts';
import { POLICIES, type PolicyName } from '../../../src/replay/verdict/policy.ts';

const MEMORY = 2 ** 30;
const MACHINE = { hostname: 'db1', startWallMs: Date.UTC(2026, 10, 23, 4, 46) };
const PANIC_ON = 'vm.panic_on_unrecoverable_memory_failure=1';

const frame = fc.integer({ min: 0, max: 40 }).map((n) => 0x2000 + n);
const maybe = (words: readonly string[]): fc.Arbitrary<string> => fc.constantFrom('', ...words);
const command = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.oneof(fc.constantFrom(...PAGE_TYPE_NAMES).map((type) => `type=${type}`), frame.map((pfn) => `pfn=0x${pfn.toString(16)}`)),
        maybe(['via=corrupt', 'via=hard', 'via=mce']), maybe(Object.keys(RACES).map((race) => `race=${race}`)))
      .map((words) => `inject ${words.join(' ')}`),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(frame, fc.constantFrom(...PAGE_TYPE_NAMES), maybe(['mapped=nginx:611 early-kill', 'mapped=a:1,b:2', 'mapped="my worker":7 early-kill']), maybe(['refs=1']))
      .map(([pfn, type, ...rest]) => `page pfn=0x${pfn.toString(16)} type=${type} ${rest.join(' ')}`),
  },
  { weight: 2, arbitrary: frame.map((pfn) => `soft-offline pfn=0x${pfn.toString(16)}`) },
  { weight: 2, arbitrary: frame.map((pfn) => `unpoison pfn=0x${pfn.toString(16)}`) },
  frame.map((pfn) => `access pfn=0x${pfn.toString(16)}`),
  fc.constantFrom('wait 20', 'wait 6000', 'log an ordinary line', 'log [Hardware Error]: error_type: 3, multi-bit ECC', 'reboot', 'panic'),
);
const history = fc.array(command, { minLength: 10, maxLength: 40, size: 'max' });

const SETTINGS = [PANIC_ON, 'kernel.panic=-1'].map((value) => ({ value }));
const VALUES = { v4: (await bootSettings(SETTINGS, 'v4', MEMORY)).values, '7.3': (await bootSettings(SETTINGS, '7.3', MEMORY)).values };

/**
 * What a machine with the sysctl set prints and does, with an interval in microseconds between two commands. A panic reboots it at once, so
 * the run continues.
 */
function live(profile: PolicyName, commands: readonly string[], seed: number, between = 1700): Effect[] {
  const machine = testMachine({ profile, seed, bootSettings: VALUES[profile] });
  machine.machine.kernel.reboot();
  for (const each of commands) {
    machine.clock.usec += between;
    machine.write('/control', `${each}\n`);
  }
  return [...machine.machine.kernel.takeEffects()];
}

interface ActedOn {
  readonly pfn: string;
  readonly type: string;
  readonly result: string;
  readonly panicked: boolean;
  readonly revoked: boolean;
}

/**
 * What happened on a machine: each result line, whether it panicked on it at once, and whether the page was unpoisoned in the same boot.
 */
function actedOn(effects: readonly Effect[]): ActedOn[] {
  const all: { pfn: string; type: string; result: string; panicked: boolean; revoked: boolean; boot: number }[] = [];
  let boot = 0;
  for (const effect of effects) {
    if (effect.kind === 'boot') boot += 1;
    const last = all.at(-1);
    if (effect.kind === 'panic' && last && effect.text === `Memory failure: ${last.pfn}: unrecoverable page`) last.panicked = true;
    if (effect.kind !== 'printk') continue;
    const [, pfn, type, result] = /^Memory failure: (0x[0-9a-f]+): recovery action for (.+): (\w+)$/.exec(effect.record.text) ?? [];
    if (pfn !== undefined && type !== undefined && result !== undefined) all.push({ pfn, type, result, panicked: false, revoked: false, boot });
    const [, unpoisoned] = /^Unpoison: (0x[0-9a-f]+): software-unpoisoned page$/.exec(effect.record.text) ?? [];
    for (const each of all) if (each.pfn === unpoisoned && each.boot === boot) each.revoked = true;
  }
  return all.map(({ boot: _, ...each }) => each);
}

function log(effects: readonly Effect[], format: LogFormatName): string {
  const records = effects.flatMap((effect): PrintkRecord[] => (effect.kind === 'printk' ? [effect.record] : []));
  return records.map((record) => LOG_FORMATS[format](record, MACHINE)).join('');
}

const FORMATS = Object.keys(LOG_FORMATS) as LogFormatName[];
/** Scenarios that once did not do what their logs show. */
const COUNTEREXAMPLES: readonly { readonly what: string; readonly profile: PolicyName; readonly seed: number; readonly commands: readonly string[] }[] = [
  {
    what: 'a page that failed twice was unpoisoned once', profile: '7.3', seed: 0,
    commands: [
      'inject pfn=0x2003', 'inject pfn=0x2003', 'unpoison pfn=0x2003', 'soft-offline pfn=0x2000', 'page pfn=0x2000 type=reserved',
      'inject pfn=0x2000', 'soft-offline pfn=0x2000', 'access pfn=0x2000', 'inject pfn=0x2000', 'page pfn=0x2000 type=reserved',
      'access pfn=0x2000', 'inject pfn=0x2000', 'inject pfn=0x2000',
    ],
  },
  {
    what: 'a kill that names no page was put down to a page of the kernel', profile: '7.3', seed: 0,
    commands: [
      'page pfn=0x2003 type=mlocked-dirty mapped=a:1,b:2', 'inject type=mlocked-dirty', 'soft-offline pfn=0x2000', 'unpoison pfn=0x2000',
      'inject pfn=0x2000', 'soft-offline pfn=0x2000', 'inject type=hugetlb-free', 'access pfn=0x2003', 'page pfn=0x2000 type=reserved',
      'access pfn=0x2000', 'inject type=reserved', 'inject type=reserved',
    ],
  },
  {
    what: 'the same of a page that was unpoisoned later', profile: '7.3', seed: 0,
    commands: [
      'page pfn=0x201c type=mlocked-dirty mapped=a:1,b:2', 'inject type=mlocked-dirty', 'inject type=mlocked-dirty', 'access pfn=0x201c',
      'inject pfn=0x2000', 'inject pfn=0x2000', 'inject pfn=0x2000', 'inject pfn=0x2000', 'unpoison pfn=0x2000', 'soft-offline pfn=0x2000',
      'page pfn=0x2000 type=reserved', 'unpoison pfn=0x2000', 'soft-offline pfn=0x2000', 'access pfn=0x2000',
    ],
  },
];
const CASES = POLICIES.flatMap((profile) => FORMATS.map((format) => ({ profile, format })));

describe('a log that the emulated machine wrote', () => {
  it.each(CASES)('replayed, gives what the machine did: $profile, $format', ({ profile, format }) => {
    let events = 0;
    fc.assert(
      fc.property(history, fc.nat({ max: 1000 }), (commands, seed) => {
        const effects = live(profile, commands, seed);
        const replayed = replayText(log(effects, format), { before: MACHINE.startWallMs });
        const told = replayed.events.map(({ pfn, type, result, verdict, revoked }) => ({ pfn, type, result, verdict: verdict[profile], revoked: revoked !== undefined }));
        expect(told).toEqual(actedOn(effects).map(({ panicked, ...each }) => ({ ...each, verdict: panicked ? 'would-panic' : 'would-not' })));
        for (const event of replayed.events) {
          expect(event.kernel).toBe(PROFILES[profile].release);
          expect(event.host).toBe(format === 'syslog' ? MACHINE.hostname : null);
        }
        events += told.length;
      }),
      { numRuns: runs(30) },
    );
    expect(events).toBeGreaterThan(50);
  });

  it.each(POLICIES)('made into a scenario, makes another machine do the same: %s', (profile) => {
    let compared = 0;
    fc.assert(
      fc.property(history, fc.nat({ max: 1000 }), (commands, seed) => {
        compared += expectReenacted(profile, commands, seed);
      }),
      { numRuns: runs(30) },
    );
    expect(compared).toBeGreaterThan(30);
  });

  it.each(COUNTEREXAMPLES)('made into a scenario, made another machine do something else once: $what', ({ profile, seed, commands }) => {
    expect(expectReenacted(profile, commands, seed)).toBeGreaterThan(0);
  });
});

const RESULT = /Memory failure: 0x[0-9a-f]+: recovery action for .*$/;
const UNPOISONED = /Unpoison: 0x[0-9a-f]+: software-unpoisoned page$/;

/**
 * Makes a scenario from the log of a machine, and expects that another machine prints the same result lines, and the lines about unpoisoned
 * pages. Returns how many were compared. No log shows what a race decided, so nothing is expected of pages whose kind the log leaves open.
 */
function expectReenacted(profile: PolicyName, commands: readonly string[], seed: number): number {
  const lines = log(live(profile, commands.map((each) => each.replace(/ ?race=\w+/, '')), seed), 'dmesg').split('\n');
  const { events } = replayText(lines.join('\n'));
  const script = scenario(events);
  expect(parseControl(new TextEncoder().encode(script))).not.toHaveProperty('error');
  const again = log(live(profile, script.split('\n').filter((each) => each !== '' && !each.startsWith('#')), seed, 0), 'dmesg').split('\n');
  const open = new Set(events.filter(({ verdict }) => verdict[profile] === 'undecidable').map(({ pfn }) => pfn));
  const revocations = new Set(events.map(({ revoked }) => revoked?.source.line));
  const certain = (all: readonly string[], isRevocation: (index: number) => boolean): string[] =>
    all.flatMap((line, index) => (isRevocation(index) ? UNPOISONED : RESULT).exec(line)?.[0] ?? []).filter((line) => !open.has(/0x[0-9a-f]+/.exec(line)?.[0] ?? ''));
  const expected = certain(lines, (index) => revocations.has(index + 1));
  expect(certain(again, (index) => UNPOISONED.test(again[index] ?? ''))).toEqual(expected);
  return expected.length;
}
