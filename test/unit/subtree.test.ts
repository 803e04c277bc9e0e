import { describe, expect, it } from 'vitest';
import { ERRNO } from '../../src/abi/errno.ts';
import { LEAST_MEMORY } from '../../src/kernel/memory/frames.ts';
import { assembleMachine, isSubtree } from '../../src/machine/assemble-machine.ts';
import { emulatedPlaces } from '../../src/machine/places.ts';
import { testMachine } from '../support/machine.ts';

describe('a directory of the tree as the root', () => {
  it.each([
    ['proc/sys/vm', true], ['sys/devices/system/node/node0', true], ['dev', true], ['proc/sys/vm/swappiness', false], ['proc/sys/crypt', false],
    ['sys/devices/system/node/node0/memory0', false],
  ])('%s: %s', (path, is) => {
    expect(isSubtree(path)).toBe(is);
  });

  it('has its files, and beside them control and status.json under names that `ls` and `*` leave out', () => {
    const { vfs, read, write, lines } = testMachine({ subtree: 'proc/sys/vm' });
    const names = vfs.readdir('/');
    expect(names).toHaveLength(58);
    expect(names).toContain('panic_on_unrecoverable_memory_failure');
    expect((names as readonly string[]).slice(-2)).toEqual(['.control', '.status.json']);
    expect(write('/panic_on_unrecoverable_memory_failure', '1\n')).toBe(2);
    expect(read('/panic_on_unrecoverable_memory_failure')).toBe('1\n');
    expect(write('/.control', 'page pfn=0x2000 type=free\ninject pfn=0x2000\n')).toBeGreaterThan(0);
    expect(lines()).toEqual(['3,Memory failure: 0x2000: recovery action for free buddy page: Recovered']);
    expect(read('/control')).toBe(-ERRNO.ENOENT);
  });

  it('refuses what its own filesystem refuses, with its errno', () => {
    const refusals = (subtree: string): number[] => {
      const { vfs } = testMachine({ subtree });
      return (['unlink', 'mkdir', 'chmod'] as const).map((change) => vfs.refuse(change, '/new'));
    };
    const { EACCES, ENOENT, EPERM } = ERRNO;
    expect(refusals('proc/sys/vm')).toEqual([-EACCES, -ENOENT, -EPERM]);
    expect(refusals('proc')).toEqual([-EPERM, -ENOENT, -EPERM]);
    expect(refusals('sys/devices/system/memory')).toEqual([-EPERM, -EPERM, -EPERM]);
  });
});

describe('the places of the files on a real machine', () => {
  const places = emulatedPlaces(assembleMachine({ profile: 'v4', memory: { memoryBytes: LEAST_MEMORY }, seed: 0, clock: () => 0, devices: true }).root);
  const kindOf = (path: string): string | undefined => places.find((place) => place.path === path)?.kind;

  it('are whole directories where the emulated one stands for all of the real one, else single files', () => {
    expect(places.filter(({ kind }) => kind === 'directory').map(({ path }) => path)).toEqual([
      '/proc/sys', '/sys/devices/system/edac', '/sys/devices/system/memory', '/sys/devices/system/node', '/sys/devices/virtual/dmi/id', '/sys/firmware/dmi',
      '/sys/kernel/debug', '/sys/kernel/tracing', '/sys/kernel/mm',
      '/sys/module/kernel/parameters', '/sys/module/printk/parameters',
    ]);
    for (const path of ['/proc/kpageflags', '/proc/meminfo', '/dev/kmsg']) expect(kindOf(path)).toBe('file');
  });

  it('are none below another, and none for the control file', () => {
    const inside = places.filter(({ path }) => places.some((other) => path.startsWith(`${other.path}/`)));
    expect(inside).toEqual([]);
    expect(kindOf('/control')).toBeUndefined();
  });

  it('that only hide a real file hide the one that crashes the real machine, and the names of its board', () => {
    expect(places.filter(({ shield }) => shield === true).map(({ path }) => path)).toEqual(['/proc/sysrq-trigger', '/sys/devices/virtual/dmi/id']);
  });
});
