import { describe, expect, it } from 'vitest';
import { pino } from 'pino';
import { ERRNO } from '../../src/abi/errno.ts';
import { HELD_BYTES, LIMITS } from '../../src/abi/limits.ts';
import type { Log } from '../../src/daemon/log/log.ts';
import { Admission } from '../../src/daemon/log/admission.ts';
import { EffectPerformer } from '../../src/daemon/perform-effects.ts';
import { Waiting } from '../../src/fuse/dev-fuse/waiting.ts';
import { Processes } from '../../src/kernel/memory/processes.ts';
import { testMachine } from '../support/machine.ts';

type Written = Pick<Log, 'write' | 'reserve' | 'isReserved' | 'hasPending'>;

/** A log that records how many records come at a time, and takes them as `write` says. */
function logWriter(write: () => number = () => 0): { writer: Written; batches: number[] } {
  const batches: number[] = [];
  return { writer: { isReserved: true, hasPending: false, write: (records) => (batches.push(records.length), write()), reserve: () => 0 }, batches };
}

/** A machine of 64 GiB that sends its lines to a log at once. */
function machineOn(writer: Written): { performing: EffectPerformer; write: (path: string, text: string) => number } {
  const { machine, write } = testMachine({ memoryBytes: 2 ** 36, reserve: (records) => admission.reserve(records) });
  const performing = new EffectPerformer({ kernel: machine.kernel, log: writer, operationalLog: pino({ level: 'silent' }), wake: () => undefined });
  const admission = new Admission(machine.kernel, writer, performing);
  return { performing, write };
}

