import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PG } from '../../src/abi/page-flags.ts';
import { census } from '../../src/kernel/memory/census.ts';
import { layOutMemory, type MachineDescription } from '../../src/kernel/memory/layout.ts';
import { defaultPopulations } from '../../src/kernel/memory/population.ts';
import { DEFAULT_PROCESSES } from '../../src/kernel/memory/processes.ts';
import { defaultRegions } from '../../src/kernel/memory/regions.ts';
import { formatMachineFile } from '../../src/machine-file/format.ts';
import { parseMachineFile } from '../../src/machine-file/parse.ts';
import { section } from '../support/recording.ts';
import { testMachine } from '../support/machine.ts';

const GIB = 2 ** 30;
const EXAMPLE = readFileSync(new URL('../../examples/server-64g.machine', import.meta.url), 'utf8');

function parse(text: string | Uint8Array, memoryBytes = GIB) {
  return parseMachineFile(typeof text === 'string' ? new TextEncoder().encode(text) : text, memoryBytes);
}

function description(text: string | Uint8Array): MachineDescription {
  const parsed = parse(text);
  if ('error' in parsed) throw new Error(`${parsed.error.line}: ${parsed.error.message}`);
  return parsed.description;
}

/** `LINE: what is wrong`, for a text. */
function complaint(text: string | Uint8Array): string {
  const parsed = parse(text);
  return 'error' in parsed ? `${parsed.error.line}: ${parsed.error.message}` : 'no error';
}

const LOW = '00001000-0009ffff : System RAM\n';
const RAM = '00100000-3fffffff : System RAM\n';

describe('what a machine file can say', () => {
  it.each<[string, MachineDescription]>([
    ['memory 64G', { memoryBytes: 64 * GIB }],
    ['memory 128m # at least', { memoryBytes: GIB / 8 }],
    ['process nginx:611', { memoryBytes: GIB, processes: [{ comm: 'nginx', pid: 611 }] }],
    ['process "my app":7 early-kill', { memoryBytes: GIB, processes: [{ comm: 'my app', pid: 7, earlyKill: true }] }],
    ['process early-kill kworker/0:1:59', { memoryBytes: GIB, processes: [{ comm: 'kworker/0:1', pid: 59, earlyKill: true }] }],
    ['population type=slab pages=7 order=3', { memoryBytes: GIB, populations: [{ type: 'slab', pages: 7, order: 3 }] }],
    ['population size=1M type=anon mapped=none', { memoryBytes: GIB, populations: [{ type: 'anon', pages: 256, mappers: [] }] }],
    ['population size=4097 type=tmpfs', { memoryBytes: GIB, populations: [{ type: 'shmem', pages: 2 }] }],
    ['population type=anon pages=3 mapped=a:1,"b c":2 early-kill',
      { memoryBytes: GIB, populations: [{ type: 'anon', pages: 3, mappers: [{ comm: 'a', pid: 1 }, { comm: 'b c', pid: 2 }], earlyKill: true }] }],
    ['population type=reserved pages=0x10 at-end', { memoryBytes: GIB, populations: [{ type: 'reserved', pages: 16, atTheEnd: true }] }],
    ['population type=hugetlb order=9 pages=1', { memoryBytes: GIB, populations: [{ type: 'hugetlb', pages: 1, order: 9 }] }],
    ['page pfn=0x2000-0x2fff type=slab', { memoryBytes: GIB, pages: [{ first: 0x2000, last: 0x2fff, type: 'slab', shape: {} }] }],
    ['page pfn=5 type=anon mapped=a:1 early-kill refs=2',
      { memoryBytes: GIB, pages: [{ first: 5, last: 5, type: 'anon', shape: { mappers: [{ comm: 'a', pid: 1 }], earlyKill: true, pins: 2 } }] }],
    ['page pfn=0x1000000 type=dax', { memoryBytes: GIB, pages: [{ first: 0x1000000, last: 0x1000000, type: 'dax', shape: {} }] }],
    [`${RAM}  01000000-01ffffff : Kernel code`,
      { regions: [{ depth: 0, start: 0x100000, end: 0x3fffffff, name: 'System RAM' }, { depth: 1, start: 0x1000000, end: 0x1ffffff, name: 'Kernel code' }] }],
  ])('%j', (text, want) => {
    expect(description(text)).toEqual(want);
    expect(description(formatMachineFile(want))).toEqual(want);
  });

  it('takes the /proc/iomem of a real machine as it stands', () => {
    const iomem = section('machine.7.3.txt', 'iomem').join('\n');
    expect(description(iomem).regions).toEqual(defaultRegions(GIB));
    expect(formatMachineFile(description(iomem)).trimEnd()).toBe(iomem.trimEnd());
  });

  it('a share is one of RAM, in whole folios, whatever line says how much RAM there is', () => {
    const pages = (text: string): number | undefined => description(text).populations?.[0]?.pages;
    expect(pages('population type=slab share=50%\nmemory 2G')).toBe(Math.floor((2 * GIB / 4096 - 36 - 97 ) / 2));
    expect(pages('population type=thp share=12.5%')).toBe(63 * 512);
    expect(pages('population type=slab share=0.000001% order=3')).toBe(8);
  });

  it.each([
    ['a byte order mark', '\uFEFFmemory 1G\n'], ['CRLF', '# x\r\nmemory 1G\r\n\r\n'], ['no newline at the end', 'memory 1G'],
    ['blanks and comments', '\n  \t\n   # memory 2G\n\tmemory 1G   # RAM\n'],
  ])('%s', (_name, text) => {
    expect(description(text)).toEqual({ memoryBytes: GIB });
  });

  it('RAM of a driver is RAM, and levels deeper than a kernel shows are taken as shown', () => {
    const deep = [0, 1, 2, 3, 4, 5, 5].map((depth) => `${'  '.repeat(depth)}100000000-13fffffff : level`).join('\n');
    expect(complaint(`${RAM}${deep}\n140000000-17fffffff : Soft Reserved\n  140000000-17fffffff : System RAM (kmem)`)).toBe('no error');
    const { ram } = layOutMemory(description(`${RAM}140000000-17fffffff : Soft Reserved\n  140000000-17fffffff : System RAM (kmem)`));
    expect(ram).toEqual([{ first: 0x100, last: 0x3ffff }, { first: 0x140000, last: 0x17ffff }]);
  });
});

