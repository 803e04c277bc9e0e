import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatFstab, layOutMounts, mountsOnProc, planMounts } from '../../src/daemon/exec/mount-plan.ts';

let directory: string;
beforeEach(() => { directory = mkdtempSync(join(tmpdir(), 'vmsysctld-plan-')); });
afterEach(() => { rmSync(directory, { recursive: true }); });

describe('where exec mounts what', () => {
  it('is on what the host has', () => {
    const path = join(directory, 'file');
    writeFileSync(path, '');
    const plan = planMounts([{ path, kind: 'file' }, { path: directory, kind: 'directory' }]);
    expect(plan).toMatchObject({ grafts: [], unplaceable: [] });
    expect(layOutMounts(plan, '/nonexistent', '/s', '/s/tree')).toEqual([
      { source: `/s/tree${path}`, target: path, how: 'bind' }, { source: `/s/tree${directory}`, target: directory, how: 'bind' },
    ]);
  });

  it('is in a copy of the nearest directory the host has, with all that is in that', () => {
    const sys = join(directory, 'sys');
    mkdirSync(join(sys, 'cpu'), { recursive: true });
    writeFileSync(join(sys, 'uevent'), '');
    symlinkSync('cpu', join(sys, 'link'));
    const scratch = join(directory, 'scratch');
    mkdirSync(scratch);
    const places = [{ path: join(sys, 'memory'), kind: 'directory' }, { path: join(sys, 'node/node0/file'), kind: 'file' }] as const;
    const plan = planMounts(places);
    expect(plan.grafts).toEqual([{ over: sys, name: '0', adds: places }]);
    const rows = layOutMounts(plan, scratch, '/inside', '/tree');
    expect(rows).toEqual([
      { source: join(sys, 'cpu'), target: '/inside/graft-0/cpu', how: 'rbind' }, { source: join(sys, 'uevent'), target: '/inside/graft-0/uevent', how: 'rbind' },
      { source: '/inside/graft-0', target: sys, how: 'rbind' },
      ...places.map(({ path }) => ({ source: `/tree${path}`, target: path, how: 'bind' })),
    ]);
    expect(readdirSync(join(scratch, 'graft-0')).sort()).toEqual(['cpu', 'link', 'memory', 'node', 'uevent']);
    expect(readlinkSync(join(scratch, 'graft-0/link'))).toBe('cpu');
    expect(readFileSync(join(scratch, 'graft-0/node/node0/file'), 'utf8')).toBe('');
  });

  it('is nowhere for what /proc lacks, and for a file where the host has a directory in /', () => {
    expect(planMounts([{ path: '/proc/no-such-file', kind: 'file' }, { path: '/no-such/file', kind: 'file' }])).toMatchObject({
      places: [], grafts: [], unplaceable: ['/proc/no-such-file', '/no-such/file'],
    });
  });

  it('keeps the outermost mounts on files of proc, and none of processes', () => {
    const mount = (mountPoint: string): Parameters<typeof mountsOnProc>[0][number] => ({ id: 1, device: '0:1', root: '/', mountPoint, type: 'x', source: 'x' });
    const mounts = ['/proc', '/proc/sys/fs/binfmt_misc', '/proc/sys', '/proc/kcore', '/proc/1/root', '/process', '/'].map(mount);
    expect(mountsOnProc(mounts, '/p').map(({ source, target }) => `${source} ${target}`)).toEqual(['/proc/sys /p/sys', '/proc/kcore /p/kcore']);
  });

  it('is written so that fstab(5) takes any path', () => {
    expect(formatFstab([{ source: '/a b', target: '/c\t#\\\n', how: 'bind' }])).toBe('/a\\040b /c\\011\\043\\134\\012 none bind 0 0\n');
  });
});
