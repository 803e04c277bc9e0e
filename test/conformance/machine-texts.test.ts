import { describe, expect, it } from 'vitest';
import { testMachine } from '../support/machine.ts';
import { kernelsWith, section } from '../support/recording.ts';

const KERNELS = kernelsWith('machine.KERNEL.txt');

const read = (path: string): string => String(testMachine().read(path));

/** `name value`, or `name: value kB`. Digits, and the blanks before them, are masked. The rest is the same on every machine. */
const shapes = (text: string): string[] => text.trimEnd().split('\n').map((line) => line.replace(/ +\d+/g, ' N'));
const values = (lines: readonly string[]): Map<string, number> =>
  new Map(lines.map((line) => [/^[^ :]+/.exec(line)?.[0] ?? '', Number(/(\d+)(?: kB)?$/.exec(line)?.[1])]));

/** A separate program read the recorded kpageflags. It mapped more files than the cat that read meminfo and vmstat. */
const OTHERWISE_MAPPED = ['Mapped', 'nr_mapped'];

/** 6.1 puts new pages on the inactive list, and moves them when they are used. The model has all on the active one. */
const OF_LISTS = /^(?:Ina|A)ctive|^nr_(?:zone_)?(?:in)?active_anon$/;

/** What other programs allocated in between: one part in fifty, or 20 pages. */
function near(ours: number, recorded: number, unit: number): boolean {
  return Math.abs(ours - recorded) <= Math.max(recorded / 50, 20 * unit);
}

