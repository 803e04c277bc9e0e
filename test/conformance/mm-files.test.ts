import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ERRNO } from '../../src/abi/errno.ts';
import { testMachine, type TestMachine } from '../support/machine.ts';
import { type Counts, kernelsWith, known, type RecordedKernel, recording } from '../support/recording.ts';
import { partOf } from '../support/whole.ts';

const KERNELS = kernelsWith('mm-files.KERNEL.txt');
const LINES = Object.fromEntries(KERNELS.map((kernel) => [kernel, recording(`mm-files.${kernel}.txt`).split('\n')])) as Record<RecordedKernel, string[]>;

/** The lines below a heading that begins with `name`, as a kernel printed them. */
function sectionOf(kernel: RecordedKernel, name: string): string[] {
  const lines = LINES[kernel];
  const start = lines.findIndex((line) => line === `== ${name}` || line.startsWith(`== ${name} `));
  const length = lines.slice(start + 1).findIndex((line) => line.startsWith('== '));
  return lines.slice(start + 1, length < 0 ? -1 : start + 1 + length);
}

const unescaped = (text: string): string =>
  text.replaceAll(/\\([nt\\])/g, (_, letter: string) => ({ n: '\n', t: '\t' })[letter] ?? '\\');
const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t');

/** The recorded machine was booted with panic=-1. */
const machineAsRecorded = (profile: RecordedKernel): TestMachine => testMachine({ profile, bootSettings: new Map([['kernel.panic', [-1n]]]) });

/** Not emulated: damon, whose directories come and go, and a module that has nothing to set. */
const LEFT_OUT = /^\/sys\/kernel\/mm\/damon|^\/sys\/module\/page_alloc/;
interface Listed { readonly path: string; readonly mode: number; readonly size: number; readonly value: string }
const listed = (profile: RecordedKernel): Listed[] => sectionOf(profile, 'list').flatMap((line) => {
  const [, path = '', mode = '', size = '', value = ''] = /^F (\S+) (\d+) (\d+) (.*)$/.exec(line) ?? [];
  return path === '' || LEFT_OUT.test(path) ? [] : [{ path, mode: Number.parseInt(mode, 8), size: Number(size), value }];
});

/** What khugepaged had found to do when the file was read: noise. */
const KHUGEPAGED_DID = /\/stats\/collapse_alloc$|\/khugepaged\/(?:full_scans|pages_collapsed)$/;

function valueOf(machine: TestMachine, path: string): string {
  const value = machine.read(path);
  return typeof value === 'string' ? escaped(value) : `!${value}`;
}

function below(machine: TestMachine, path: string): string[] {
  const entries = machine.vfs.readdir(path);
  if (typeof entries === 'number') return [path];
  return entries.flatMap((name) => below(machine, `${path}/${name}`));
}

/** Of the files that answer alike on two kernels. */
const ONE_IN = 8;
/** How many writes the recorder makes to a file. */
const WRITES = 56;
/** Files that are listed, and those of them that are written. */
const FILES: Counts = { '7.3': 280, '7.2': 280, '6.12': 200, '6.1': 60 };
const WRITTEN: Counts = { '7.3': 56, '7.2': 56, '6.12': 54, '6.1': 42 };

