import { describe, expect, test } from 'vitest';
import { errnoName } from '../../src/abi/errno.ts';
import { LOOPBACK, type MachineParts } from '../../src/kernel/sysctl/machine-parts.ts';
import { withNeeded } from '../../src/kernel/sysctl/modules/names.ts';
import { testMachine, type TestMachine } from '../support/machine.ts';
import { RECORDED_KERNELS } from '../support/recorded-writes.ts';
import { recording } from '../support/recording.ts';

/** A file of a recording: `F PATH MODE VALUE`, with tabs and newlines escaped, or `!ERRNO` where reading failed. */
interface ListedFile {
  readonly path: string;
  readonly shown: string;
}

function listed(name: string): ListedFile[] {
  return recording(name).trimEnd().split('\n').flatMap((line) => {
    const [, path = '', shown = ''] = /^F (net\/\S+) (.*)$/.exec(line) ?? [];
    return path === '' ? [] : [{ path, shown }];
  });
}

/** What the recording would have of a file of the machine. */
function shownBy({ vfs, read }: TestMachine, path: string): string {
  const attributes = vfs.getattr(`/proc/sys/${path}`);
  if (typeof attributes === 'number') return errnoName(attributes);
  const value = read(`/proc/sys/${path}`);
  const text = typeof value === 'number' ? `!${errnoName(value)}` : value.replaceAll('\t', '\\t').replaceAll('\n', '\\n');
  return `${(attributes.mode & 0o7777).toString(8).padStart(4, '0')} ${text}`;
}

/** The paths of all files below a directory. */
function filesBelow(machine: TestMachine, directory: string): string[] {
  const names = machine.vfs.readdir(`/proc/sys/${directory}`);
  if (typeof names === 'number') return [directory];
  return names.flatMap((name) => filesBelow(machine, `${directory}/${name}`));
}

/** Both interfaces of that machine were made by the driver dummy, whatever their names. */
const RECORDED: MachineParts = {
  interfaces: [LOOPBACK, { name: 'dummy0', kind: 'no-arp' }, { name: 'eth0.100', kind: 'no-arp' }],
  modules: withNeeded(['nf_conntrack', 'br_netfilter', 'tcp_bbr', 'sch_fq']), without: [],
};

const COUNTS = { '7.3': [649, 310], '6.12': [630, 316], '6.1': [602, 311] } as const;

describe.each(RECORDED_KERNELS)('/proc/sys/net of %s', (profile) => {
  const plain = listed(`proc-sys-files.${profile}.txt`);
  const more = listed(`proc-sys-files-more.${profile}.txt`);

  test('with the interface lo has the recorded files and no others', () => {
    expect(filesBelow(testMachine({ profile }), 'net').sort()).toEqual(plain.map(({ path }) => path).sort());
    expect(plain).toHaveLength(COUNTS[profile][0]);
  });

  test('with the interface lo: each has the recorded mode and boot value', () => {
    const machine = testMachine({ profile });
    expect(plain.map(({ path }) => ({ path, shown: shownBy(machine, path) }))).toEqual(plain);
  });

  test('with two interfaces and four modules has the recorded files in addition, and no others', () => {
    expect(filesBelow(testMachine({ profile, parts: RECORDED }), 'net').sort()).toEqual([...plain, ...more].map(({ path }) => path).sort());
    expect(more).toHaveLength(COUNTS[profile][1]);
  });

  test('with two interfaces and four modules: each has the recorded mode and boot value', () => {
    const machine = testMachine({ profile, parts: RECORDED });
    expect(more.map(({ path }) => ({ path, shown: shownBy(machine, path) }))).toEqual(more);
  });
});
