import fc, { runs } from '../support/fast-check.ts';
import { expect, test } from 'vitest';

import type { MachineDescription } from '../../src/kernel/memory/layout.ts';
import { PAGE_TYPES, PAGE_TYPE_NAMES } from '../../src/kernel/memory/page-types.ts';
import type { Population } from '../../src/kernel/memory/population.ts';
import type { Process } from '../../src/kernel/memory/processes.ts';
import { type Region, SYSTEM_RAM } from '../../src/kernel/memory/regions.ts';
import { formatMachineFile } from '../../src/machine-file/format.ts';
import { PROFILE_NAMES } from '../../src/kernel/profiles/names.ts';
import { MACHINE_STATEMENTS } from '../../src/machine-file/statements.ts';
import { parseMachineFile } from '../../src/machine-file/parse.ts';
import { character, comm, encode, lineText, pid } from '../support/line-texts.ts';

const GIB = 2 ** 30;
const MOST_PFN = 2 ** 40 - 1;

const processes = fc.uniqueArray(fc.record({ comm, pid, earlyKill: fc.boolean() }), { maxLength: 4, selector: (process) => process.pid })
  .map((all) => all.map(({ earlyKill, ...process }): Process => (earlyKill ? { ...process, earlyKill } : process)));

/** Processes as a line names them: some of the existing ones, or any if none exist. */
function named(all: readonly Process[]): fc.Arbitrary<readonly Process[]> {
  const some = all.map(({ comm, pid }) => ({ comm, pid }));
  return some.length > 0 ? fc.subarray(some) : fc.array(fc.record({ comm, pid }), { maxLength: 3 });
}

const inRam = PAGE_TYPE_NAMES.filter((type) => PAGE_TYPES[type].section === undefined);

function population(all: readonly Process[]): fc.Arbitrary<Population> {
  const folio = { order: fc.integer({ min: 2, max: 9 }) };
  return fc.record({
    type: fc.constantFrom(...inRam), pages: fc.integer({ min: 1, max: 3000 }), mappers: named(all), earlyKill: fc.constant(true),
    atTheEnd: fc.constant(true as const), ...folio,
  }, { requiredKeys: ['type', 'pages'] }).map(({ order, ...rest }) => {
    const least = PAGE_TYPES[rest.type].order;
    if (order === undefined || ['free', 'reserved', 'zero'].includes(rest.type)) return rest;
    return { ...rest, order: least === 9 ? 9 : Math.max(order, least ?? 0) };
  });
}

function pages(all: readonly Process[]) {
  const shape = fc.record({ mappers: named(all), earlyKill: fc.constant(true), pins: fc.integer({ min: 1, max: 2 ** 31 - 1 }) }, { requiredKeys: [] });
  return fc.record({ first: fc.integer({ min: 0, max: MOST_PFN }), more: fc.integer({ min: 0, max: 5000 }), type: fc.constantFrom(...PAGE_TYPE_NAMES), shape })
    .map(({ first, more, ...rest }) => ({ first, last: Math.min(MOST_PFN, first + more), ...rest }));
}

const name = lineText(12).map((text) => text.replace(/\p{Cc}/gu, '.').trimEnd()).filter((text) => !/^system ram/i.test(text));

/** Regions as a kernel could show them: RAM first, then others with gaps between them, each with some inside it. */
const regions: fc.Arbitrary<Region[]> = fc.array(
  fc.record({ gap: fc.integer({ min: 0, max: 2 ** 30 }), size: fc.integer({ min: 4, max: 2 ** 36 }), within: fc.integer({ min: 0, max: 4 }), name }),
  { maxLength: 6 },
).map((all) => {
  const made: Region[] = [{ start: 0x100000, end: GIB - 1, name: SYSTEM_RAM, depth: 0 }];
  let at = GIB;
  for (const { gap, size, within, name } of all) {
    const start = at + gap;
    for (let depth = 0; depth <= within; depth += 1) made.push({ start, end: start + Math.floor(size / 2 ** depth), name, depth });
    at = start + size + 1;
  }
  return made;
});

const description: fc.Arbitrary<MachineDescription> = processes.chain((running) =>
  fc.record({
    memory: fc.oneof(fc.integer({ min: 2 ** 27, max: 2 ** 46 }).map((memoryBytes) => ({ memoryBytes })), regions.map((all) => ({ regions: all }))),
    rest: fc.record({
      populations: fc.array(population(running), { minLength: 1, maxLength: 4 }), pages: fc.array(pages(running), { minLength: 1, maxLength: 4 }),
    }, { requiredKeys: [] }),
  }).map(({ memory, rest }) => ({ ...memory, ...rest, ...(running.length > 0 && { processes: running }) })),
);

