import fs, { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatFstab, planMounts, surroundingRows, undone, writeTables } from '../../src/daemon/exec/mount-plan.ts';
import type { MountInfo } from '../../src/fuse/mount-info.ts';

let directory: string;
beforeEach(() => { directory = mkdtempSync(join(tmpdir(), 'vmsysctld-plan-')); });
afterEach(() => { rmSync(directory, { recursive: true }); });

const mount = (mountPoint: string, type = 'tmpfs', root = '/', readOnly = false): MountInfo => ({ id: 1, device: '0:1', root, mountPoint, type, source: 'x', readOnly });
const RO = 'ro,nosuid,nodev,noexec';

describe('where exec mounts what', () => {
  it('is on what the host has', () => {
    const path = join(directory, 'file');
    writeFileSync(path, '');
    const places = [{ path, kind: 'file' }, { path: directory, kind: 'directory' }] as const;
    expect(planMounts(places)).toEqual({ grafts: [], unplaceable: [], places });
  });

  it('is in a copy of the nearest directory the host has', () => {
    const sys = join(directory, 'sys');
    mkdirSync(join(sys, 'cpu'), { recursive: true });
    const places = [{ path: join(sys, 'memory'), kind: 'directory' }, { path: join(sys, 'node/node0/file'), kind: 'file' }] as const;
    expect(planMounts(places).grafts).toEqual([{ over: sys, name: 'graft-all-0', adds: places, overlaid: false }]);
  });

  it('is in an overlay over a directory of many entries, but not where something is mounted below it', () => {
    for (let each = 0; each < 100; each++) mkdirSync(join(directory, String(each)));
    const places = [{ path: join(directory, 'edac_core/parameters/file'), kind: 'file' }] as const;
    const overlaid = (mounts?: readonly MountInfo[]): boolean[] => planMounts(places, mounts).grafts.map((graft) => graft.overlaid);
    expect(overlaid([mount('/'), mount(directory)])).toEqual([true]);
    expect(overlaid([mount(join(directory, '7'))])).toEqual([false]);
    expect(overlaid()).toEqual([false]);
  });

  it('is nowhere for what /proc lacks, and for a file where the host has a directory in /', () => {
    expect(planMounts([{ path: '/proc/no-such-file', kind: 'file' }, { path: '/no-such/file', kind: 'file' }])).toMatchObject({
      places: [], grafts: [], unplaceable: ['/proc/no-such-file', '/no-such/file'],
    });
  });
});

describe('what has gone since its directory was listed', () => {
  const list = fs.readdirSync;
  let sys: string;
  let scratch: string;
  beforeEach(() => {
    sys = mkdtempSync(join(tmpdir(), 'vmsysctld-plan-'));
    scratch = mkdtempSync(join(tmpdir(), 'vmsysctld-scratch-'));
    // As for a process that has ended: Linux lists it, and it is not there.
    const withGone = (path: string, options?: object): unknown => {
      // For types Node.js looks at each entry of which Linux gives none.
      if (options !== undefined) fs.lstatSync(join(path, 'gone'));
      return [...list(path), 'gone'];
    };
    fs.readdirSync = withGone as typeof fs.readdirSync;
    syncBuiltinESMExports();
  });
  afterEach(() => {
    fs.readdirSync = list;
    syncBuiltinESMExports();
    for (const directory of [sys, scratch]) rmSync(directory, { recursive: true });
  });

  it('is left out of a copy, and of what is made read-only', () => {
    writeFileSync(join(sys, 'stays'), '');
    const { fstab } = writeTables([{ path: join(sys, 'added'), kind: 'file' }], { outside: scratch, scratch, contained: true, overlays: false });
    const targets = fstab.map(({ target }) => target);
    expect(targets).toContain(join(scratch, 'graft-all-0', 'stays'));
    expect(targets).toContain(join(scratch, 'proc', 'sys'));
    expect(targets.filter((target) => target.endsWith('gone'))).toEqual([]);
    expect(list(join(scratch, 'graft-all-0')).toSorted()).toEqual(['added', 'stays']);
  });
});

