import fc from '../support/fast-check.ts';
import { describe, expect, it } from 'vitest';
import { machineMounts, parseMountInfo, readMounts, topMountAt } from '../../src/fuse/mount-info.ts';

/** How the kernel shows a name (seq_path and mangle of fs/proc_namespace.c): these five characters in octal. */
function mangle(name: string): string {
  return name.replace(/[ \t\n\\#]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

describe('parseMountInfo', () => {
  it('reads lines with and without optional fields', () => {
    const text = '22 1 254:0 / / rw,relatime - ext4 /dev/root rw\n'
      + '36 22 0:32 / /mnt\\040a\\012b rw,nosuid shared:7 master:1 - fuse.vmsysctld vmsysctld rw,user_id=0\n'
      + '37 36 0:33 /sub /mnt ro,nosuid unbindable - tmpfs none rw\n';
    expect(parseMountInfo(text)).toEqual([
      { id: 22, device: '254:0', root: '/', mountPoint: '/', type: 'ext4', source: '/dev/root', readOnly: false },
      { id: 36, device: '0:32', root: '/', mountPoint: '/mnt a\nb', type: 'fuse.vmsysctld', source: 'vmsysctld', readOnly: false },
      { id: 37, device: '0:33', root: '/sub', mountPoint: '/mnt', type: 'tmpfs', source: 'none', readOnly: true },
    ]);
  });

  it('gives back every name', () => {
    const name = fc.array(fc.oneof(fc.constantFrom(' ', '\t', '\n', '\\', '#', '-', '\\040', ' - '), fc.string({ minLength: 1 })), { minLength: 1 });
    fc.assert(fc.property(name, name, (mountPoint, source) => {
      const line = `1 2 0:3 / /${mangle(mountPoint.join(''))} rw - tmpfs ${mangle(`s${source.join('')}`)} rw\n`;
      const want = { id: 1, device: '0:3', root: '/', mountPoint: `/${mountPoint.join('')}`, type: 'tmpfs', source: `s${source.join('')}`, readOnly: false };
      expect(parseMountInfo(line)).toEqual([want]);
    }));
  });

  it('skips what is not a line of mountinfo', () => {
    expect(parseMountInfo('\nnonsense\n1 2 3 4 5\n')).toEqual([]);
  });
});

describe('topMountAt', () => {
  it('takes the last of several on one place', () => {
    const mounts = parseMountInfo('1 0 0:1 / /a rw - tmpfs x rw\n2 1 0:2 / /a rw - tmpfs y rw\n3 1 0:3 / /a/b rw - tmpfs z rw\n');
    expect(topMountAt(mounts, '/a')?.id).toBe(2);
    expect(topMountAt(mounts, '/b')).toBeUndefined();
  });
});

describe('machineMounts', () => {
  it('are those of this program: each machine once, no part of one, and nothing that is hidden', () => {
    const mounts = parseMountInfo([
      '1 0 0:1 / / rw - ext4 /dev/root rw', '2 1 0:2 / /a rw - fuse.vmsysctld vmsysctld rw', '3 1 0:3 / /b rw - fuse vmsysctld rw',
      '4 1 0:4 / /c rw - fuse.sshfs vmsysctld rw', '5 1 0:2 / /again rw - fuse.vmsysctld vmsysctld rw',
      '6 1 0:7 /proc/sys/vm /part rw - fuse.vmsysctld vmsysctld rw', '7 1 0:5 / /hidden rw - fuse.vmsysctld vmsysctld rw', '8 7 0:6 / /hidden rw - tmpfs x rw',
    ].join('\n'));
    expect(machineMounts(mounts).map(({ mountPoint }) => mountPoint)).toEqual(['/a', '/b']);
  });
});

describe('readMounts', () => {
  it('finds /proc', async () => {
    expect(topMountAt(await readMounts(), '/proc')?.type).toBe('proc');
  });
});
