import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileChanges } from '../../src/daemon/observing/file-changes.ts';
import { LogTail } from '../../src/daemon/observing/log-tail.ts';

let directory: string;
let path: string;
let tail: LogTail | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vmsysctld-tail-'));
  // Nothing else changes in the directory, nor in its parent.
  mkdirSync(join(directory, 'logs'));
  path = join(directory, 'logs/log');
});
afterEach(() => {
  tail?.close();
  tail = undefined;
  rmSync(directory, { recursive: true });
});

function open(text: string): LogTail {
  writeFileSync(path, text);
  return tail = new LogTail(path);
}

describe('LogTail', () => {
  it('gives each line once, when it is whole', () => {
    const log = open('a\nb\nc');
    expect([...log.lines()]).toEqual(['a', 'b']);
    expect([...log.lines()]).toEqual([]);
    appendFileSync(path, 'd\n\ne');
    expect([...log.lines()]).toEqual(['cd', '']);
    expect([...log.rest()]).toEqual(['e']);
    expect([...log.rest()]).toEqual([]);
  });

  it('keeps characters and lines together that a block ends amid', () => {
    const long = 'ä€𝄞'.repeat(30_000);
    expect([...open(`${long}\n${long}\n`).lines()]).toEqual([long, long]);
  });

  it('follows a rotation by renaming, and reads what the old file still gets until the new one has something', () => {
    const log = open('a\n');
    expect([...log.lines()]).toEqual(['a']);
    renameSync(path, `${path}.1`);
    expect([...log.lines()]).toEqual([]);
    writeFileSync(path, '');
    appendFileSync(`${path}.1`, 'b\ntorn');
    expect([...log.lines()]).toEqual(['b']);
    appendFileSync(path, 'c\n');
    expect([...log.lines()]).toEqual(['torn', 'c']);
    renameSync(path, `${path}.2`);
    writeFileSync(path, 'd\n');
    expect([...log.lines()]).toEqual(['d']);
  });

  it('follows a rotation by cutting the file', () => {
    const log = open('a\nb\n');
    expect([...log.lines()]).toEqual(['a', 'b']);
    truncateSync(path, 0);
    appendFileSync(path, 'c\n');
    expect([...log.lines()]).toEqual(['c']);
  });

  it('begins with the last boot where that is asked for', () => {
    const boot = '<5>[    0.000000] Linux version 7';
    const log = open(`${boot}\nold\n${boot}\nnew\n`);
    log.toLastBoot();
    expect([...log.lines()]).toEqual([boot, 'new']);
  });

  it.each([
    ['nothing', () => undefined, /^the log .*log does not exist: /],
    ['a directory', () => { execFileSync('mkdir', [path]); }, /^the log .* is not a regular file/],
    ['a FIFO', () => { execFileSync('mkfifo', [path]); }, /^the log .* is not a regular file/],
    ['a circle of links', () => { execFileSync('ln', ['-s', path, path]); }, /^the log .* leads in a circle of symbolic links$/],
  ])('refuses %s in one line', (_, make, message) => {
    make();
    expect(() => new LogTail(path)).toThrow(message);
  });
});

describe('FileChanges', () => {
  it('tells of writing to a file, and of another that comes into its place', async () => {
    writeFileSync(path, '');
    const changes = new FileChanges(path, 1_000_000);
    try {
      for (const change of [
        () => { appendFileSync(path, 'x'); }, () => { renameSync(path, `${path}.1`); }, () => { writeFileSync(path, 'y'); },
      ]) {
        const told = changes.next();
        change();
        await told;
      }
    } finally {
      changes.close();
    }
  });
});
