import {
  chmodSync, closeSync, existsSync, fstatSync, lstatSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync, statSync, symlinkSync,
  writeFileSync, writeSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { endsAmidLine } from '../../src/daemon/log/file.ts';
import { RESERVE } from '../../src/daemon/log/reserve.ts';
import { openLog, type Log, type WriteSome } from '../../src/daemon/log/log.ts';
import type { PrintkRecord } from '../../src/kernel/effect.ts';

let directory: string;
let path: string;
let open: Log[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'log-'));
  path = join(directory, 'a/b/machine.log');
  open = [];
});
afterEach(() => {
  for (const log of open) log.close();
  rmSync(directory, { recursive: true });
});

const line = (text: string): PrintkRecord => ({ level: 6, sequence: 0, usec: 0, clockUsec: 0, text });
const show = (record: PrintkRecord): string => `${record.text}\n`;

/** The errno of a refused log. */
function refused(where: string): number {
  const log = openLog(where, show);
  if ('why' in log) return log.errno;
  log.close();
  return 0;
}

function openAt(where: string, write?: WriteSome): Log {
  const log = openLog(where, show, write && { write });
  if ('why' in log) throw new Error(`${where}: ${log.why}`);
  open.push(log);
  return log;
}

/**
 * A write(2) by a script, call by call: it writes at most that many bytes, or fails with that errno. After the script it always succeeds.
 */
function scripted(...steps: readonly number[]): WriteSome {
  const left = [...steps];
  return (fd, bytes, offset) => {
    const step = left.shift() ?? Infinity;
    if (step < 0) throw Object.assign(new Error('write'), { errno: step });
    return writeSync(fd, bytes, offset, Math.min(step, bytes.length - offset));
  };
}

describe('the file', () => {
  test('is made with its directories, and appended to', () => {
    const log = openAt(path);
    expect(log.path).toBe(path);
    expect(log.write([line('one'), line('two')])).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
    expect(log.write([])).toBe(0);
    expect(openAt(path).write([line('three')])).toBe(0);
    expect(log.write([line('four')])).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\nthree\nfour\n');
    expect(statSync(join(directory, 'a')).mode & 0o777).toBe(0o755 & ~process.umask());
  });

  test.each([0, 0o022, 0o077, 0o777])('is mode 0640 with umask %i', (umask) => {
    path = join(directory, 'machine.log');
    const before = process.umask(umask);
    try {
      expect(openAt(path).write([line('x')])).toBe(0);
    } finally {
      process.umask(before);
    }
    expect(statSync(path).mode & 0o7777).toBe(0o640);
  });

  test('keeps the mode it has if it is there', () => {
    path = join(directory, 'machine.log');
    writeFileSync(path, '');
    chmodSync(path, 0o604);
    expect(openAt(path).write([line('x')])).toBe(0);
    expect(statSync(path).mode & 0o777).toBe(0o604);
  });

  test('that ends amid a line is gone on with on a line of its own', () => {
    path = join(directory, 'machine.log');
    writeFileSync(path, 'cut sho');
    expect(openAt(path).write([line('x')])).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe('cut sho\nx\n');
  });

  test('is refused as a symbolic link, dangling or not, a directory, a FIFO without a reader, or below a file', () => {
    const target = join(directory, 'target');
    const link = join(directory, 'link');
    symlinkSync(target, link);
    expect(refused(link)).toBe(-40);
    writeFileSync(target, 'mine');
    expect(refused(link)).toBe(-40);
    expect(readFileSync(target, 'utf8')).toBe('mine');
    mkdirSync(join(directory, 'directory'));
    expect(refused(join(directory, 'directory'))).toBe(-21);
    execFileSync('mkfifo', [join(directory, 'fifo')]);
    expect(refused(join(directory, 'fifo'))).toBe(-6);
    expect(refused(join(target, 'machine.log'))).toBe(-20);
    expect(refused(join(target, 'below/machine.log'))).toBe(-20);
  });
});

test('a directory that cannot be made is the reason given, not the file that is missing for it', () => {
  // No user can make directories in sysfs: EPERM, EACCES for a user, EROFS if it is mounted read-only.
  expect([-1, -13, -30]).toContain(refused('/sys/vmsysctld/machine.log'));
});

const ENOSPC = -28;
const EIO = -5;

