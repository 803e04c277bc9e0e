import fc, { runs } from '../support/fast-check.ts';
import { expect, test } from 'vitest';
import { errnoName, isErrnoName } from '../../src/abi/errno.ts';
import type { CtlTable, SysctlValue } from '../../src/kernel/sysctl/ctl-table.ts';
import { procDobool } from '../../src/kernel/sysctl/proc-dointvec.ts';
import { procDostring } from '../../src/kernel/sysctl/proc-dostring.ts';
import { sysctlRead, sysctlWrite } from '../../src/kernel/sysctl/sysctl-file.ts';
import { parseBootSetting } from '../../src/machine/boot-setting.ts';
import { RECORDED_SIZE, TABLES, testMachine } from '../support/sysctl-host.ts';

const entry = fc.constantFrom(...TABLES);
/** Bytes as tools and accidents write them: random ones, or pieces of numbers and of what ends them. */
const data = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.array(
    fc.oneof(
      fc.constantFrom(' ', '\t', '\n', '-', '+', '0x', '0', '1', '-1', 'on', 'node', '\0', '\xa0', 'x', ' '.repeat(4094), '1'.repeat(21)),
      fc.bigInt(-(2n ** 65n), 2n ** 65n).map(String),
    ),
    { maxLength: 8 },
  ).map((pieces) => Buffer.from(pieces.join(''), 'latin1')),
);
const position = fc.oneof(fc.constant(0), fc.nat(5000));
const strict = fc.constantFrom(-1n, 0n, 1n);

/** Values without the static variables of handlers, which no file shows. */
function shown(values: ReadonlyMap<string, SysctlValue>): Map<string, SysctlValue> {
  return new Map([...values].filter(([name]) => !name.includes('#')));
}

/**
 * Files that take no value: nmi_watchdog returns ENOTSUPP on a machine without such a watchdog, the thresholds of random accept any value
 * and keep none.
 */
const TAKE_NOTHING = ['kernel.nmi_watchdog', 'kernel.random.urandom_min_reseed_secs', 'kernel.random.write_wakeup_threshold'];

/**
 * Whether the kernel stores a value that it then refuses: a vector keeps the numbers before the bad one, and two files keep their value.
 */
function keepsRefused({ name, boot, allOrNothing }: CtlTable): boolean {
  return ['kernel.ns_last_pid', 'vm.compact_memory'].includes(name) || (Array.isArray(boot) && boot.length > 1 && !allOrNothing);
}

test('no bytes at no position make a handler throw, and a write answers a count within its length or an errno', () => {
  fc.assert(fc.property(strict, fc.array(fc.tuple(entry, position, data, fc.nat(100)), { maxLength: 12 }), (mode, writes) => {
    const { host } = testMachine();
    host.values.set('kernel.sysctl_writes_strict', [mode]);
    for (const [row, at, bytes, length] of writes) {
      const before = shown(host.values);
      const answer = sysctlWrite(host, row, at, bytes);
      if (answer < 0) {
        expect(isErrnoName(errnoName(answer))).toBe(true);
        if (!keepsRefused(row)) expect(shown(host.values)).toEqual(before);
      } else {
        expect(answer).toBeLessThanOrEqual(bytes.length);
      }
      const read = sysctlRead(host, row, at, length);
      expect(read).toBeInstanceOf(Uint8Array);
      expect((read as Uint8Array).length).toBeLessThanOrEqual(length);
    }
  }), { numRuns: runs(2000) });
});

test('whatever was written, every value can be read, and written back as it reads', () => {
  const atBoot = testMachine();
  fc.assert(fc.property(strict, fc.array(fc.tuple(entry, position, data), { maxLength: 12 }), (mode, writes) => {
    const machine = testMachine();
    machine.host.values.set('kernel.sysctl_writes_strict', [mode]);
    for (const [row, at, bytes] of writes) sysctlWrite(machine.host, row, at, bytes);
    for (const row of TABLES) {
      // Left out: files without a value to read, and words that are cut. At boot a file may have a value that it refuses: 0 stalls, no
      // limit of kexec.
      if (row.boot === undefined || (row.mode & 0o600) !== 0o600) continue;
      const text = machine.read(row.name);
      if (row.name === 'kernel.printk_devkmsg' || TAKE_NOTHING.includes(row.name)) continue;
      const answer = machine.write(row.name, text);
      if (answer < 0) expect([row.name, text]).toEqual([row.name, atBoot.read(row.name)]);
      else expect(answer, `${row.name} ${text}`).toBe(text.length);
      expect(machine.read(row.name)).toBe(text);
    }
  }), { numRuns: runs(300) });
});

const numbers = TABLES.filter((row) => typeof row.boot !== 'string' && row.boot !== undefined && row.settle === undefined && row.mode === 0o644
  && !TAKE_NOTHING.includes(row.name) && !row.name.endsWith('_sys_info'));

test('a number that is accepted reads back, in whatever base and between whatever spaces it was written', () => {
  const number = fc.oneof(fc.bigInt(-(2n ** 31n), 2n ** 32n), fc.bigInt(0n, 300n));
  const base = fc.constantFrom<(value: bigint) => string>(
    (value) => value.toString(), (value) => `0x${value.toString(16)}`, (value) => `0${value.toString(8)}`,
  );
  const space = fc.constantFrom('', ' ', '\t', '\n', '  \n');
  let accepted = 0;
  fc.assert(fc.property(fc.constantFrom(...numbers), number, base, space, space, (row, value, inBase, before, after) => {
    const machine = testMachine();
    const text = `${before}${value < 0n ? '-' : ''}${inBase(value < 0n ? -value : value)}${after}`;
    const answer = machine.write(row.name, text);
    if (answer < 0) return;
    accepted += 1;
    expect(answer).toBe(text.length);
    const kept = row.handler === procDobool && value !== 0n ? 1n : value;
    expect(machine.read(row.name).split(/[\t\n]/)[0]).toBe(String(kept));
  }), { numRuns: runs(3000) });
  expect(accepted).toBeGreaterThan(runs(1000));
});

test('reading piece by piece gives a number\'s first piece only, and a string whole', () => {
  fc.assert(fc.property(fc.constantFrom(...TABLES.filter((row) => row.boot !== undefined)), fc.integer({ min: 1, max: 9 }), (row, length) => {
    const machine = testMachine();
    const whole = machine.read(row.name);
    let pieces = '';
    for (let piece = machine.read(row.name, 0, length); piece !== ''; piece = machine.read(row.name, pieces.length, length)) pieces += piece;
    // Sets of CPUs or ports are strings here. The kernel keeps them as lists of numbers.
    const value = machine.host.values.get(row.name);
    const isText = typeof value === 'string' && (row.handler === procDostring || !/^[-\d,]+$/.test(value));
    expect(pieces).toBe(isText ? whole : whole.slice(0, length));
  }));
});

test('a boot setting is taken or answered with one line, whatever it is', () => {
  const name = fc.oneof(entry.map((row) => row.name), fc.string());
  fc.assert(fc.property(name, fc.constantFrom('=', ' = ', ''), fc.oneof(fc.string(), fc.integer().map(String)), (left, equals, right) => {
    const parsed = parseBootSetting(left + equals + right, TABLES, RECORDED_SIZE);
    if ('error' in parsed) expect(parsed.error).toMatch(/^\P{Cc}+$/u);
    else expect(parsed.sets.get(parsed.entry.name)).toEqual(parsed.value);
  }), { numRuns: runs(2000) });
});