describe('errors name the line, and what would be right', () => {
  it.each([
    ['', '1: there is nothing in it, it says what differs from the default machine'],
    ['# only\n\n', '1: there is nothing in it, it says what differs from the default machine'],
    ['memory 1G\nproces a:1', "2: unknown statement 'proces', did you mean 'process'?"],
    ['hello', "1: unknown statement 'hello', it is one of memory, process, population, dimm, profile, interface, module, sysctl and page"],
    ['memory', '1: memory is missing SIZE'],
    ['memory 12', "1: bad memory '12', it is 128M to 64T, such as 32G"],
    ['memory 65T', "1: bad memory '65T', it is 128M to 64T, such as 32G"],
    ['memory 1G 2G', "1: stray word '2G', memory takes SIZE"],
    ['memory 1G\n\nmemory 1G', '3: memory is given in line 1 already'],
    [`memory 1G\n${RAM}`, '2: memory and lines of /proc/iomem exclude each other, line 1 says where RAM is already'],
    [`${RAM}memory 1G`, '2: memory and lines of /proc/iomem exclude each other, line 1 says where RAM is already'],
    ['process', '1: process is missing COMM:PID'],
    ['process nginx', "1: bad process 'nginx', it is COMM:PID"],
    ['process nginx:0', "1: bad pid '0', it is a number from 1 to 4194304, decimal or 0x hex"],
    ['process a_name_of_sixteen:1', "1: bad comm 'a_name_of_sixteen', it is longer than 15 bytes"],
    ['process a:1\nprocess b:1', "2: pid 1 is that of 'a' in line 1 already"],
    ['population type=slab', '1: population is missing pages=N, size=SIZE or share=P%'],
    ['population pages=1', '1: population is missing type=T'],
    ['population type=slab pages=1 size=4K', '1: pages and size exclude each other, give at most one of pages, size and share'],
    ['population type=slba pages=1', "1: unknown page type 'slba', did you mean 'slab'?"],
    ['population type=dax pages=1', "1: pages of type 'dax' are not RAM, say where they are: page pfn=P-Q type=dax"],
    ['population type=slab pages=0', "1: bad pages '0', it is a number from 1 to 17179869184, decimal or 0x hex"],
    ['population type=slab size=2P', "1: bad size '2P', it is up to 64T, such as 512M"],
    ['population type=slab size=0', "1: bad size '0', it is up to 64T, such as 512M"],
    ['population type=slab share=50', "1: bad share '50', it is a part of RAM, such as 12.5%"],
    ['population type=slab share=101%', "1: bad share '101%', it is a part of RAM, such as 12.5%"],
    ['population type=slab pages=1 order=11', "1: bad order '11', it is a number from 0 to 10, decimal or 0x hex"],
    ['population type=thp pages=1 order=3', "1: order 3 does not fit type 'thp', it is 9"],
    ['population type=large-kmalloc pages=1 order=1', "1: order 1 does not fit type 'large-kmalloc', it is 2 to 10"],
    ['population type=free pages=1 order=1', "1: pages of type 'free' come one by one, leave order out"],
    ['process nginx:1\npopulation type=anon pages=1 mapped=nginx:1,ngnix:1', "2: unknown process 'ngnix:1', did you mean 'nginx:1'?"],
    ['page pfn=1 type=anon mapped=sshd:2\nprocess nginx:1', "1: unknown process 'sshd:2', say it in a line of its own, process COMM:PID"],
    ['population type=slab share=60%\npopulation type=anon share=60%',
      '2: there is no room for its 157206 pages in whole folios, 94450 pages of RAM are left'],
    ['page pfn=1', '1: page is missing type=T'],
    ['page type=slab pfn=9-3', "1: bad pfn '9-3', the range ends before it begins"],
    ['page pfn=1 type=bogus_type', /^1: unknown page type 'bogus_type', it is reserved, slab, .* or offline$/],
    ['00100000-3fffffff System RAM',
      "1: bad line of /proc/iomem '00100000-3fffffff System RAM', it is START-END : NAME, in hex, such as '00100000-3fffffff : System RAM'"],
    ['0x100000-0x3fffffff : System RAM', /^1: bad line of \/proc\/iomem /],
    ['1fg-20 : x', /^1: bad line of \/proc\/iomem /],
    [`${RAM}\t00100000-00200000 : x`, '2: there is a tab in the indentation, it is two blanks a level'],
    [`${RAM}   00100000-00200000 : x`, '2: the indentation is 3 blanks, it is two a level'],
    [`${RAM}    00100000-00200000 : x`, '2: the indentation says it lies within a line less indented, there is none'],
    [`  ${RAM}`, '1: the indentation says it lies within a line before it, there is none'],
    ['3fffffff-00100000 : System RAM', "1: bad range '3fffffff-00100000', it ends before it begins"],
    ['100000-10000000000000 : System RAM', "1: bad range '100000-10000000000000', physical addresses go to fffffffffffff"],
    ['00100000-3fffffff : System RAM # all of it',
      "1: unknown name 'System RAM # all of it', RAM is called 'System RAM', and comments have lines of their own"],
    ['00100000-3fffffff : system ram', "1: unknown name 'system ram', RAM is called 'System RAM', and comments have lines of their own"],
    ['00100000-3fffffff : a\x1bb', "1: there is a control character in the name 'a\\x1bb'"],
    [`${RAM}${LOW}`, '2: 00001000-0009ffff lies before 00100000-3fffffff of line 1, lines go up by address'],
    [`${LOW}${RAM}# x\n3ffff000-4fffffff : Reserved`, '4: 3ffff000-4fffffff overlaps 00100000-3fffffff of line 2, lines go up by address'],
    [`${RAM}  01000000-01ffffff : a\n  01ffffff-02ffffff : b`, '3: 01ffffff-02ffffff overlaps 01000000-01ffffff of line 2, lines go up by address'],
    [`${RAM}  3f000000-40000000 : x`, '2: 3f000000-40000000 does not lie within 00100000-3fffffff of line 1, as the indentation says'],
    ['00000000-00000000 : Reserved\n00000000-00000000 : System RAM\n  00000000-00000000 : Kernel code',
      '1: all addresses are 0, as other users see them: read /proc/iomem as root'],
    ['00000000-000fffff : Reserved', "1: none of the lines of /proc/iomem is called 'System RAM'"],
    [`${LOW}00100000-00ffffff : System RAM`, "1: the lines of 'System RAM' add up to 15996K, a machine has 128M to 64T"],
    ['1000000000-7fffffffffff : System RAM', /^1: the lines of 'System RAM' add up to \d+K, a machine has 128M to 64T$/],
    [new Uint8Array([0x23, 0x0a, 0x6d, 0x00]), '2: there is a NUL byte in it'],
    [new Uint8Array([0x23, 0x0a, 0x0a, 0xff, 0x0a]), '3: it is not valid UTF-8'],
  ])('%j', (text, want) => {
    const said = complaint(text);
    if (typeof want === 'string') expect(said).toBe(want);
    else expect(said).toMatch(want);
    expect(said).toMatch(/^[^\p{Cc}\u2028\u2029]+$/u);
  });

  it('RAM in crumbs has no room for what a machine has by default, and says so', () => {
    const crumbs = Array.from({ length: 3000 }, (_, at) => {
      const start = 0x100000 + at * 0x20000;
      return `${start.toString(16)}-${(start + 0xffff).toString(16)} : System RAM\n`;
    }).join('');
    expect(complaint(crumbs)).toBe('1: RAM is in pieces too small for the default populations, say what is in it: population …');
    expect(complaint(`${crumbs}population type=slab share=50%`)).toBe('no error');
    expect(complaint(`${crumbs}population type=thp pages=1 at-end`)).toBe('3001: there is no room for its 1 pages in whole folios, 47984 pages of RAM are left');
    expect(complaint(`${crumbs}population type=thp pages=1`)).toBe('3001: there is no room for its 1 pages in whole folios, 47984 pages of RAM are left');
  });
});

