import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Output, writeWhole, WriteError } from '../../src/cli/commands/replay/write-file.ts';

/** A report of the kind that `--html` writes. */
const page = (path: string): Output => ({ option: '--html', path, kind: 'a page' });
const TITLE = '<!DOCTYPE html><title>Memory failures that would have panicked</title>';

let directory: string;
beforeEach(() => { directory = mkdtempSync(join(tmpdir(), 'write-file-')); });
afterEach(() => { rmSync(directory, { recursive: true }); });

it('a report takes the place of the one before, and the file that another process is writing beside it stays', () => {
  const path = join(directory, 'report.html');
  writeFileSync(path, TITLE);
  const theirs = `${path}.${process.pid}.new`;
  writeFileSync(theirs, 'half of theirs');
  writeWhole(page(path), 'ours');
  expect(readFileSync(path, 'utf8')).toBe('ours');
  expect(readFileSync(theirs, 'utf8')).toBe('half of theirs');
  expect(readdirSync(directory)).toHaveLength(2);
});

it('a report that cannot be written leaves nothing behind', () => {
  const below = join(directory, 'below');
  mkdirSync(below);
  // As long as a name may be. The temporary name beside it is longer.
  const path = join(below, 'x'.repeat(255));
  expect(() => { writeWhole(page(path), 'ours'); }).toThrow(WriteError);
  expect(readdirSync(below)).toEqual([]);
});