describe.each(KERNELS)('/sys/kernel/mm and the parameters of /sys/module: %s', (profile) => {
  const LISTED = listed(profile);
  it('have the recorded files, with mode, size and value at boot', () => {
    const machine = machineAsRecorded(profile);
    expect(LISTED.length).toBeGreaterThan(50);
    expect(LISTED).toHaveLength(known(FILES, profile, LISTED.length));
    const ours = ['/sys/kernel/mm', '/sys/module/kernel', '/sys/module/printk'].flatMap((path) => below(machine, path));
    expect(ours.sort()).toEqual(LISTED.map(({ path }) => path).sort());
    for (const { path, mode, size, value } of LISTED) {
      const stat = machine.vfs.getattr(path);
      expect(stat).toMatchObject({ mode: 0o100000 | mode, size });
      if (mode & 0o444 && !KHUGEPAGED_DID.test(path)) expect(`${path} ${valueOf(machine, path)}`).toBe(`${path} ${value}`);
    }
  });

  const writes = sectionOf(profile, 'writes').flatMap((line) => {
    const [, path = '', text = '', result = '', rest = ''] = /^W (\S+) (.*?) => (\S+) (.*)$/.exec(line) ?? [];
    const [value = '', ...others] = rest.split(/ (?=\/(?:sys|proc)\/)/);
    return path === '' ? [] : [{ path, text: unescaped(text), result, value, others }];
  });
  const paths = [...new Set(writes.map(({ path }) => path))];
  const rowsOf = (of: RecordedKernel, path: string): string[] => sectionOf(of, 'writes').filter((line) => line.startsWith(`W ${path} `));
  /** npm test makes those to files that answer otherwise than on 7.3, and a part of the others. */
  const alike = profile === '7.3' ? [] : paths.filter((path) => isDeepStrictEqual(rowsOf(profile, path), rowsOf('7.3', path)));
  const compared = [...paths.filter((path) => !alike.includes(path)), ...partOf(alike, ONE_IN)];
  /** How many huge pages fit depends on the free memory. */
  const masked = (text: string): string => text.replaceAll(/(?<!\d)[34]\d\d(?=\\n)/g, 'N');
  /** What the recorder compared besides the file itself, if this machine has it. */
  const OTHERS = [
    'vm/nr_hugepages', 'vm/nr_hugepages_mempolicy', 'vm/nr_overcommit_hugepages', 'vm/min_free_kbytes', 'kernel/panic', 'kernel/panic_on_warn',
    'kernel/panic_print', 'kernel/printk',
  ].map((name) => `/proc/sys/${name}`).concat(
    ['nr_hugepages', 'free_hugepages'].map((name) => `/sys/devices/system/node/node0/hugepages/hugepages-2048kB/${name}`),
  );
  const comparedPaths = [...LISTED.filter(({ mode, path }) => mode & 0o444 && !path.includes('/stats/')).map(({ path }) => path), ...OTHERS];
  /** Successful writes until the recorder compares no other files, if none was seen to differ. */
  const COMPARED = 10;

  it('were all written to', () => {
    expect(paths.length).toBeGreaterThan(40);
    expect(paths).toHaveLength(known(WRITTEN, profile, paths.length));
    expect(writes).toHaveLength(WRITES * paths.length);
  });

  it.each(compared)('%s answers writes as recorded, and changes the same files', (path) => {
    const machine = machineAsRecorded(profile);
    const { kernel } = machine.machine;
    const readable = comparedPaths.filter((other) => other !== path);
    const shown = (): Map<string, string> => new Map(readable.map((other) => [other, valueOf(machine, other)]));
    const prepare = (): void => {
      kernel.reboot();
      // After it was false once, the recorded machine could not set it back.
      if (path.includes('/mempolicy/')) machine.write('/sys/kernel/mm/mempolicy/weighted_interleave/auto', '0');
    };
    prepare();
    const before = shown();
    let [looked, changesOthers, isFresh] = [0, false, true];
    for (const write of writes.filter((each) => each.path === path)) {
      // The recorder wrote the old values back. A write that fails changes nothing.
      if (!isFresh) prepare();
      const succeeded = Number(write.result) > 0;
      const compares = succeeded && (changesOthers || looked < COMPARED);
      if (succeeded) looked += 1;
      const result = machine.write(path, write.text);
      isFresh = result < 0;
      const answer = result < 0 ? Object.entries(ERRNO).find(([, number]) => number === -result)?.[0] : String(result);
      const isListed = LISTED.find((file) => file.path === path);
      const value = (isListed?.mode ?? 0) & 0o444 ? valueOf(machine, path) : '';
      expect(`${escaped(write.text)} => ${answer} ${masked(value)}`).toBe(`${escaped(write.text)} => ${write.result} ${masked(write.value)}`);
      if (!compares) continue;
      const after = shown();
      const differing = readable.filter((other) => after.get(other) !== before.get(other)).map((other) => `${other}=${after.get(other)}`);
      const recorded = write.others.filter((other) => readable.includes(other.slice(0, other.indexOf('='))));
      changesOthers ||= write.others.length > 0;
      expect(differing.map(masked).sort()).toEqual(recorded.map(masked).sort());
    }
  });
});