/** What a file gives besides the memory. A sysctl may have any value of one line. */
const settings = fc.record({
  profile: fc.constantFrom(...PROFILE_NAMES), interfaces: fc.array(fc.constantFrom('eth0', 'eth0.100', '#1')), modules: fc.array(fc.constantFrom('nf_conntrack', 'sch_fq')),
  sysctls: fc.array(fc.tuple(fc.constantFrom('vm.swappiness', 'x'), fc.string()).map(([name, value]) => `${name}=${value}`)),
});

test('what a description is written as is read back as it, with any line end', () => {
  fc.assert(fc.property(description, settings, fc.constantFrom('\n', '\r\n'), fc.boolean(), (machine, written, end, last) => {
    const text = formatMachineFile(machine, written).replaceAll('\n', end);
    const read = parseMachineFile(encode(last ? text : text.slice(0, -end.length)), GIB);
    expect(read).toMatchObject({ description: machine, saysMemory: true });
    const { profile, interfaces = [], modules = [], sysctls = [] } = 'settings' in read ? read.settings : {};
    const [ofInterfaces, ofModules, ofSysctls] = [interfaces, modules, sysctls].map((all) => all.map((each) => each.text));
    expect({ profile, interfaces: ofInterfaces, modules: ofModules, sysctls: ofSysctls }).toEqual(written);
  }), { numRuns: runs(1000) });
});

const BAD_LINES = [
  'bogus', 'memory', 'memory 1X', 'process a', 'process a:b', 'population type=slab', 'population type=dax pages=1', 'population type=thp pages=1 order=1',
  'page pfn=1', 'page pfn=2-1 type=slab', '0-', '00100000-zz : x', '2-1 : x', ' 5000000000000-5000000000001 : odd', 'process "a:1', 'memory 1G\0',
];

test('a bad line among good ones is the one that is named', () => {
  fc.assert(fc.property(description, fc.constantFrom(...BAD_LINES), fc.nat(), (machine, bad, at) => {
    const lines = formatMachineFile(machine).trimEnd().split('\n');
    const index = at % (lines.length + 1);
    lines.splice(index, 0, bad);
    expect(parseMachineFile(encode(lines.join('\n')), GIB)).toMatchObject({ error: { line: index + 1 } });
  }), { numRuns: runs(500) });
});

test('a line of /proc/iomem moved onto the one before it is the one that is named', () => {
  fc.assert(fc.property(regions.filter((all) => all.length > 1), fc.nat(), (all, at) => {
    const index = 1 + (at % (all.length - 1));
    const { start } = all[index - 1] as Region;
    const moved = all.map((region, each) => (each === index ? { ...region, start: start - 1, depth: all[index - 1]?.depth ?? 0 } : region));
    expect(parseMachineFile(encode(formatMachineFile({ regions: moved })), GIB)).toMatchObject({ error: { line: index + 1 } });
  }), { numRuns: runs(300) });
});

const keys = Object.values(MACHINE_STATEMENTS).flatMap(({ values }) => Object.keys(values).flatMap((key) => [key, `${key}=`]));
const piece = fc.oneof(
  fc.constantFrom(...Object.keys(MACHINE_STATEMENTS), ...keys, ...PAGE_TYPE_NAMES, ' ', '\n', '  ', '1000-1fffffff', ' : System RAM', '0x', '1', '50%', '1G', 'a:1', '-'),
  character,
);

test('whatever a file holds, the answer is a machine or an error of one of its lines, in one line of its own', () => {
  const garbage = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.array(piece, { maxLength: 30 }).map((parts) => encode(parts.join(''))));
  const mutated = fc.tuple(description, fc.nat(), fc.nat({ max: 5 }), piece).map(([machine, at, cut, put]) => {
    const text = formatMachineFile(machine);
    const place = at % text.length;
    return encode(text.slice(0, place) + put + text.slice(place + cut));
  });
  fc.assert(fc.property(fc.oneof(garbage, mutated), (bytes) => {
    const parsed = parseMachineFile(bytes, GIB);
    if ('error' in parsed) {
      expect(parsed.error.line).toBeGreaterThanOrEqual(1);
      expect(parsed.error.line).toBeLessThanOrEqual(Buffer.from(bytes).toString('latin1').split('\n').length);
      expect(parsed.error.message).toMatch(/^[^\p{Cc}\u2028\u2029]{5,1200}$/u);
    } else {
      expect(parseMachineFile(encode(formatMachineFile(parsed.description)), GIB)).toMatchObject({ description: parsed.description });
    }
  }), { numRuns: runs(3000) });
});
