import fc, { runs } from '../support/fast-check.ts';
import { expect, it } from 'vitest';
import { bytesAtMost, OPERATION_MOST, RESERVE } from '../../src/daemon/log/reserve.ts';
import type { PrintkRecord } from '../../src/kernel/effect.ts';
import type { LogLevel } from '../../src/abi/log-level.ts';
import { LOG_FORMATS } from '../../src/kernel/printk/log-format.ts';
import { type LoggedMachine, loggedMachine } from '../support/logged-machine.ts';

const ENOSPC = 28;
const EIO = 5;
/** As many as fit into a line: their signals print more lines than there is reserved space for. */
const MAPPERS = Array.from({ length: 9000 }, (_, n) => `p:${n + 2}`).join(',');

/** Writes that print nothing, a line, many lines or lines without end, that change a value, kill the machine or boot it. */
const WRITES: readonly (readonly [path: string, text: string])[] = [
  ['/proc/sys/vm/swappiness', '7'],
  ['/proc/sys/vm/swappiness', '60'],
  ['/proc/sys/vm/drop_caches', '1'],
  ['/proc/sys/vm/swappiness', 'x'],
  ['/dev/kmsg', '<3>a line of somebody else\'s\n'],
  ['/dev/kmsg', '\n'.repeat(1000)],
  ['/proc/sysrq-trigger', `_${'?'.repeat(60)}`],
  ['/control', 'inject type=slba'],
  ['/control', 'inject type=free'],
  ['/control', 'inject type=free count=10000'],
  ['/control', 'inject type=free\n'.repeat(8000)],
  ['/control', `log ${'ü'.repeat(500)}\n`.repeat(300)],
  ['/control', `page pfn=0x2000 type=file-dirty early-kill mapped=${MAPPERS}\ninject pfn=0x2000 via=corrupt\nunpoison pfn=0x2000\n`],
  ['/control', 'delay /proc/sys/vm/swappiness ms=1 count=2\n'],
  ['/control', 'log one\nreboot\nlog two\n'],
  ['/proc/sys/kernel/panic', '-1'],
  ['/proc/sys/vm/panic_on_unrecoverable_memory_failure', '1'],
  ['/control', 'log before\ninject type=slab\nlog after\n'],
];

const INJECTIONS = ['/control', 'inject type=free count=10000'] as const;

type Step = { readonly write: readonly [string, string] } | { readonly free: number } | { readonly fails: number | undefined } | { readonly greedy: boolean };

const write = fc.constantFrom(...WRITES).map((each): Step => ({ write: each }));
const room = fc.constantFrom(0, 0, 10, 3000, RESERVE, 2 * RESERVE, Infinity).map((free): Step => ({ free }));
const greedy = fc.boolean().map((each): Step => ({ greedy: each }));
const fails = fc.constantFrom(0, 0, 7, 500, 20_000, undefined, undefined).map((after): Step => ({ fails: after }));

/** The number of injections of this boot in the log. */
function injectionsIn(log: string): number {
  return (log.split('] Linux version').at(-1)?.split('recovery action').length ?? 0) - 1;
}

function attempt(logged: LoggedMachine, [path, text]: readonly [string, string]): { answer: number; changed: boolean } {
  const [before, state] = [logged.printed.length, logged.state()];
  const answer = logged.write(path, text);
  return { answer, changed: logged.state() !== state || logged.printed.length !== before };
}

/** Runs steps, and checks the result after each. At the end the disk works again, and the content of the log is checked. */
function run(steps: readonly Step[], check: (logged: LoggedMachine, answer: number, changed: boolean) => void): void {
  const logged = loggedMachine();
  try {
    for (const step of steps) {
      if ('free' in step) logged.disk.free = step.free;
      else if ('greedy' in step) logged.disk.greedy = step.greedy;
      else if ('fails' in step) logged.disk.broken = step.fails === undefined ? undefined : { errno: EIO, after: step.fails };
      else {
        const { answer, changed } = attempt(logged, step.write);
        check(logged, answer, changed);
      }
    }
    logged.disk.free = Infinity;
    logged.disk.broken = undefined;
    const number = String(steps.length);
    expect(logged.write('/control', `reboot\nlog all is well ${number}`)).toBeGreaterThan(0);
    expect(logged.log()).toMatch(new RegExp(`all is well ${number}\n$`));
    expect(logged.log()).toBe(logged.printed.join(''));
  } finally {
    logged.end();
  }
}