/** A writer whose lines reach the file as the script says, and the file. Space is reserved beside it as usual. */
function scriptedLog(...steps: readonly number[]): { log: Log; content: () => string } {
  path = join(directory, 'machine.log');
  return { log: openAt(path, scripted(...steps)), content: () => readFileSync(path, 'utf8') };
}

describe('writes that fail', () => {
  test('on a full device, for which no room can be kept: ENOSPC', () => {
    const log = openAt('/dev/full');
    expect(log.write([line('x')])).toBe(ENOSPC);
    expect(log.write([line('x')])).toBe(ENOSPC);
    expect(log.reserve()).toBe(ENOSPC);
  });

  test('short writes are gone on with', () => {
    const { log, content } = scriptedLog(1, 3, 2);
    expect(log.write([line('one'), line('two')])).toBe(0);
    expect(content()).toBe('one\ntwo\n');
  });

  test('for want of space are done with the room that is kept, and the room is kept again', () => {
    const { log, content } = scriptedLog(6, ENOSPC, ENOSPC, ENOSPC);
    // Another program took the space that was released.
    expect(log.write([line('one'), line('two')])).toBe(ENOSPC);
    expect([content(), log.hasPending, log.isReserved]).toEqual(['one\ntw', true, false]);
    expect(log.reserve()).toBe(ENOSPC);
    expect(log.reserve()).toBe(0);
    expect([content(), log.hasPending, log.isReserved]).toEqual(['one\ntwo\n', false, true]);
    const again = openAt(join(directory, 'again.log'), scripted(6, ENOSPC));
    expect(again.write([line('one'), line('two')])).toBe(0);
    expect(again.isReserved).toBe(false);
    expect([again.reserve(), again.isReserved]).toEqual([0, true]);
    expect(readFileSync(again.path, 'utf8')).toBe('one\ntwo\n');
  });

  test('with EIO are owed: their lines come first, and nothing may begin before', () => {
    const { log, content } = scriptedLog(6, EIO, EIO, EIO);
    expect(log.write([line('one'), line('two')])).toBe(EIO);
    expect(log.reserve()).toBe(EIO);
    expect(log.write([line('three')])).toBe(EIO);
    expect(content()).toBe('one\ntw');
    expect(log.write([line('four')])).toBe(0);
    expect(content()).toBe('one\ntwo\nthree\nfour\n');
    expect(log.reserve()).toBe(0);
  });

  test('for very long lose what is too much, whole lines, and say in their place how many', () => {
    const { log, content } = scriptedLog(...Array.from({ length: 100 }, () => EIO));
    const long = 'x'.repeat(999);
    for (let n = 0; n < 1200; n += 50) {
      expect(log.write(Array.from({ length: 50 }, (_, each) => line(`${n + each} ${long}`)))).toBe(EIO);
    }
    while (log.reserve() < 0);
    const lines = content().trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(1000);
    expect(lines.slice(0, -1)).toEqual(lines.slice(0, -1).map((_, n) => `${n} ${long}`));
    expect(lines.at(-1)).toBe(`** ${1200 - (lines.length - 1)} printk messages dropped **`);
    expect(log.write([line('after')])).toBe(0);
    expect(content()).toMatch(/dropped \*\*\nafter\n$/);
  });

  test('are reported once, and their end once', () => {
    const told: [string, number | undefined][] = [];
    path = join(directory, 'machine.log');
    const log = openLog(path, show, { write: scripted(EIO, EIO), report: (news, errno) => told.push([news, errno]) });
    if ('why' in log) throw new Error(log.why);
    open.push(log);
    log.write([line('one')]);
    log.reserve();
    log.reserve();
    log.reserve();
    expect(told).toEqual([['the log cannot be written: writes that would add to it are refused', EIO], ['the log can be written again', undefined]]);
  });

  test('a write of nothing is an error, not a loop; a bug is thrown on', () => {
    expect(scriptedLog(0).log.write([line('x')])).toBe(EIO);
    let broken = true;
    const bug = openAt(path, (_fd, bytes, offset) => {
      if (broken) throw new TypeError('bug');
      return bytes.length - offset;
    });
    expect(() => bug.write([line('x')])).toThrow('bug');
    broken = false;
  });

  test('after close: EBADF', () => {
    const log = openAt(path);
    log.close();
    log.close();
    expect(log.write([line('x')])).toBe(-9);
    expect(log.reserve()).toBe(-9);
    expect(log.reopen()).toBe(-9);
  });
});

