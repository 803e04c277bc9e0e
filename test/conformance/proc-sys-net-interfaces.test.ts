import { expect, test } from 'vitest';
import { errnoName } from '../../src/abi/errno.ts';
import { LOOPBACK, netInterface } from '../../src/kernel/sysctl/machine-parts.ts';
import { testMachine, type TestMachine } from '../support/machine.ts';
import { recording } from '../support/recording.ts';

/** A step that changes the machine. The recording has the files that it added, removed and changed. */
type Step = (machine: TestMachine) => void;

const add = (name: string): Step => ({ machine: { kernel } }) => { kernel.netInterfaces.add({ name, kind: 'no-arp' }); };

const mtu = (name: string, bytes: number): Step => ({ machine: { kernel } }) => { kernel.netInterfaces.setMtu(name, bytes); };

/** Files that the recording does not write: they act on others, or remove the interfaces. */
const LEFT_ALONE = ['forwarding', 'disable_ipv6', 'stable_secret', 'mc_forwarding', 'mtu'];

/** Writes to each file of some directories the first of some values that the file takes and does not have. */
const others = (...directories: readonly string[]): Step => ({ vfs, read, write }) => {
  for (const directory of directories.map((path) => `/proc/sys/${path}`)) {
    const names = vfs.readdir(directory);
    for (const name of typeof names === 'number' ? [] : names) {
      if (LEFT_ALONE.includes(name)) continue;
      const path = `${directory}/${name}`;
      const old = String(read(path)).trimEnd();
      ['1', '0', '2', String(Number(old) + 1)].some((value) => value !== old && write(path, `${value}\n`) > 0);
    }
  }
};

const STEPS: Readonly<Record<string, Step>> = {
  nothing: () => undefined,
  'ip link add eth0.100 type dummy': add('eth0.100'),
  'another value in each file of conf/default': others('net/ipv4/conf/default', 'net/ipv6/conf/default'),
  'another value in each file of neigh/default': others('net/ipv4/neigh/default', 'net/ipv6/neigh/default'),
  'ip link add dummy2 type dummy': add('dummy2'),
  'another value in each file of conf/all': others('net/ipv4/conf/all', 'net/ipv6/conf/all'),
  'ip link add dummy3 type dummy': add('dummy3'),
  'echo 1 >conf/default/forwarding, of both': ({ write }) => {
    for (const family of ['ipv4', 'ipv6']) write(`/proc/sys/net/${family}/conf/default/forwarding`, '1\n');
  },
  'ip link add dummy4 type dummy': add('dummy4'),
  'values of dummy3': ({ write }) => {
    write('/proc/sys/net/ipv4/conf/dummy3/rp_filter', '7\n');
    write('/proc/sys/net/ipv6/neigh/dummy3/ucast_solicit', '9\n');
  },
  'ip link set dummy3 name renamed3': ({ machine: { kernel } }) => { kernel.netInterfaces.rename('dummy3', 'renamed3'); },
  // Whether an interface is up changes no file.
  'ip link set renamed3 up': () => undefined,
  'ip link set renamed3 mtu 1400': mtu('renamed3', 1400),
  'ip link set renamed3 mtu 1000': mtu('renamed3', 1000),
  'ip link set renamed3 mtu 1500': mtu('renamed3', 1500),
  'ip link set renamed3 down': () => undefined,
  'ip link set lo up': () => undefined,
  'ip link del renamed3': ({ machine: { kernel } }) => { kernel.netInterfaces.remove('renamed3'); },
  'ip link add all type dummy': () => { expect(netInterface('all')).toBeUndefined(); },
  'ip link add default type dummy': () => { expect(netInterface('default')).toBeUndefined(); },
};

const DIRECTORIES = ['net/ipv4/conf', 'net/ipv4/neigh', 'net/ipv6/conf', 'net/ipv6/neigh'];

/** Mode and value of all files of interfaces, in the form of the recording. */
function shownFiles({ vfs, read }: TestMachine): Map<string, readonly [mode: string, value: string]> {
  const files = new Map<string, readonly [string, string]>();
  for (const path of DIRECTORIES.flatMap((directory) => below(vfs, directory))) {
    const attributes = vfs.getattr(`/proc/sys/${path}`);
    const value = read(`/proc/sys/${path}`);
    const mode = typeof attributes === 'number' ? '' : (attributes.mode & 0o7777).toString(8).padStart(4, '0');
    files.set(path, [mode, typeof value === 'number' ? `!${errnoName(value)}` : value.replaceAll('\n', '\\n')]);
  }
  return files;
}

function below(vfs: TestMachine['vfs'], directory: string): string[] {
  const names = vfs.readdir(`/proc/sys/${directory}`);
  return typeof names === 'number' ? [directory] : names.flatMap((name) => below(vfs, `${directory}/${name}`));
}

function differences(before: ReturnType<typeof shownFiles>, after: ReturnType<typeof shownFiles>): string[] {
  const lines = [...after].flatMap(([path, [mode, value]]) => {
    const old = before.get(path);
    if (old === undefined) return [`+ ${path} ${mode} ${value}`];
    return old[1] === value ? [] : [`~ ${path} ${old[1]} -> ${value}`];
  });
  return [...lines, ...[...before.keys()].filter((path) => !after.has(path)).map((path) => `- ${path}`)].sort();
}

test('interfaces come, are renamed, get another MTU and go as on 7.3, and default reaches those that have nothing of their own', () => {
  const machine = testMachine({ parts: { interfaces: [LOOPBACK, { name: 'dummy0', kind: 'no-arp' }], modules: [], without: [] } });
  const recorded = recording('sysctl-interfaces.7.3.txt').split(/^== /m).slice(1).map((part) => part.trimEnd().split('\n'));
  let compared = 0;
  for (const [title = '', ...lines] of recorded.slice(0, Object.keys(STEPS).length)) {
    const before = shownFiles(machine);
    STEPS[title]?.(machine);
    const wanted = lines.filter((line) => DIRECTORIES.some((directory) => line.startsWith(`${directory}/`, 2))).sort();
    expect(STEPS).toHaveProperty([title]);
    expect({ title, lines: differences(before, shownFiles(machine)) }).toEqual({ title, lines: wanted });
    compared += wanted.length;
  }
  expect(compared).toBeGreaterThan(1300);
});

test('an interface that goes takes its files along, and a new one of its name starts afresh', () => {
  const machine = testMachine();
  add('eth0.100')(machine);
  const path = '/proc/sys/net/ipv4/conf/eth0.100/rp_filter';
  expect(machine.write(path, '2\n')).toBe(2);
  machine.machine.kernel.netInterfaces.remove('eth0.100');
  expect(machine.read(path)).toBe(-2);
  expect(machine.vfs.readdir('/proc/sys/net/ipv6/neigh')).toEqual(['default', 'lo']);
  add('eth0.100')(machine);
  expect(machine.read(path)).toBe('0\n');
  machine.machine.kernel.reboot();
  expect(machine.read(path)).toBe('0\n');
});