it('whatever is written while the disk fills and is freed: nothing is done that is not in the log, and the log has no gap', () => {
  let refused = 0;
  fc.assert(fc.property(fc.array(fc.oneof({ arbitrary: write, weight: 3 }, room), { maxLength: 12 }), (steps) => {
    run(steps, (logged, answer, changed) => {
      expect(logged.writer.hasPending).toBe(false);
      expect(logged.log()).toBe(logged.printed.join(''));
      expect(injectionsIn(logged.log())).toBe(logged.machine.kernel.failures.stats.total);
      if (answer !== -ENOSPC) return;
      refused += 1;
      // All of it is refused, or a batch from some command on. The history shows which.
      if (changed) expect(logged.machine.commandLog.commands.at(-1)?.result).toBe(-ENOSPC);
    });
  }), { numRuns: runs(40), examples: [[[{ free: 0 }, { write: INJECTIONS }, { write: INJECTIONS }]]] });
  expect(refused).toBeGreaterThan(0);
});

it('whatever is written while the disk fails, or somebody takes the room that was kept: the write it fails under is not acknowledged, the next ones are not done, and all lines come in the end', () => {
  let refused = 0;
  fc.assert(fc.property(fc.array(fc.oneof({ arbitrary: write, weight: 4 }, fails, room, greedy), { maxLength: 12 }), (steps) => {
    let owed = false;
    run(steps, (logged, answer, changed) => {
      if (owed && logged.writer.hasPending) {
        refused += 1;
        expect({ refused: answer === -EIO || answer === -ENOSPC, changed }).toEqual({ refused: true, changed: false });
      }
      owed = logged.writer.hasPending;
      if (owed) expect([-EIO, -ENOSPC]).toContain(answer);
      else expect(logged.log()).toBe(logged.printed.join(''));
    });
  }), { numRuns: runs(40), examples: [[[{ fails: 0 }, { write: INJECTIONS }, { write: INJECTIONS }]]] });
  expect(refused).toBeGreaterThan(0);
});

/** The greatest size of a record: of any text that the kernel's buffer takes, at any time, by a host of any name. */
const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 340 }), fc.constantFrom('\x01', '€', '\u{1f600}', '\n', 'a\n').map((unit) => unit.repeat(1021 / Buffer.byteLength(unit))));
const record = fc.record({
  level: fc.constantFrom<LogLevel>(0, 7), facility: fc.constantFrom(0, 255), sequence: fc.constantFrom(0, 2 ** 40), usec: fc.constantFrom(0, 2 ** 52),
  clockUsec: fc.constantFrom(0, 2 ** 52), text,
});
const hostname = fc.oneof(fc.string({ unit: 'binary', maxLength: 64 }), fc.constantFrom('\x80'.repeat(64), 'x'.repeat(64)));

it.each(Object.entries(LOG_FORMATS))('no line in format %s is longer than is reckoned with, nor is what one operation prints', (_name, format) => {
  const bytes = (one: PrintkRecord, host: string): number => Buffer.byteLength(format(one, { hostname: host, startWallMs: 0 }));
  fc.assert(fc.property(record, hostname, (one, host) => {
    expect(bytes(one, host)).toBeLessThanOrEqual(OPERATION_MOST);
    const flat = { ...one, text: one.text.replaceAll('\n', ' ') };
    expect(bytes(flat, host)).toBeLessThanOrEqual(bytesAtMost({ records: 1, units: flat.text.length }));
  }));
});