describe('what is kept has a bound', () => {
  it('pages that differ, with the processes that map them: ENOMEM, and everything again after a reboot', () => {
    const { machine, write } = testMachine({ memoryBytes: 2 ** 36 });
    const mappers = Array.from({ length: 4000 }, (_, n) => `p:${n + 1}`).join(',');
    const results = Array.from({ length: Math.ceil(LIMITS.pages.most / 4000) + 5 }, (_, n) => write('/control', `page pfn=${0x200000 + 2 * n} type=anon mapped=${mappers}\n`));
    const refused = results.filter((result) => result === -ERRNO.ENOMEM).length;
    expect(results.slice(0, 200).every((result) => result > 0)).toBe(true);
    expect(refused).toBeGreaterThanOrEqual(5);
    expect(refused).toBeLessThan(9);
    expect(machine.kernel.memory.hasRoom(4000)).toBe(false);
    for (let n = 0; machine.kernel.memory.hasRoom() && n < 4000; n += 1) write('/control', `page pfn=${0x400000 + 2 * n} type=slab\n`);
    const spans = machine.kernel.memory.spans.length;
    for (const command of ['page pfn=9 type=slab', 'inject type=slab', 'inject type=anon count=1000000', 'inject pfn=0x10', 'soft-offline type=anon', 'inject pfn=9 via=corrupt']) {
      expect({ command, result: write('/control', `${command}\n`) }).toEqual({ command, result: -ERRNO.ENOMEM });
    }
    expect(write('/sys/devices/system/memory/hard_offline_page', '0x1000')).toBe(-ERRNO.ENOMEM);
    expect(write('/sys/devices/system/memory/soft_offline_page', '0x1000')).toBe(-ERRNO.ENOMEM);
    expect(machine.kernel.memory.spans.length).toBe(spans);
    expect(write('/control', 'reboot\n')).toBe(7);
    expect(write('/control', 'inject type=slab\n')).toBe(-ERRNO.EBUSY);
  });

  it('pages that are as those around them again are not counted', () => {
    const { machine, write } = testMachine();
    const { memory } = machine.kernel;
    const weight = (): number => { for (let least = 0, most = 2 ** 21; ;) { const middle = (least + most) >> 1; if (least === middle) return least; if (memory.hasRoom(middle)) least = middle; else most = middle; } };
    const before = weight();
    write('/control', 'page pfn=0x20000-0x20fff type=anon mapped=a:1,b:2,c:3\ninject pfn=0x20001\ninject pfn=0x20002\n');
    expect(before - weight()).toBe(4 + 1 + 2 * 4);
    write('/control', 'page pfn=0x20000-0x20fff type=free\n');
    expect(before - weight()).toBe(0);
  });

  it('rules of fail and delay: ENOSPC, and room again after reset', () => {
    const { write } = testMachine();
    const { most } = LIMITS.rules;
    const fail = 'fail /proc/sys/vm/swappiness op=read errno=EIO\n';
    expect(write('/control', fail.repeat(most - 1))).toBe(fail.length * (most - 1));
    expect(write('/control', 'delay /proc/sys/vm/swappiness ms=0 count=1\n')).toBeGreaterThan(0);
    expect(write('/control', fail)).toBe(-ERRNO.ENOSPC);
    expect(write('/control', 'delay /proc/sys/vm/swappiness ms=1\n')).toBe(-ERRNO.ENOSPC);
    write('/control', 'reset\n');
    expect(write('/control', fail)).toBe(fail.length);
  });

  it('injections of one write: E2BIG, none done, and the reason in the log and in control', () => {
    const { write, read, lines } = testMachine({ memoryBytes: 2 ** 40 });
    expect(write('/control', 'inject type=free\ninject type=free count=1000000\n')).toBe(-ERRNO.E2BIG);
    expect(lines()).toEqual(['4,control: 1000001 injections in one write, where 1000000 are the most']);
    expect(read('/control')).toContain('# last refused\n#   control: 1000001 injections in one write, where 1000000 are the most\n');
    expect(read('/control')).toContain('total=0 ');
  });

  it('the clock: EOVERFLOW where it would end', () => {
    const { write, clock, read } = testMachine();
    const longest = 'wait 1000000000\n';
    expect(write('/control', longest.repeat(9007))).toBe(longest.length * 9007);
    expect(write('/control', longest)).toBe(-ERRNO.EOVERFLOW);
    expect(read('/proc/uptime')).toBe('9007000000.00 18014000000.00\n');
    clock.usec += 10_000;
    expect(read('/proc/uptime')).toBe('9007000000.01 18014000000.02\n');
  });

  it('open files: ENFILE, and room again when one is closed', () => {
    const { vfs } = testMachine();
    const handles = Array.from({ length: LIMITS.openFiles.most }, () => vfs.open('/proc/sys/vm/swappiness', 0));
    expect(handles.every((handle) => handle > 0)).toBe(true);
    expect(vfs.open('/proc/sys/vm/swappiness', 0)).toBe(-ERRNO.ENFILE);
    vfs.release(handles[0] ?? 0);
    expect(vfs.open('/proc/sys/vm/swappiness', 0)).toBeGreaterThan(0);
  });

  it('texts that were begun to be read, and lines that were begun to be written: ENOMEM, and room again when files are closed', () => {
    const { vfs } = testMachine();
    const line = new Uint8Array(60_000).fill(0x41);
    const handles = Array.from({ length: Math.ceil(LIMITS.textBytes.most / line.length) }, () => vfs.open('/control', 2));
    const results = handles.map((handle) => vfs.write(handle, 0, line));
    expect(results.slice(0, -1).every((result) => result === line.length)).toBe(true);
    expect(results.at(-1)).toBe(-ERRNO.ENOMEM);
    const reading = Array.from({ length: 100 }, () => vfs.open('/control', 0));
    expect(reading.map((handle) => vfs.read(handle, 0, 4096)).filter((answer) => answer === -ERRNO.ENOMEM).length).toBeGreaterThan(50);
    // Files with little state are read and written as before.
    const writer = vfs.open('/control', 1);
    expect(vfs.write(writer, 0, new TextEncoder().encode('log x\n'))).toBe(6);
    for (const handle of [...handles, ...reading, writer]) vfs.release(handle);
    const last = vfs.open('/control', 0);
    expect(vfs.read(last, 0, 9)).toHaveLength(9);
  });

  it('commands that cat control tells of, however long they were', () => {
    const { write, read } = testMachine();
    for (let n = 0; n < 20; n += 1) write('/control', `log ${'A'.repeat(1_000_000)}\n`);
    expect(String(read('/control')).length).toBeLessThan(30_000);
    expect(read('/control')).toContain(`log ${'A'.repeat(996)}…: ok`);
  });

  it('answers held back: what has no room among them is sent at once, and there is room again when they are', () => {
    const sent: number[] = [];
    let now = 0;
    const waiting = new Waiting({ send: (bytes, length) => { sent.push(bytes[0] === undefined ? -1 : length); }, answer: () => undefined, now: () => now, signalEndsWait: () => true });
    const answer = new Uint8Array(2 ** 20);
    for (let unique = 1; unique <= HELD_BYTES / answer.length; unique += 1) waiting.hold({ unique, pid: 1 }, 1000, answer, answer.length);
    expect(sent).toHaveLength(0);
    waiting.hold({ unique: 1001, pid: 1 }, 1000, answer, 100);
    expect(sent).toEqual([100]);
    waiting.interrupt(1);
    waiting.hold({ unique: 1002, pid: 1 }, 1000, answer, 200);
    expect(sent).toHaveLength(1);
    now = 1000;
    waiting.elapsed();
    expect(sent).toHaveLength(1 + HELD_BYTES / answer.length);
    waiting.hold({ unique: 1003, pid: 1 }, 1000, answer, answer.length);
    expect(sent).toHaveLength(1 + HELD_BYTES / answer.length);
  });

  it('processes that have ended: those the machine came with, and one that is started again under other pids', () => {
    const processes = new Processes([{ comm: 'a', pid: 7 }, { comm: 'b', pid: 1007 }]);
    processes.end(7);
    processes.end(1007);
    const pids = new Set<number>();
    const names = new Set<string>();
    for (let n = 0; n < 100_000; n += 1) {
      const { comm, pid } = processes.somebody(n);
      names.add(comm);
      pids.add(pid);
      processes.end(pid);
    }
    expect([...names]).toEqual(['a']);
    expect([...pids].slice(0, 2)).toEqual([2007, 3007]);
    expect(pids.size).toBe(100_000);
    expect([7, 1007, 0].filter((pid) => pids.has(pid))).toEqual([]);
    expect(Math.max(...pids)).toBeLessThan(4_194_304);
    processes.runs([{ comm: 'b', pid: 1007 }]);
    expect(processes.somebody(1).pid).toBe(1007);
  });
});