describe('the room that is kept', () => {
  test('takes blocks of the filesystem, has no name, and goes with the log', () => {
    path = join(directory, 'machine.log');
    const log = openAt(path);
    expect(readdirSync(directory)).toEqual(['machine.log']);
    const kept = (): ReturnType<typeof fstatSync>[] => readdirSync('/proc/self/fd').flatMap((fd) => {
      const target = lstatSync(`/proc/self/fd/${fd}`, { throwIfNoEntry: false }) && readlinkSync(`/proc/self/fd/${fd}`, 'utf8');
      return target?.startsWith(`${directory}/`) && target.endsWith(' (deleted)') ? [fstatSync(Number(fd))] : [];
    });
    expect(kept().map(({ nlink, size, blocks }) => ({ nlink, size, inBlocks: Number(blocks) * 512 >= Number(size) }))).toEqual([{ nlink: 0, size: RESERVE, inBlocks: true }]);
    log.close();
    expect(kept()).toEqual([]);
  });

  test('grows for an operation that prints more', () => {
    path = join(directory, 'machine.log');
    const sizes: number[] = [];
    const reserve = { size: 0, device: statSync(directory).dev, fill: (bytes: number) => ((reserve.size = bytes), sizes.push(bytes), 0), release: () => true, close: () => undefined };
    const log = openLog(path, show, { openReserve: () => reserve });
    if ('why' in log) throw new Error(log.why);
    open.push(log);
    expect(log.reserve()).toBe(0);
    expect(log.reserve(10 * RESERVE)).toBe(0);
    expect(sizes).toEqual([RESERVE, 10 * RESERVE]);
  });

  test('there is none if nothing can be made beside the log, which is reported; without space the log is refused', () => {
    path = join(directory, 'machine.log');
    const told: string[] = [];
    const log = openLog(path, show, { openReserve: () => -13, report: (news) => told.push(news) });
    if ('why' in log) throw new Error(log.why);
    open.push(log);
    expect([log.isReserved, log.write([line('x')])]).toEqual([true, 0]);
    expect(told).toEqual([expect.stringContaining('no space can be reserved')]);
    expect(openLog(path, show, { openReserve: () => ENOSPC })).toEqual({ errno: ENOSPC, why: 'has no room: its filesystem is full (ENOSPC)' });
  });
});

describe('a log that is removed', () => {
  /** A log with a clock of its own. */
  function timed(write?: WriteSome): { log: Log; clock: { now: number }; told: string[] } {
    const clock = { now: 0 };
    const told: string[] = [];
    const log = openLog(path, show, { now: () => clock.now, report: (news) => told.push(news), ...(write && { write }) });
    if ('why' in log) throw new Error(log.why);
    open.push(log);
    return { log, clock, told };
  }

  test('is recreated with its directory, mode 0640, with the lines that nobody could have seen', () => {
    const { log, clock, told } = timed();
    log.write([line('removed with the file')]);
    clock.now += 1000;
    expect(log.reserve()).toBe(0);
    log.write([line('one')]);
    rmSync(dirname(path), { recursive: true });
    log.write([line('two')]);
    expect(existsSync(path)).toBe(false);
    clock.now += 1000;
    expect(log.isReserved).toBe(false);
    expect(log.reserve()).toBe(0);
    expect(log.write([line('three')])).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\nthree\n');
    expect(statSync(path).mode & 0o7777).toBe(0o640);
    expect(told).toEqual(['the log was removed, and was recreated']);
  });

  test('with a line cut short is recreated with that line whole', () => {
    path = join(directory, 'machine.log');
    const { log, clock } = timed(scripted(6, EIO));
    expect(log.write([line('one'), line('two')])).toBe(EIO);
    rmSync(path);
    clock.now += 1000;
    expect(log.reserve()).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
  });

  test('and cannot be recreated has everything refused with EIO until it can', () => {
    const { log, clock, told } = timed();
    log.write([line('one')]);
    rmSync(join(directory, 'a'), { recursive: true });
    writeFileSync(join(directory, 'a'), 'in the way');
    clock.now += 1000;
    expect([log.reserve(), log.reserve(), log.write([line('two')])]).toEqual([EIO, EIO, EIO]);
    expect(told).toEqual([expect.stringMatching(/^the log was removed, and cannot be recreated, because it lies below something that is not a directory/)]);
    rmSync(join(directory, 'a'));
    expect(log.reserve()).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
  });

  test('is another matter than one that was renamed, which goes on', () => {
    path = join(directory, 'machine.log');
    const { log, clock, told } = timed();
    renameSync(path, `${path}.1`);
    clock.now += 5000;
    expect(log.reserve()).toBe(0);
    log.write([line('one')]);
    expect(existsSync(path)).toBe(false);
    expect(readFileSync(`${path}.1`, 'utf8')).toBe('one\n');
    expect(told).toEqual([]);
  });
});

