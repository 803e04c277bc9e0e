import { chmodSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync, writeSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { errnoName } from '../../src/abi/errno.ts';
import { openLog, type LogWriter, type WriteSome } from '../../src/daemon/log-writer.ts';
import type { PrintkRecord } from '../../src/kernel/effect.ts';

let directory: string;
let path: string;
let open: LogWriter[];
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

function openAt(where: string, write?: WriteSome): LogWriter {
  const log = openLog(where, show, write);
  if (typeof log === 'number') throw new Error(`${where}: ${errnoName(log)}`);
  open.push(log);
  return log;
}

/** A write(2) that does what the script says, call by call: write at most that many bytes, or fail with that errno; then all is well. */
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
    expect(openLog(link, show)).toBe(-40);
    writeFileSync(target, 'mine');
    expect(openLog(link, show)).toBe(-40);
    expect(readFileSync(target, 'utf8')).toBe('mine');
    mkdirSync(join(directory, 'directory'));
    expect(openLog(join(directory, 'directory'), show)).toBe(-21);
    execFileSync('mkfifo', [join(directory, 'fifo')]);
    expect(openLog(join(directory, 'fifo'), show)).toBe(-6);
    expect(openLog(join(target, 'machine.log'), show)).toBe(-20);
    expect(openLog(join(target, 'below/machine.log'), show)).toBe(-20);
  });
});

test('a directory that cannot be made is the reason given, not the file that is missing for it', () => {
  // Nobody makes directories in sysfs: EPERM, EACCES for a user, EROFS where it is mounted so.
  expect([-1, -13, -30]).toContain(openLog('/sys/vmsysctld/machine.log', show));
});

describe('writes that fail', () => {
  test('on a full device: ENOSPC', () => {
    const log = openAt('/dev/full');
    expect(log.write([line('x')])).toBe(-28);
    expect(log.write([line('x')])).toBe(-28);
  });

  test('short writes are gone on with', () => {
    const log = openAt(path, scripted(1, 3, 2));
    expect(log.write([line('one'), line('two')])).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
  });

  test('a line cut short is ended before the next', () => {
    const log = openAt(path, scripted(6, -28, -28));
    expect(log.write([line('one'), line('two')])).toBe(-28);
    expect(readFileSync(path, 'utf8')).toBe('one\ntw');
    expect(log.write([line('lost')])).toBe(-28);
    expect(log.write([line('three')])).toBe(0);
    expect(log.write([line('four')])).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe('one\ntw\nthree\nfour\n');
  });

  test('nothing is ended where nothing was cut short', () => {
    const log = openAt(path, scripted(4, -28, 1));
    expect(log.write([line('one'), line('two')])).toBe(-28);
    expect(log.write([line('three')])).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe('one\nthree\n');
  });

  test('not even twice, when only the newline got through', () => {
    const log = openAt(path, scripted(2, -28, 1, -28));
    expect(log.write([line('one')])).toBe(-28);
    expect(log.write([line('lost')])).toBe(-28);
    expect(log.write([line('two')])).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe('on\ntwo\n');
  });

  test('a write of nothing is an error, not a loop; a bug is thrown on', () => {
    expect(openAt(path, () => 0).write([line('x')])).toBe(-5);
    const bug = openAt(path, () => { throw new TypeError('bug'); });
    expect(() => bug.write([line('x')])).toThrow('bug');
  });

  test('after close: EBADF', () => {
    const log = openAt(path);
    log.close();
    log.close();
    expect(log.write([line('x')])).toBe(-9);
    expect(log.reopen()).toBe(-9);
  });
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

  test('a line cut short in the old file does not show in the new one', () => {
    const log = openAt(path, scripted(2, -28));
    log.write([line('one')]);
    renameSync(path, `${path}.1`);
    expect(log.reopen()).toBe(0);
    log.write([line('two')]);
    expect(readFileSync(`${path}.1`, 'utf8')).toBe('on');
    expect(readFileSync(path, 'utf8')).toBe('two\n');
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