describe('what a machine of 1 GiB shows of its memory', () => {
  it('is /proc/iomem of the recorded one, byte for byte', () => {
    expect(read('/proc/iomem')).toBe(`${section('machine.7.3.txt', 'iomem').join('\n')}\n`);
  });

  // The kernel lies at another place after each boot.
  const moved = (text: string): string[] => {
    const lines = text.trimEnd().split('\n');
    const at = parseInt(lines.find((line) => line.includes('Kernel code')) ?? '', 16);
    return lines.map((line) => line.replace(/^ {2}([0-9a-f]+)-([0-9a-f]+)(?= : Kernel )/, (_, from: string, to: string) => (
      `  +${(parseInt(from, 16) - at).toString(16)}-+${(parseInt(to, 16) - at).toString(16)}`
    )));
  };

  it.each(KERNELS)('is /proc/iomem of the recorded one wherever the kernel lies: %s', (profile) => {
    const ours = String(testMachine({ profile }).read('/proc/iomem'));
    expect(moved(ours)).toEqual(moved(section(`machine.${profile}.txt`, 'iomem').join('\n')));
  });

  it.each(KERNELS)('is /proc/version of the recorded one: %s', (profile) => {
    expect(testMachine({ profile }).read('/proc/version')).toBe(`${section(`machine.${profile}.txt`, 'version').join('\n')}\n`);
  });

  it.each(KERNELS.flatMap((profile) => ['meminfo', 'vmstat'].map((name) => [profile, name] as const)))('has every name of /proc/%s of %s, in order', (profile, name) => {
    const names = (lines: readonly string[]): string[] => lines.map((line) => /^[^ :]+/.exec(line)?.[0] ?? '');
    const text = String(testMachine({ profile }).read(`/proc/${name}`)).trimEnd();
    expect(names(text.split('\n'))).toEqual(names(section(`machine.${profile}.txt`, name)));
  });

  it.each(KERNELS)('has the files of /sys/devices/system/{memory,node} of %s', (profile) => {
    const machine = testMachine({ profile });
    for (const directory of ['memory', 'node']) {
      for (const line of section(`machine.${profile}.txt`, directory)) {
        const [path = '', mode = ''] = line.split(' ');
        if (/^\.\/[\w./-]+$/.test(path) && /^\d{3}$/.test(mode) && !path.includes('power/')) {
          const attributes = machine.vfs.getattr(`/sys/devices/system/${directory}/${path.slice(2)}`);
          expect({ path, mode: typeof attributes === 'number' ? attributes : (attributes.mode & 0o777).toString(8) }).toEqual({ path, mode });
        }
      }
    }
    const recorded = section(`machine.${profile}.txt`, 'node').join('\n');
    for (const name of ['memory_failure/total', 'reclaim']) {
      const found = typeof machine.vfs.getattr(`/sys/devices/system/node/node0/${name}`) !== 'number';
      expect({ name, found }).toEqual({ name, found: recorded.includes(`./node0/${name} `) });
    }
  });

  const TEXTS = KERNELS.flatMap((profile) => ([['meminfo', 4], ['vmstat', 1]] as const).map(([name, unit]) => [profile, name, unit] as const));

  it.each(TEXTS)('on %s has every line of /proc/%s, in order and form, with amounts about as recorded', (profile, name, unit) => {
    const recorded = section(`machine.${profile}.txt`, name);
    const ours = String(testMachine({ profile }).read(`/proc/${name}`));
    expect(shapes(ours)).toEqual(shapes(recorded.join('\n')));
    // As wide as on Linux, if the number has the same number of digits.
    const width = (line: string): number => line.length - (/\d+/.exec(line.replace(/^[^ ]+/, ''))?.[0].length ?? 0);
    if (name === 'vmstat') expect(ours.split('\n').map(width)).toEqual([...recorded, ''].map(width));
    else expect(ours.trimEnd().split('\n').map(({ length }) => length)).toEqual(recorded.map(({ length }) => length));
    const there = values(recorded);
    const here = values(ours.trimEnd().split('\n'));
    const far = [...there].filter(([key, value]) => !near(here.get(key) ?? NaN, value, unit) && !OTHERWISE_MAPPED.includes(key) && !(profile === '6.1' && OF_LISTS.test(key)));
    expect(far.map(([key, value]) => `${key}: ${here.get(key)}, recorded ${value}`)).toEqual([]);
  });

  it('is what the node says too', () => {
    const machine = testMachine();
    machine.write('/control', 'inject type=anon count=3\nsoft-offline type=shmem\n');
    const lines = (path: string): string[] => String(machine.read(path)).trimEnd().split('\n');
    const vmstat = lines('/proc/vmstat');
    const node = lines('/sys/devices/system/node/node0/vmstat');
    expect(node).toEqual(vmstat.slice(0, node.length));
    expect(node.at(-1)).toBe('nr_gpu_reclaim 0');
    expect(lines('/sys/devices/system/node/node0/numastat')).toEqual(['numa_hit 5028', 'numa_miss 0', 'numa_foreign 0', 'interleave_hit 62', 'local_node 5028', 'other_node 0']);
    const meminfo = values(lines('/proc/meminfo'));
    const nodeLines = lines('/sys/devices/system/node/node0/meminfo').map((line) => line.replace(/^Node 0 /, ''));
    expect(nodeLines[0]).toHaveLength('MemTotal:         983492 kB'.length);
    const nodeMeminfo = values(nodeLines);
    expect(nodeMeminfo.size).toBe(40);
    for (const [name, value] of nodeMeminfo) if (meminfo.has(name)) expect(`${name} ${value}`).toBe(`${name} ${meminfo.get(name)}`);
    expect(nodeMeminfo.get('MemUsed')).toBe((meminfo.get('MemTotal') ?? 0) - (meminfo.get('MemFree') ?? 0));
  });

  it('tells who is not root no addresses', () => {
    const { vfs } = testMachine();
    const caller = { pid: 5, uid: 1000, comm: 'cat' };
    const handle = vfs.open('/proc/iomem', 0, caller);
    const text = new TextDecoder().decode(vfs.read(handle, 0, 65536, caller) as Uint8Array);
    expect(text.split('\n')[1]).toBe('00000000-00000000 : System RAM');
    expect(text).not.toMatch(/[1-9a-f][0-9a-f]*-/);
  });
});
