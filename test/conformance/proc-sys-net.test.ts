import { describe, expect, test } from 'vitest';
import { errnoName } from '../../src/abi/errno.ts';
import { LOOPBACK, type MachineParts } from '../../src/kernel/sysctl/machine-parts.ts';
import { withNeeded } from '../../src/kernel/sysctl/modules/names.ts';
import { testMachine, type TestMachine } from '../support/machine.ts';
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

const PLAIN = listed('proc-sys-files.7.3.txt');
const MORE = listed('proc-sys-files-more.7.3.txt');
/** Both interfaces of that machine were made by the driver dummy, whatever their names. */
const RECORDED: MachineParts = {
  interfaces: [LOOPBACK, { name: 'dummy0', kind: 'no-arp' }, { name: 'eth0.100', kind: 'no-arp' }],
  modules: withNeeded(['nf_conntrack', 'br_netfilter', 'tcp_bbr', 'sch_fq']), without: [],
};

describe('/proc/sys/net of 7.3 with the interface lo', () => {
  const machine = testMachine();

  test('has the recorded files and no others', () => {
    expect(filesBelow(machine, 'net').sort()).toEqual(PLAIN.map(({ path }) => path).sort());
    expect(PLAIN).toHaveLength(649);
  });

  test('each has the recorded mode and boot value', () => {
    expect(PLAIN.map(({ path }) => ({ path, shown: shownBy(machine, path) }))).toEqual(PLAIN);
  });
});

describe('with two interfaces and four modules', () => {
  const machine = testMachine({ parts: RECORDED });

  test('has the recorded files in addition, and no others', () => {
    expect(filesBelow(machine, 'net').sort()).toEqual([...PLAIN, ...MORE].map(({ path }) => path).sort());
    expect(MORE).toHaveLength(310);
  });

  test('each has the recorded mode and boot value', () => {
    expect(MORE.map(({ path }) => ({ path, shown: shownBy(machine, path) }))).toEqual(MORE);
  });
});
