import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import fc, { runs } from '../support/fast-check.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MountPointError, prepareMountPoint } from '../../src/daemon/mount-point.ts';
import { shellWord } from '../../src/abi/printable.ts';

describe('prepareMountPoint', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await realpath(await mkdtemp(join(tmpdir(), 'vmsysctld-test-')));
    await mkdir(join(directory, 'empty'));
    await mkdir(join(directory, 'full'));
    await writeFile(join(directory, 'full/a file'), '');
    await symlink('empty', join(directory, 'link'));
    await symlink('full/a file', join(directory, 'link-to-file'));
    await symlink('nowhere', join(directory, 'dangling'));
    await symlink('round', join(directory, 'round'));
    await mkdir(join(directory, 'two\nlines'));
    await writeFile(join(directory, 'two\nlines/x'), '');
  });
  afterAll(() => rm(directory, { recursive: true }));

  it.each(['empty', 'empty/', 'empty//', './empty/.', 'full/../empty', 'link', 'link/'])('takes the empty directory %s', async (path) => {
    expect(await prepareMountPoint(`${directory}/${path}`)).toBe(join(directory, 'empty'));
  });

  it('takes a relative path', async () => {
    expect(await prepareMountPoint(relative(process.cwd(), join(directory, 'empty')))).toBe(join(directory, 'empty'));
  });

  it.each([
    ['missing', '% does not exist: create it first, mkdir -p %'],
    ['missing/below', '% does not exist: create it first, mkdir -p %'],
    ['dangling', '% does not exist: create it first, mkdir -p %'],
    ['full/a file', '% is not a directory: name an empty directory'],
    ['link-to-file', '% is not a directory: name an empty directory'],
    ['full/a file/below', '% lies below something that is not a directory: name an empty directory'],
    ['full', "% is not empty, it has 'a file': name an empty directory"],
    ['two\nlines', '% is not empty, it has x: name an empty directory'],
    ['round', '% leads in a circle of symbolic links: name an empty directory'],
    ['x'.repeat(300), '% has too long a name: name an empty directory with a shorter one'],
  ])('refuses %j', async (path, message) => {
    const full = join(directory, path);
    const refusal = await prepareMountPoint(full).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(MountPointError);
    expect((refusal as Error).message).toBe(message.replaceAll('%', () => shellWord(full)));
    expect((refusal as Error).message).not.toContain('\n');
  });

  it('refuses an empty name', async () => {
    await expect(prepareMountPoint('')).rejects.toThrow('the name of the mount point is empty: name an empty directory');
  });

  it('does not take NODE_OPTIONS for its probe', async () => {
    process.env.NODE_OPTIONS = '--no-such-option';
    try {
      expect(await prepareMountPoint(join(directory, 'empty'))).toBe(join(directory, 'empty'));
    } finally {
      delete process.env.NODE_OPTIONS;
    }
  });
});

describe('shellWord', () => {
  it.each([
    ['/mnt/x', '/mnt/x'], ['a b', "'a b'"], ["it's", String.raw`'it'\''s'`], ['a\nb', String.raw`$'a\x0ab'`],
    ["\t'\\", String.raw`$'\x09\'\\'`], ['$HOME', "'$HOME'"],
  ])('writes %j as %s', (path, word) => { expect(shellWord(path)).toBe(word); });

  it('is read by bash as the path it was made of, and is one line', async () => {
    const character = fc.oneof(fc.constantFrom(' ', '\n', "'", '"', '\\', '$', '`', '\t', '\x7f', '\x01', '!', '*'), fc.string({ maxLength: 3 }));
    await fc.assert(fc.asyncProperty(fc.array(character, { minLength: 1, maxLength: 8 }), async (parts) => {
      const path = parts.join('').replaceAll('\0', '');
      const word = shellWord(path);
      expect(word).not.toMatch(/[\n\r]/);
      const { stdout } = await promisify(execFile)('bash', ['-c', `printf %s ${word}`]);
      expect(stdout).toBe(path);
    }), { numRuns: runs(60) });
  });
});