it('a number of hundreds of digits is out of range, and one of 64 bits is not', () => {
  const { write } = testMachine();
  const path = '/sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages';
  expect(write(path, '9'.repeat(400))).toBe(-ERRNO.ERANGE);
  expect(write(path, String(2n ** 64n))).toBe(-ERRNO.ERANGE);
  expect(write(path, '+3')).toBe(2);
});

describe('a command of many injections', () => {
  it('has its lines written before it is done, some hundreds at a time, none lost and in order', () => {
    const { writer, batches } = logWriter();
    const { performing, write } = machineOn(writer);
    write('/control', 'inject type=free count=50000\n');
    expect(performing.perform()).toBe(0);
    expect(batches.length).toBeGreaterThan(5);
    expect(Math.max(...batches)).toBeLessThan(5000);
    expect(batches.reduce((sum, each) => sum + each, 0)).toBe(50_000);
  });

  it('ends with the errno of a log that could not be written meanwhile, and what was injected by then is reported', () => {
    let writes = 0;
    const { writer, batches } = logWriter(() => (++writes === 2 ? -ERRNO.ENOSPC : 0));
    const { performing, write } = machineOn(writer);
    expect(write('/control', 'inject type=free count=50000\n')).toBe(-ERRNO.ENOSPC);
    expect(performing.perform()).toBe(0);
    expect(batches).toHaveLength(2);
    expect(write('/control', 'inject type=free\n')).toBeGreaterThan(0);
    expect(performing.perform()).toBe(0);
    expect(batches).toHaveLength(3);
  });
});
