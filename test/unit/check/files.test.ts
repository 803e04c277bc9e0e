import { describe, expect, it } from 'vitest';
import { filesInOrder, placeOf } from '../../../src/check/files.ts';
import { expandBraces, matchPaths } from '../../../src/check/glob.ts';
import { SysctlTree } from '../../../src/check/sysctl-tree.ts';
import { PROCPS } from '../../../src/check/tools/procps.ts';
import { SYSTEMD } from '../../../src/check/tools/systemd.ts';
import { layOutMemory } from '../../../src/kernel/memory/layout.ts';
import { PROFILES } from '../../../src/kernel/profiles/profiles.ts';
import { PLAIN_PARTS } from '../../../src/kernel/sysctl/machine-parts.ts';

function inOrder(paths: readonly string[], tool = SYSTEMD): string[] {
  return filesInOrder(paths.map((path) => ({ path, text: '', place: placeOf(path) })), tool).map((index) => paths[index] ?? '');
}

describe('files of sysctl.d', () => {
  it('are ordered by name, whatever the directory', () => {
    expect(inOrder(['/usr/lib/sysctl.d/50-b.conf', '/etc/sysctl.d/9-c.conf', '/run/sysctl.d/10-a.conf']))
      .toEqual(['/run/sysctl.d/10-a.conf', '/usr/lib/sysctl.d/50-b.conf', '/etc/sysctl.d/9-c.conf']);
  });

  it('hide those of the same name in later directories', () => {
    const paths = ['lib', 'usr/lib', 'usr/local/lib', 'run', 'etc'].map((each) => `root/${each}/sysctl.d/x.conf`);
    for (let first = 0; first < paths.length; first += 1) expect(inOrder(paths.slice(0, first + 1))).toEqual([paths[first]]);
  });

  it('/etc/sysctl.conf comes last, and systemd does not read it', () => {
    const paths = ['/etc/sysctl.conf', '/etc/sysctl.d/99-z.conf'];
    expect(inOrder(paths)).toEqual(['/etc/sysctl.d/99-z.conf']);
    expect(inOrder(paths, PROCPS)).toEqual(['/etc/sysctl.d/99-z.conf', '/etc/sysctl.conf']);
  });

  it('of other directories are in the order in which they are given', () => {
    expect(inOrder(['z.conf', 'a.conf', 'sysctl.d/x.conf', '/etc/sysctl.d/x.conf.bak'])).toEqual(['z.conf', 'a.conf', 'sysctl.d/x.conf', '/etc/sysctl.d/x.conf.bak']);
  });
});

describe('globs', () => {
  const tree = new SysctlTree({ profile: PROFILES['7.3'], layout: layOutMemory({ memoryBytes: 2 ** 30 }), parts: PLAIN_PARTS });
  const CASES: readonly (readonly [pattern: string, ...paths: string[]])[] = [
    ['net/ipv4/conf/*/rp_filter', 'net/ipv4/conf/all/rp_filter', 'net/ipv4/conf/default/rp_filter', 'net/ipv4/conf/lo/rp_filter'],
    ['net/ipv4/conf/??/rp_filter', 'net/ipv4/conf/lo/rp_filter'],
    ['net/ipv4/conf/[!a]*/rp_filter', 'net/ipv4/conf/default/rp_filter', 'net/ipv4/conf/lo/rp_filter'],
    ['net/ipv4/conf/[a-d]*/rp_filter', 'net/ipv4/conf/all/rp_filter', 'net/ipv4/conf/default/rp_filter'],
    ['vm/swap*', 'vm/swappiness'],
    ['vm/[[:alpha:]]wappiness', 'vm/swappiness'],
    ['vm/[swappiness'],
    ['*/swappiness', 'vm/swappiness'],
    ['vm/swappiness/*'],
    ['net/ipv*/conf/lo/forwarding', 'net/ipv4/conf/lo/forwarding', 'net/ipv6/conf/lo/forwarding'],
  ];
  for (const [pattern, ...paths] of CASES) {
    it(`${pattern} is ${paths.length} files`, () => {
      expect(matchPaths(pattern, tree, 'unsorted')).toEqual(paths);
    });
  }

  it('braces stand for several patterns', () => {
    expect(expandBraces('a{b,c{d,e}}f*')).toEqual(['abf*', 'acdf*', 'acef*']);
    expect(expandBraces('a{}b{c')).toEqual(['a{}b{c']);
    expect(expandBraces('{a,b}'.repeat(30)).length).toBeLessThanOrEqual(2048);
  });
});