/** A text in which each number, with the blanks before it, is N. */
const shape = (lines: readonly string[]): string[] => lines.map((line) => line.replaceAll(/ *\b\d[\d.]*/g, ' N'));
const linesOf = (profile: RecordedKernel, path: string): string[] => String(testMachine({ profile }).read(path)).replace(/\n$/, '').split('\n');

/** Counters that other kernels have as recorded: 6.1 has some pages on the inactive list, and interleaving went on while 6.1 and 6.12 were read. */
const MORE_NOISE: Counts<readonly string[]> = {
  '6.12': ['numa_interleave'], '6.1': ['numa_interleave', 'nr_(?:zone_)?inactive_anon'],
};

describe.each(KERNELS)('what /proc shows of zones: %s', (profile) => {
  /**
   * Noise: what processes and the kernel had allocated, which events count, and which pages CPUs keep on lists of their own. In the
   * recorded zone DMA32 three pages fewer are present than in machine.7.3.txt: the firmware's tables.
   */
  const NOISE = new RegExp(`^(?:${[
    'pages free', 'nr_free_pages', 'nr_free_pages_blocks', 'nr_active_anon', 'nr_zone_active_anon', 'nr_slab_\\w+', 'nr_anon_pages', 'nr_mapped',
    'nr_file_pages', 'nr_shmem', 'nr_vmalloc', 'nr_kernel_stack', 'nr_page_table_pages', 'numa_hit', 'numa_local', 'count:', 'high:',
    'spanned', 'present', 'managed', 'high_max:', ...(MORE_NOISE[profile] ?? []),
  ].join('|')}) `);

  /** 6.1 puts new pages on the inactive list, and moves them when they are used. */
  const INACTIVE = profile === '6.1' ? /inactive_anon/ : /^(?!)/;

  it('is zoneinfo as recorded, but for what was allocated', () => {
    const quiet = (lines: readonly string[]): string[] =>
      lines.map((line) => (NOISE.test(line.trimStart()) && !(/ 0$/.test(line) && !INACTIVE.test(line)) ? line.replace(/ +\d+$/, ' N') : line));
    const [ours, recorded] = [quiet(linesOf(profile, '/proc/zoneinfo')), quiet(sectionOf(profile, 'zoneinfo'))];
    expect(ours.filter((line, index) => line !== recorded[index] && !/(?:count:|free_pages_blocks) +\S+$/.test(line))).toEqual([]);
    expect(ours).toHaveLength(recorded.length);
    expect(ours.filter((line) => line.endsWith(' N')).length).toBeLessThan(40);
  });

  it.each(['buddyinfo', 'pagetypeinfo'])('is %s in the recorded form', (name) => {
    const [ours, recorded] = [linesOf(profile, `/proc/${name}`), sectionOf(profile, name)];
    expect(shape(ours)).toEqual(shape(recorded));
    expect(ours.map(({ length }) => length)).toEqual(recorded.map(({ length }) => length));
    // Zone DMA is as the kernel left it after boot.
    expect(ours.filter((line) => line.includes('DMA '))).toEqual(recorded.filter((line) => line.includes('DMA ')));
  });

  it('is slabinfo with the recorded caches', () => {
    const [ours, recorded] = [linesOf(profile, '/proc/slabinfo'), sectionOf(profile, 'slabinfo')];
    expect(ours.slice(0, 2)).toEqual(recorded.slice(0, 2));
    const cache = (line: string): string => line.replace(/^(\S+) +\d+ +\d+(.*: slabdata).*$/, '$1$2');
    expect(ours.slice(2).map(cache)).toEqual(recorded.slice(2).map(cache));
    expect(ours.map(({ length }) => length)).toEqual(recorded.map(({ length }) => length));
  });

  it('is swaps of a machine without swap', () => {
    expect(linesOf(profile, '/proc/swaps')).toEqual(sectionOf(profile, 'swaps'));
  });

  it('is kpagecgroup with what is on LRU lists charged to the root cgroup', () => {
    const LRU = 1n << 5n;
    const recorded = sectionOf(profile, 'kpagecgroup').map((line) => {
      const [pages = '', flags = '', cgroup = ''] = line.trim().split(/ +/);
      const word = (hex: string): bigint => Buffer.from(hex, 'hex').readBigUInt64LE();
      return { pages: Number(pages), flags: word(flags), cgroup: word(cgroup) };
    });
    const onLru = recorded.filter(({ flags }) => flags & LRU);
    expect(onLru.length).toBeGreaterThan(5);
    const pagesOf = (wanted: bigint): number => onLru.reduce((sum, { pages, cgroup }) => sum + (cgroup === wanted ? pages : 0), 0);
    expect(new Set([...onLru.map(({ cgroup }) => cgroup), 0n])).toEqual(new Set([0n, 1n]));
    // A program that has just ended.
    expect(pagesOf(0n)).toBeLessThan(pagesOf(1n) / 50);
    const { vfs } = testMachine({ profile });
    const words = (name: string): BigUint64Array => {
      const handle = vfs.open(`/proc/${name}`, 0);
      const bytes = vfs.read(handle, 0, 8 * 262_144) as Uint8Array;
      vfs.release(handle);
      return new BigUint64Array(bytes.slice().buffer);
    };
    const flags = words('kpageflags');
    // Two arrays of 262,144 numbers: the first difference, if there is one.
    const charged = words('kpagecgroup');
    const wrong = flags.findIndex((word, pfn) => charged[pfn] !== (word & LRU ? 1n : 0n));
    expect({ pages: charged.length, wrong }).toEqual({ pages: flags.length, wrong: -1 });
    expect(flags.reduce((count, word) => count + (word & LRU ? 1 : 0), 0)).toBeGreaterThan(1000);
  });

  it.each(['zoneinfo', 'buddyinfo', 'pagetypeinfo', 'slabinfo', 'swaps', 'kpagecgroup'])('/proc/%s has the recorded mode and size', (name) => {
    const [, mode = '', size] = new RegExp(`^== ${name} (\\d+) (\\d+)$`, 'm').exec(recording(`mm-files.${profile}.txt`)) ?? [];
    expect(testMachine({ profile }).vfs.getattr(`/proc/${name}`)).toMatchObject({ mode: 0o100000 | Number.parseInt(mode, 8), size: Number(size) });
  });
});

