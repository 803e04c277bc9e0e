import fc, { runs } from '../support/fast-check.ts';
import { describe, expect, it } from 'vitest';
import { report } from '../../src/control/report.ts';
import { SHOWN_SYSCTLS, statusOf } from '../../src/control/status.ts';
import { parseStatus } from '../../src/daemon/observing/observe.ts';
import { lineText } from '../support/line-texts.ts';
import { testMachine } from '../support/machine.ts';

const DAEMON = { pid: 4711, transport: 'dev-fuse', logPath: '/var/log/a b', logFormat: 'kmsg' };

describe('status.json', () => {
  it('holds the state of the machine, whatever was written to control', () => {
    fc.assert(fc.property(lineText(40), lineText(40), (text, refused) => {
      const { machine, write, read } = testMachine({ served: () => DAEMON });
      write('/control', `log ${text}\n`);
      write('/control', `${refused}\n`);
      write('/control', `panic ${text}\n`);
      expect(parseStatus(String(read('/status.json')))).toEqual(statusOf(machine));
    }), { numRuns: runs(200) });
  });

  it('has all that was done to the machine', () => {
    const { machine, write, read, clock } = testMachine({ served: () => DAEMON });
    clock.usec = 1_500_000;
    write('/proc/sys/kernel/panic', '10\n');
    write('/control', 'fail proc/sys/vm/swappiness op=read errno=EIO count=3\ndelay proc/sys/vm/swappiness ms=20\ninject type=free\n');
    write('/control', 'injct\n');
    write('/control', 'panic  it had to be  \n');
    clock.usec = 2_000_000;
    expect(parseStatus(String(read('/status.json')))).toEqual({
      state: 'rebooting', panic: 'it had to be  ', reboot_in: 9.5,
      profile: '7.3', release: '7.3-amd64', memory: 2 ** 30, seed: 1, uptime: 2, boot: 1,
      pid: 4711, transport: 'dev-fuse', subtree: null, log: '/var/log/a b', log_format: 'kmsg',
      sysctls: Object.fromEntries(SHOWN_SYSCTLS.map((name) => [
        name, name === 'kernel.panic' ? 10 : name === 'vm.memory_failure_recovery' || name === 'vm.enable_soft_offline' ? 1 : 0,
      ])),
      memory_failures: { total: 1, ignored: 0, failed: 0, delayed: 0, recovered: 1 }, hardware_corrupted_kb: 4,
      faults: [{ rule: 'fail /proc/sys/vm/swappiness op=read errno=EIO', left: 3 }, { rule: 'delay /proc/sys/vm/swappiness ms=20', left: null }],
      refused: "control:1: unknown command 'injct', did you mean 'inject'?",
      commands: [
        { boot: 1, uptime: 1.5, command: 'fail /proc/sys/vm/swappiness op=read errno=EIO count=3', result: 'ok' },
        { boot: 1, uptime: 1.5, command: 'delay /proc/sys/vm/swappiness ms=20', result: 'ok' },
        { boot: 1, uptime: 1.5, command: 'inject type=free', result: 'ok' },
        { boot: 1, uptime: 1.5, command: 'panic "it had to be  "', result: 'EIO' },
      ],
    });
    clock.usec = 11_500_000;
    expect(statusOf(machine)).toMatchObject({ state: 'running', panic: null, reboot_in: null, boot: 2, uptime: 0 });
  });

  it('is for the owner of the mount alone, and is not a file that `fail` can name', () => {
    const { machine, vfs } = testMachine();
    expect(vfs.getattr('/status.json')).toMatchObject({ mode: 0o100400 });
    expect(machine.hasFile('/status.json')).toBe(false);
  });

  it('is not taken from a daemon of another version', () => {
    const whole = { ...statusOf(testMachine().machine) } as Record<string, unknown>;
    expect(parseStatus(JSON.stringify({ ...whole, news: 1 }))).toBeDefined();
    delete whole['sysctls'];
    for (const text of ['', 'null', '7', '{}', '{"state"', JSON.stringify(whole)]) expect(parseStatus(text)).toBeUndefined();
  });
});

describe('the report of the control file', () => {
  it('is made of comments alone, whatever was written', () => {
    fc.assert(fc.property(lineText(40), lineText(40), (text, refused) => {
      const { machine, write } = testMachine({ served: () => DAEMON });
      write('/control', `log ${text}\n`);
      write('/control', `${refused}\n`);
      write('/control', `panic ${text}\n`);
      expect(report(machine)).toMatch(/^(?:# [^\n]*\n)+$/);
    }), { numRuns: runs(200) });
  });

  it('shows the state, the daemon and the last commands', () => {
    const { machine, write } = testMachine({ served: () => ({ ...DAEMON, subtree: 'proc/sys/vm' }) });
    write('/control', 'inject type=free\nfail proc/sys/vm/swappiness op=read errno=EIO\npanic gone\n');
    const shown = report(machine);
    for (const line of [
      '#   profile   7.3: as merged', '#   state     dead, until reboot: gone', '#   kernel.panic=0', '#   subtree   proc/sys/vm', '#   log       /var/log/a b',
      '#   total=1 ignored=0 failed=0 delayed=0 recovered=1 HardwareCorrupted=4 kB', '#   fail /proc/sys/vm/swappiness op=read errno=EIO (until reset)',
      '#   boot 1     0.000000  panic gone: EIO', '# commands, one a line',
    ]) expect(shown).toContain(line);
  });
});