describe('the machine that a file describes', () => {
  function machineOf(text: string) {
    return testMachine({ memory: description(text) });
  }

  it('pages are what the file defines after every boot', () => {
    const { machine, write } = machineOf('page pfn=0x5000-0x50ff type=slab');
    const types = (): unknown => machine.kernel.memory.spans.find(({ first }) => first === 0x5000)?.type;
    expect(types()).toBe('slab');
    write('/control', 'page pfn=0x5000 type=anon\ninject pfn=0x5001\nreboot\n');
    expect(types()).toBe('slab');
    expect((machine.kernel.memory.page(0x5001)?.flags ?? 0) & PG.hwpoison).toBe(0);
  });

  it('a process that asked for early kill has its SIGBUS at once, wherever it is named', () => {
    const { write, lines } = machineOf('process app:77 early-kill\nprocess other:78\npage pfn=0x5000 type=file-dirty mapped=app:77');
    write('/control', 'inject pfn=0x5000\n');
    expect(lines()).toContain('3,Memory failure: 0x5000: Sending SIGBUS to app:77 due to hardware memory corruption');
    write('/control', 'page pfn=0x5001 type=file-dirty mapped=app:77\ninject pfn=0x5001\npage pfn=0x5002 type=anon mapped=other:78\ninject pfn=0x5002\n');
    const told = lines().filter((line) => line.includes('SIGBUS'));
    expect(told).toEqual(['3,Memory failure: 0x5001: Sending SIGBUS to app:77 due to hardware memory corruption']);
  });

  it('the default populations belong to the processes of the file; what names nobody belongs to one of them', () => {
    for (const text of ['process a:1\nprocess b:2', 'process a:1\nprocess b:2\npopulation type=anon pages=10\npopulation type=shmem pages=10']) {
      const { machine } = machineOf(text);
      const mappers = machine.kernel.memory.spans.flatMap(({ shape }) => shape.mappers ?? []);
      expect(new Set(mappers.map(({ comm }) => comm)).size).toBeGreaterThan(0);
      for (const { comm } of mappers) expect(['a', 'b']).toContain(comm);
    }
  });

  it('what is poisoned from boot on is corrupted hardware from boot on', () => {
    const { read, write } = machineOf('page pfn=0x5000-0x5002 type=poisoned\npopulation type=poisoned pages=2');
    const corrupted = (): string | undefined => /^HardwareCorrupted: +(\d+) kB$/m.exec(String(read('/proc/meminfo')))?.[1];
    expect(corrupted()).toBe('20');
    write('/control', 'unpoison pfn=0x5000\n');
    expect(corrupted()).toBe('16');
    write('/control', 'reboot\n');
    expect(corrupted()).toBe('20');
  });

  it('/proc/iomem shows the lines of the file as they are', () => {
    const iomem = EXAMPLE.split('\n').filter((line) => /^ *[0-9a-f]+-[0-9a-f]+ : /.test(line));
    expect(machineOf(EXAMPLE).read('/proc/iomem')).toBe(`${iomem.join('\n')}\n`);
  });

  it('huge pages are in the pool from boot on, and a boot setting changes how many there are', () => {
    const memory = description('population type=hugetlb pages=1024\npopulation type=hugetlb-free pages=2048');
    const nr = '/proc/sys/vm/nr_hugepages';
    const pool = testMachine({ memory });
    expect(pool.read(nr)).toBe('6\n');
    expect(census(pool.machine.kernel.memory)).toMatchObject({ huge: 6, hugeFree: 4 });
    const less = testMachine({ memory, bootSettings: new Map([['vm.nr_hugepages', [3n]]]) });
    expect(less.read(nr)).toBe('3\n');
    expect(census(less.machine.kernel.memory)).toMatchObject({ huge: 3, hugeFree: 1 });
    const more = testMachine({ memory, bootSettings: new Map([['vm.nr_hugepages', [8n]]]) });
    expect(census(more.machine.kernel.memory)).toMatchObject({ huge: 8, hugeFree: 6 });
    pool.write(nr, '5');
    expect(census(pool.machine.kernel.memory)).toMatchObject({ huge: 5, hugeFree: 3 });
  });

  it('what is described line by line is the machine that is described by nothing', () => {
    const said = { regions: defaultRegions(GIB), processes: DEFAULT_PROCESSES, populations: defaultPopulations(GIB / 4096) };
    expect(layOutMemory(description(formatMachineFile(said))).extents).toEqual(layOutMemory({ memoryBytes: GIB }).extents);
  });

  it('the example of a server is one, full as it says', () => {
    const parsed = parse(EXAMPLE);
    expect(parsed).toMatchObject({ saysMemory: true });
    const { machine, write, lines } = machineOf(EXAMPLE);
    expect(machine.kernel.memoryBytes).toBeGreaterThan(63 * GIB);
    expect(machine.kernel.memoryBytes).toBeLessThan(64 * GIB);
    const { huge, hugeFree, pgtable, anonThp, stack, free } = census(machine.kernel.memory);
    expect({ huge, hugeFree, pgtable, anonThp, stack }).toEqual({
      huge: 9 * 1024, hugeFree: 1024, pgtable: 320 * 256, anonThp: 10 * GIB / 4096, stack: 64 * 256,
    });
    expect(free).toBeGreaterThan(5 * GIB / 4096);
    write('/control', 'inject type=hugetlb\n');
    expect(lines().join('\n')).toMatch(/Sending SIGBUS to postgres:2101 due to hardware memory corruption/);
  });
});