describe('a log that goes on at another path', () => {
  test('has there what is pending, and a line cut short whole', () => {
    const { log } = scriptedLog(6, EIO, EIO);
    expect(log.write([line('one'), line('two')])).toBe(EIO);
    const next = join(directory, 'next/machine.log');
    expect([log.reopen(next), log.path]).toEqual([0, next]);
    expect(log.write([line('three')])).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe('one\ntw');
    expect(readFileSync(next, 'utf8')).toBe('two\nthree\n');
    expect([log.reserve(), log.isReserved, log.hasPending]).toEqual([0, true, false]);
  });

  test('stays where it is when there is no space at the other, or no file can be', () => {
    path = join(directory, 'machine.log');
    const next = join(directory, 'next.log');
    const { dev: device } = statSync(directory);
    const openReserve = (where: string) => ({ size: 0, device, fill: () => (where === next ? ENOSPC : 0), release: () => false, close: () => undefined });
    const log = openLog(path, show, { openReserve });
    if ('why' in log) throw new Error(log.why);
    open.push(log);
    expect([log.reopen(next), log.reopen(directory), log.path]).toEqual([ENOSPC, -21, path]);
    expect([log.write([line('one')]), log.reserve()]).toEqual([0, 0]);
    expect(readFileSync(path, 'utf8')).toBe('one\n');
    expect(readFileSync(next, 'utf8')).toBe('');
  });
});

test('whether a file ends amid a line is read of the file that is open, also when it has lost its name to another', () => {
  path = join(directory, 'machine.log');
  writeFileSync(path, 'cut sho');
  const fd = openSync(path, 'a');
  try {
    renameSync(path, `${path}.1`);
    writeFileSync(path, 'whole\n');
    expect(endsAmidLine(fd)).toBe(true);
    rmSync(`${path}.1`);
    expect(endsAmidLine(fd)).toBe(true);
    writeSync(fd, '\n');
    expect(endsAmidLine(fd)).toBe(false);
  } finally {
    closeSync(fd);
  }
});

describe('logrotate', () => {
  test('after a rename the old file is written until reopen, the new one from then on', () => {
    const log = openAt(path);
    log.write([line('one')]);
    renameSync(path, `${path}.1`);
    log.write([line('two')]);
    expect(log.reopen()).toBe(0);
    log.write([line('three')]);
    expect(readFileSync(`${path}.1`, 'utf8')).toBe('one\ntwo\n');
    expect(readFileSync(path, 'utf8')).toBe('three\n');
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  test('a line cut short in the old file is completed there, or comes whole in the new one', () => {
    const log = openAt(path, scripted(2, EIO, Infinity, 2, EIO, EIO));
    log.write([line('one')]);
    renameSync(path, `${path}.1`);
    expect(log.reopen()).toBe(0);
    expect(readFileSync(`${path}.1`, 'utf8')).toBe('one\n');
    log.write([line('two')]);
    renameSync(path, `${path}.2`);
    expect(log.reopen()).toBe(0);
    expect(log.write([line('three')])).toBe(0);
    expect(readFileSync(`${path}.2`, 'utf8')).toBe('tw');
    expect(readFileSync(path, 'utf8')).toBe('two\nthree\n');
  });

  test('if it cannot be reopened, the log goes on in the old file', () => {
    const log = openAt(path);
    log.write([line('one')]);
    renameSync(path, `${path}.1`);
    mkdirSync(path);
    expect(log.reopen()).toBe(-21);
    expect(log.write([line('two')])).toBe(0);
    expect(readFileSync(`${path}.1`, 'utf8')).toBe('one\ntwo\n');
  });
});