describe('/proc/stat and /proc/loadavg', () => {
  /** The times and counts of the recorded machine, which differ from those of this one. */
  const shape = (text: string): string => text.replaceAll(/\d+/g, '0');

  it.each(KERNELS)('have the recorded lines, words and spaces: %s', (profile) => {
    const machine = testMachine({ profile });
    expect(shape(String(machine.read('/proc/stat')))).toBe(shape(`${sectionOf(profile, 'stat').join('\n')}\n`).replace(/ 0+\b/g, ' 0'));
    expect(shape(String(machine.read('/proc/loadavg')))).toBe(shape(`${sectionOf(profile, 'loadavg').join('\n')}\n`));
  });

  it('agree with the uptime and the time of day, whatever moves the clock, and after a reboot', () => {
    const machine = testMachine({ epoch: 1_795_887_791.25e6 });
    const bootTime = (): number => Number(/^btime (\d+)$/m.exec(String(machine.read('/proc/stat')))?.[1]);
    expect(bootTime()).toBe(1_795_887_791);
    machine.clock.usec = 5.5e6;
    expect(bootTime()).toBe(1_795_887_791);
    expect(machine.read('/proc/stat')).toMatch(/^cpu  0 0 0 1100 0 0 0 0 0 0\ncpu0 0 0 0 550 /);
    expect(machine.read('/proc/uptime')).toBe('5.50 11.00\n');
    machine.machine.kernel.reboot();
    expect(bootTime()).toBe(1_795_887_796);
    // Programs keep their time of day. For them the machine booted a minute earlier.
    machine.machine.kernel.wait(60e6);
    expect(bootTime()).toBe(1_795_887_736);
  });
});