describe('what exec makes read-only', () => {
  const options = {
    plan: { grafts: [], unplaceable: [], places: [{ path: '/proc/iomem', kind: 'file' as const }, { path: '/sys/kernel/debug', kind: 'directory' as const }] },
    procEntries: [
      { name: 'bus', kind: 'directory' as const, writable: false }, { name: 'mtrr', kind: 'file' as const, writable: true },
      { name: 'stat', kind: 'file' as const, writable: false }, { name: 'iomem', kind: 'file' as const, writable: true },
    ],
    mounts: [
      mount('/proc', 'proc'), mount('/proc/kcore'), mount('/proc/kmsg', 'tmpfs', '/kmsg//deleted'), mount('/proc/bus', 'proc', '/bus'), mount('/sys', 'sysfs'),
      mount('/sys/kernel/debug', 'debugfs'), mount('/srv/chroot/proc', 'proc'), mount('/home', 'ext4'),
    ],
    scratch: '/s', newProc: '/s/proc', contained: true, filesystems: ['proc', 'sysfs'],
  };
  const row = (source: string, target: string, how: string): object => ({ source, target, options: how });

  it('is what can be written below /proc, filesystems of the kernel anywhere, and what was mounted on the old proc', () => {
    const readOnly = (target: string): object => row('vmsysctld-remount', target, `remount,bind,${RO}`);
    expect(surroundingRows(options)).toEqual([
      row('/s/proc/bus', '/s/proc/bus', `bind,${RO}`), readOnly('/s/proc/bus'), row('/s/proc/mtrr', '/s/proc/mtrr', `bind,${RO}`), readOnly('/s/proc/mtrr'),
      row('/proc/kcore', '/s/proc/kcore', 'rbind'), readOnly('/s/proc/kcore'),
      // Its source cannot be mounted a second time.
      row('/s/empty', '/s/proc/kmsg', 'rbind'), readOnly('/s/proc/kmsg'),
      readOnly('/sys'), readOnly('/srv/chroot/proc'),
    ]);
  });

  it('is all of a proc that is not of its own', () => {
    expect(surroundingRows({ ...options, newProc: undefined }).at(-1)).toEqual(row('vmsysctld-remount', '/proc', `remount,bind,${RO}`));
  });

  it('has a debugfs and a tracefs below it, for tools that look for them in /proc/mounts', () => {
    const types = surroundingRows({ ...options, contained: false, filesystems: ['debugfs', 'tracefs'] }).flatMap(({ type }) => type ?? []);
    // The host has a debugfs there.
    expect(types).toEqual(['tracefs']);
  });

  it('is nothing for a privileged command, which keeps what was mounted on the old proc', () => {
    expect(surroundingRows({ ...options, contained: false })).toEqual([row('/proc/kcore', '/s/proc/kcore', 'rbind'), row('/s/empty', '/s/proc/kmsg', 'rbind')]);
  });
});

describe('what exec finds undone after its mounts', () => {
  const tree = '/s/vmsysctld';
  const machine: MountInfo = { ...mount(tree, 'fuse.vmsysctld'), device: '0:9' };
  const rows = [
    { source: `${tree}/proc/iomem`, target: '/s/proc/iomem', options: 'bind' }, { source: 'vmsysctld-remount', target: '/sys', options: `remount,bind,${RO}` },
  ];
  const iomem: MountInfo = { ...mount('/proc/iomem', 'fuse.vmsysctld', '/proc/iomem'), device: '0:9' };

  it('is nothing when each is on top at its place', () => {
    expect(undone(rows, [machine, iomem, mount('/sys', 'sysfs', '/', true)], tree, '/s/proc')).toBeUndefined();
  });

  it('is nothing where a mount of the host has gone meanwhile: nothing there needs to be made read-only', () => {
    expect(undone(rows, [machine, iomem], tree, '/s/proc')).toBeUndefined();
    expect(undone(rows, [machine], tree, '/s/proc')).toBe(rows[0]);
  });

  it('is an overlay that the kernel refused, but not a debugfs', () => {
    const overlay = { source: 'overlay', target: '/sys/module', type: 'overlay', options: `lowerdir=/s/added-0:/sys/module,${RO}` };
    const debugfs = { source: 'debugfs', target: '/sys/kernel/debug', type: 'debugfs', options: 'nosuid' };
    expect(undone([overlay], [mount('/sys', 'sysfs', '/', true)], tree, undefined)).toBe(overlay);
    expect(undone([overlay], [mount('/sys/module', 'overlay', '/', true)], tree, undefined)).toBeUndefined();
    expect(undone([debugfs], [mount('/sys', 'sysfs')], tree, undefined)).toBeUndefined();
  });

  it.each([
    ['a file of another machine', [machine, { ...iomem, device: '0:8' }, mount('/sys', 'sysfs', '/', true)], rows[0]],
    ['nothing at the place', [machine, mount('/sys', 'sysfs', '/', true)], rows[0]],
    ['what can still be written', [machine, iomem, mount('/sys', 'sysfs')], rows[1]],
  ])('is a row for %s', (_what, mounts, row) => {
    expect(undone(rows, mounts, tree, '/s/proc')).toBe(row);
  });
});

describe('the table of exec', () => {
  it('is written so that fstab(5) takes any path', () => {
    expect(formatFstab([{ source: '/a b', target: '/c\t#\\\n', options: 'bind' }])).toBe('/a\\040b /c\\011\\043\\134\\012 none bind 0 0\n');
  });
});
