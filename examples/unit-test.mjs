// How the unit tests of a tool use the emulated machine. Run them: node --test unit-test.mjs
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMachine } from 'vmsysctld';

// The tool. It reads and writes files with the functions that it is given: outside of tests these are readFileSync() and writeFileSync().
const SYSCTL = '/proc/sys/vm/panic_on_unrecoverable_memory_failure';

/** Makes the machine panic on memory errors from which it cannot recover. Returns 'armed', 'was armed', or 'too old' (no such sysctl). */
function arm({ readFile, writeFile }) {
  try {
    if (readFile(SYSCTL).trim() === '1') return 'was armed';
    writeFile(SYSCTL, '1');
    return 'armed';
  } catch (error) {
    if (error.code === 'ENOENT') return 'too old';
    throw error;
  }
}

/** Returns the frame of the memory error that made a machine panic, from its log, or undefined. */
function causeOfDeath(lines) {
  return lines.map((line) => /Kernel panic - not syncing: Memory failure: (0x[0-9a-f]+): unrecoverable page/.exec(line)?.[1]).find(Boolean);
}

// Its tests.
const filesOf = (machine) => ({ readFile: (path) => machine.cat(path), writeFile: (path, text) => machine.echo(text, path) });

test('it arms a machine, once', () => {
  const machine = createMachine({ profile: '7.3' });
  assert.equal(arm(filesOf(machine)), 'armed');
  assert.deepEqual(machine.read(SYSCTL), { ok: true, text: '1\n' });
  assert.equal(arm(filesOf(machine)), 'was armed');
});

test('it lets other errors pass', () => {
  const machine = createMachine();
  machine.control(`fail ${SYSCTL} op=write errno=EROFS`);
  assert.throws(() => arm(filesOf(machine)), { code: 'EROFS' });
});

test('an armed machine panics on an error in a slab page, and its log says which', () => {
  const machine = createMachine({ profile: '7.3', sysctls: { 'kernel.panic': 10 } });
  arm(filesOf(machine));
  machine.control('page pfn=0x2000 type=slab');
  assert.deepEqual(machine.inject({ pfn: 0x2000 }), { ok: false, errno: 'EIO' });
  assert.equal(machine.panic, 'Memory failure: 0x2000: unrecoverable page');
  assert.equal(causeOfDeath(machine.log()), '0x2000');
  assert.deepEqual(machine.read(SYSCTL), { ok: false, errno: 'EIO' });

  machine.advance(10_000);
  assert.equal(machine.boots, 2);
  assert.equal(arm(filesOf(machine)), 'armed');
});

test('a page that the kernel can give up is no reason to panic', () => {
  const machine = createMachine({ profile: '7.3' });
  arm(filesOf(machine));
  assert.deepEqual(machine.inject({ type: 'file-clean' }), { ok: true });
  assert.equal(machine.panic, undefined);
  assert.equal(causeOfDeath(machine.log('syslog')), undefined);
  assert.equal(machine.counters.recovered, 1);
});
