import fc from '../support/fast-check.ts';
import { describe, expect, it } from 'vitest';
import { printable } from '../../src/abi/printable.ts';
import { PROFILES, type ProfileName } from '../../src/kernel/profile.ts';
import { readReport, report, writeReport } from '../../src/tree/control/report.ts';
import { type MachineStatus, SHOWN_SYSCTLS, statusOf } from '../../src/tree/control/status.ts';
import { testMachine } from '../support/machine.ts';

const number = fc.nat();
const seconds = fc.integer({ min: 0, max: 1e15 }).map((usec) => usec / 1e6);
/** One line of anything, with blanks and quotes where they could be lost. */
const line = fc.oneof(
  fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(' ', '"', '\\', 'a', ':', '(', ')', '#', '\t', '\r') }),
).map((text) => text.replaceAll('\n', ' '));

const life: fc.Arbitrary<MachineStatus['life']> = fc.oneof(
  fc.constant({ state: 'running' as const }),
  line.map((panic) => ({ state: 'panicked' as const, panic })),
  fc.record({ state: fc.constant('rebooting' as const), panic: line, rebootIn: seconds }),
);

const status: fc.Arbitrary<MachineStatus> = fc.record({
  profile: fc.constantFrom(...Object.keys(PROFILES) as ProfileName[]), release: line, memory: fc.maxSafeNat(), seed: number, life, uptime: seconds, boot: number,
  served: fc.record({ pid: number, transport: line, logPath: line, logFormat: line, subtree: line }, { requiredKeys: ['pid', 'transport', 'logPath', 'logFormat'] }),
  sysctls: fc.uniqueArray(fc.record({ name: fc.constantFrom(...SHOWN_SYSCTLS), value: fc.integer() })).filter((all) => all.length > 0),
  failures: fc.record({ total: number, ignored: number, failed: number, delayed: number, recovered: number, hardwareCorrupted: number }),
  faults: fc.array(fc.record({ rule: line, left: number }, { requiredKeys: ['rule'] })),
  refused: line,
  commands: fc.array(fc.record({ boot: number, uptime: seconds, command: line, result: fc.constantFrom('ok', 'EIO', 'EHWPOISON', 'E4095') })),
}, { requiredKeys: ['profile', 'release', 'memory', 'seed', 'life', 'uptime', 'boot', 'sysctls', 'failures', 'faults', 'commands'] });

/** The same with its texts as they are shown. */
function shown<T>(value: T): T {
  return JSON.parse(JSON.stringify(value, (_, each: unknown) => (typeof each === 'string' ? printable(each) : each))) as T;
}

describe('the report of the control file', () => {
  it('says the state it is made of, whatever that is, in comments alone', () => {
    fc.assert(fc.property(status, (of) => {
      const written = writeReport(of);
      expect(readReport(written)).toEqual(shown(of));
      expect(written).toMatch(/^(?:# (?:\t|[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}])*\n)+$/u);
    }), { numRuns: 500 });
  });

  it('is read past what a newer daemon may tell besides', () => {
    fc.assert(fc.property(status, line, (of, more) => {
      const written = writeReport(of).replace('# machine\n', `# machine\n#   zzz       ${more}\n`);
      expect(readReport(`${written}# news\n#   ${more}\n`)).toEqual(shown(of));
    }));
  });

  it('is not read where something is missing or makes no sense', () => {
    const whole = writeReport(statusOf(testMachine().machine));
    expect(readReport('')).toBeUndefined();
    for (const each of whole.split('\n').filter((text) => text.startsWith('#   ') && !text.includes('='))) {
      expect(readReport(whole.replace(`${each}\n`, ''))).toBeUndefined();
    }
    for (const [from, to] of [['boot      1', 'boot      one'], ['total=0', 'total=none'], ['profile   7.3', 'profile   8.0'], ['panic=0', 'panic=']] as const) {
      expect(whole).toContain(from);
      expect(readReport(whole.replace(from, to))).toBeUndefined();
    }
  });
});

describe('the report of a machine', () => {
  it('tells all that was done to it', () => {
    const { machine, write, clock } = testMachine({ served: () => ({ pid: 4711, transport: 'dev-fuse', logPath: '/var/log/a b', logFormat: 'kmsg' }) });
    clock.usec = 1_500_000;
    write('/proc/sys/kernel/panic', '10\n');
    write('/control', 'fail proc/sys/vm/swappiness op=read errno=EIO count=3\ndelay proc/sys/vm/swappiness ms=20\ninject type=free\n');
    write('/control', 'injct\n');
    write('/control', 'panic  it had to be  \n');
    clock.usec = 2_000_000;
    expect(readReport(report(machine))).toEqual({
      profile: '7.3', release: '7.3-amd64', memory: 2 ** 30, seed: 1, uptime: 2, boot: 1,
      life: { state: 'rebooting', panic: 'it had to be  ', rebootIn: 9.5 },
      served: { pid: 4711, transport: 'dev-fuse', logPath: '/var/log/a b', logFormat: 'kmsg' },
      sysctls: SHOWN_SYSCTLS.map((name) => ({ name, value: name === 'kernel.panic' ? 10 : name === 'vm.memory_failure_recovery' || name === 'vm.enable_soft_offline' ? 1 : 0 })),
      failures: { total: 1, ignored: 0, failed: 0, delayed: 0, recovered: 1, hardwareCorrupted: 4 },
      faults: [{ rule: 'fail /proc/sys/vm/swappiness op=read errno=EIO', left: 3 }, { rule: 'delay /proc/sys/vm/swappiness ms=20' }],
      refused: "control:1: unknown command 'injct', did you mean 'inject'?",
      commands: [
        { boot: 1, uptime: 1.5, command: 'fail /proc/sys/vm/swappiness op=read errno=EIO count=3', result: 'ok' },
        { boot: 1, uptime: 1.5, command: 'delay /proc/sys/vm/swappiness ms=20', result: 'ok' },
        { boot: 1, uptime: 1.5, command: 'inject type=free', result: 'ok' },
        { boot: 1, uptime: 1.5, command: 'panic "it had to be  "', result: 'EIO' },
      ],
    });
    clock.usec = 11_500_000;
    expect(readReport(report(machine))).toMatchObject({ life: { state: 'running' }, boot: 2, uptime: 0 });
  });
});
