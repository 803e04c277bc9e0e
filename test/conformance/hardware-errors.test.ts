import { describe, expect, it } from 'vitest';
import { PAGE_SIZE } from '../../src/kernel/memory/frames.ts';
import { defaultRegions, type Region } from '../../src/kernel/memory/regions.ts';
import { ghesProc } from '../../src/kernel/ras/ghes.ts';
import { type Mce, mceGenPoolProcess, mceLog, mcePrepRecord } from '../../src/kernel/ras/mce.ts';
import type { TraceEvent } from '../../src/kernel/ras/trace-event.ts';
import type { ProfileName } from '../../src/kernel/profiles/names.ts';
import type { Kernel } from '../../src/kernel/kernel.ts';
import { decodeEvent, encodeEvent } from '../../src/kernel/trace/event-format.ts';
import { eventText } from '../../src/kernel/trace/event-text.ts';
import { decodeBlock } from '../support/cper-block.ts';
import { FileOperations } from '../support/file-operations.ts';
import { type TestMachine, testMachine } from '../support/machine.ts';
import { kernelsWith, recording } from '../support/recording.ts';

/** A case of the recording: the bytes of its records, when each was read (µs), and what Linux printed, traced and counted. */
interface Case {
  readonly name: string;
  readonly records: readonly Buffer[];
  readonly times: readonly number[];
  readonly lines: readonly string[];
  readonly events: readonly string[];
  readonly counts: string | undefined;
}

function casesOf(name: string): Case[] {
  return recording(name).split(/^== /m).slice(1).map((text) => {
    const [title = '', ...lines] = text.trimEnd().split('\n');
    const after = (word: string): string[] => lines.flatMap((line) => (line.startsWith(`${word} `) ? [line.slice(word.length + 1)] : []));
    return {
      name: title,
      records: after('record').map((hex) => Buffer.from(hex, 'hex')),
      times: after('times').flatMap((times) => times.split(' ').map((time) => Math.round(Number(time) * 1e6))),
      lines: lines.filter((line) => line.startsWith('<')),
      events: after('trace'),
      counts: after('counts')[0],
    };
  });
}

/** An event as the file `trace` shows it, without task and time: through the binary record of the kernel and back. */
function traceText({ tracing: { layouts, formats } }: Kernel, event: TraceEvent): string {
  const layout = layouts.find(({ name }) => name === event.name);
  if (layout === undefined) throw new Error(`there is no event ${event.name}`);
  const text = eventText(layout, decodeEvent(encodeEvent(event, layout, formats, 0), layout), formats);
  return `${layout.event}: ${text.replace(/, vendor data: .*/, '')}`;
}

const FIRMWARE = 0x30000000;
const FIRMWARE_END = 0x30ffffff;
/** The firmware of the recorder has 16 MiB for itself. */
function withFirmware(regions: readonly Region[]): Region[] {
  const at = regions.findIndex(({ start, end, depth }) => depth === 0 && start < FIRMWARE && end > FIRMWARE_END);
  const next = regions.findIndex(({ depth }, index) => index > at && depth === 0);
  const ram = regions[at] ?? { start: 0, end: 0, name: '', depth: 0 };
  return [
    ...regions.slice(0, at), { ...ram, end: FIRMWARE - 1 }, ...regions.slice(at + 1, next), { start: FIRMWARE, end: FIRMWARE_END, name: 'Reserved', depth: 0 },
    { ...ram, start: FIRMWARE_END + 1 }, ...regions.slice(next),
  ];
}

/** Pages that were in use by chance when each kernel was recorded. */
const IN_USE: Partial<Record<ProfileName, readonly (readonly [pfn: number, type: 'vmalloc' | 'anon' | 'file-clean'])[]>> = {
  '7.3': [[0x10031, 'vmalloc'], [0x1003f, 'vmalloc']], '6.12': [[0x2002f, 'anon']], '6.1': [[0x10022, 'file-clean'], [0x10041, 'vmalloc']],
};

/** The recorded machine: 1 GiB in one DIMM of QEMU's, whose records name free pages. */
function recordedMachine(profile: ProfileName = '7.3'): TestMachine {
  const dimms = [{ label: 'P0_Node0_Channel0 DIMM 0', bytes: 2 ** 30, type: 'unknown', ecc: false, handle: 0x1100 }] as const;
  const at = (pfn: number, type: 'free' | 'vmalloc' | 'reserved' | 'anon' | 'file-clean', last = pfn): { first: number; last: number; type: typeof type; shape: object } => (
    { first: pfn, last, type, shape: {} });
  const pages = [at(0x10000, 'free', 0x10fff), at(0x20000, 'free', 0x20fff), at(0xf0, 'reserved'), ...(IN_USE[profile] ?? []).map(([pfn, type]) => at(pfn, type))];
  const regions = withFirmware(defaultRegions(2 ** 30));
  return testMachine({ profile, memory: { memoryBytes: 2 ** 30, regions, dimms, pages } });
}

/**
 * Two workers do the rest of the work of an interrupt: memory failures, and machine checks. Which one is first, and on which CPU, is
 * chance. The lines and events of each are compared in their own order.
 */
function byWorker(lines: readonly string[]): Record<'interrupt' | 'failures' | 'machineChecks', string[]> {
  // What happens to the owner of a page that was in use by chance; and an emulated machine complains of its clock.
  const same = lines.filter((line) => !/^<3>MCE: Killing |^<6>Memory failure: .*: corrupted page was clean|^<4>hrtimer: /.test(line)).map((line) => line.replace(/CPU 1:/, 'CPU 0:').replace(/APIC 1 /, 'APIC 0 ').replace(/CPU: 1,/, 'CPU: 0,').replace(/APIC: 1,/, 'APIC: 0,')
    .replace(/TIME \d+/, 'TIME TIME').replace(/time: \d+/, 'time: TIME').replace(/TIME: \d+, SOCKET/, 'TIME: TIME, SOCKET').replace(/APIC: 1$/, 'APIC: 0'));
  const isFailure = (line: string): boolean => /^<\d>(?:Memory failure|Soft offline)|^memory_failure_event/.test(line);
  const isCheck = (line: string): boolean => /^<0>mce: |^mce_record/.test(line);
  return { interrupt: same.filter((line) => !isFailure(line) && !isCheck(line)), failures: same.filter(isFailure), machineChecks: same.filter(isCheck) };
}

function counters({ read }: TestMachine): string {
  const mc = '/sys/devices/system/edac/mc/mc0';
  return ['ce_count', 'ue_count', 'ce_noinfo_count', 'ue_noinfo_count', 'dimm0/dimm_ce_count', 'dimm0/dimm_ue_count']
    .map((name) => String(read(`${mc}/${name}`)).trim()).join(' ');
}

const CPER = casesOf('cper.7.3.txt');

it('the recorded records of the firmware are many', () => {
  expect(CPER.flatMap(({ records }) => records).length).toBeGreaterThanOrEqual(90);
});

/** `edac`: whether the driver ghes_edac was there. 6.1 has it only built in, and Debian does not build it in. */
describe.each([['7.3', true], ['6.12', true], ['6.1', false]] as const)('records of the firmware, as recorded from Linux %s', (release, edac) => {
  const cases = casesOf(`cper.${release}.txt`);
  const machine = recordedMachine(release);
  const { kernel } = machine.machine;
  const events: TraceEvent[] = [];
  kernel.traceSink = (event) => events.push(event);
  let counts = '';
  // Without the driver there is neither its line nor its event.
  const seen = (texts: readonly string[]): readonly string[] => (edac ? texts : texts.filter((text) => !/^<\d>EDAC |^mc_event/.test(text)));

  it.each(cases.filter(({ records }) => records.length > 0))('$name', ({ records, times, lines, events: traced, counts: counted }) => {
    expect(times.length).toBeGreaterThan(0);
    for (const [index, record] of records.entries()) {
      // Without EDAC a record that is not printed leaves no line with a time: the kernel polls each half second.
      machine.clock.usec = times[index] ?? (times.at(-1) ?? 0) + (index - times.length + 1) * 500_000;
      kernel.enter(undefined, () => ghesProc(kernel, decodeBlock(record)));
    }
    expect(byWorker(seen(machine.lines().map((line) => line.replace(/^(\d),/, '<$1>'))))).toEqual(byWorker(lines));
    expect(byWorker(seen(events.splice(0).map((event) => traceText(kernel, event))))).toEqual(byWorker(traced));
    if (!edac) return;
    counts = counted ?? counts;
    expect(counters(machine)).toBe(counts);
  });

  it.runIf(edac)('are counted until reset_counters', () => {
    expect(machine.write('/sys/devices/system/edac/mc/mc0/reset_counters', '1\n')).toBe(2);
    expect(counters(machine)).toBe(cases.at(-1)?.counts);
  });
});

/**
 * What is recorded, and not compared: the event of an ARM processor; what the driver of CXL, which 6.1 lacks, says of a record that it cannot use; and a
 * record of which the kernel reads more than there is, and finds what the last one left in memory.
 */
const isNotEmulated = (release: string, name: string): boolean => (
  /^(?:ARM|firmware record, shorter)/.test(name) || (release !== '6.1' && name.startsWith('CXL')));

describe.each(['7.3', '6.12', '6.1'] as const)('records with other sections than memory, as recorded from Linux %s', (release) => {
  const machine = recordedMachine(release);
  const { kernel } = machine.machine;
  const events: TraceEvent[] = [];
  kernel.traceSink = (event) => events.push(event);

  it.each(casesOf(`cper-sections.${release}.txt`).filter(({ records }) => records.length > 0))('$name', ({ name, records, times, lines, events: traced }) => {
    for (const [index, record] of records.entries()) {
      machine.clock.usec = times[index] ?? 0;
      kernel.enter(undefined, () => ghesProc(kernel, decodeBlock(record)));
    }
    const printed = machine.lines().map((line) => line.replace(/^(\d),/, '<$1>'));
    const raised = events.splice(0).map((event) => traceText(kernel, event));
    if (!isNotEmulated(release, name)) expect({ lines: printed, events: raised }).toEqual({ lines, events: traced });
  });
});

/** The recordings of 6.12 and 6.1 have the files of EINJ alone: Debian does not build the driver of EDAC. */
describe.each([['7.3', 1300], ['6.12', 1100], ['6.1', 1100]] as const)('the files of EINJ and EDAC, as recorded from Linux %s', (release, least) => {
  const { vfs, machine } = recordedMachine(release);
  const files = new FileOperations(vfs, '/');
  const golden = recording(`ras-files.${release}.txt`).trimEnd().split('\n');
  const script = recording('ras-files.script.txt').trimEnd().split('\n').slice(0, golden.length);

  it('answer every call alike', () => {
    const calls = script.map((command, index) => ({ command, linux: golden[index]?.replace(/^.*? =>/, '').trim() ?? '' })).filter(({ command }) => !command.startsWith('#'));
    const different = calls.flatMap(({ command, linux }, index) => {
      const here = files.run(command).trim();
      machine.kernel.takeEffects();
      return here === linux ? [] : [`${calls.slice(Math.max(0, index - 4), index).map((c) => c.command.slice(-70)).join('; ')} ${command.slice(0, 120)}: Linux ${linux}, here ${here}`];
    });
    expect(calls.length).toBeGreaterThan(least);
    // simple_attr_write() leaves the position where it is, so a read that follows on the same descriptor starts at 0. Here it follows the write.
    expect(different).toEqual(release === '7.3' ? [] : [expect.stringContaining(' pwrite 5 38 read 100: Linux 5 307831300a, here 1 0a')]);
  });
});

describe.each(kernelsWith('machine-check.KERNEL.txt'))('machine checks, as recorded from Linux %s', (kernel) => {
  const recorded = casesOf(`machine-check.${kernel}.txt`);
  /** What each machine check was, as MACHINE_CHECKS of test/recorder/panics.mjs has them. */
  const CHECKS: Readonly<Record<string, Mce>> = {
    corrected: { bank: 1, status: 0x9c0000000000009fn, addr: 0x12345000n, misc: 0x8cn },
    'corrected, DRAM': { bank: 4, status: 0x9c080000000c0813n, addr: 0x12346000n, misc: 0x8cn },
    'corrected, CPU 1, no address': { cpu: 1, bank: 2, status: 0x9000000000000150n, addr: 0n, misc: 0n },
    deferred: { bank: 3, status: 0x9c00100000000135n, addr: 0x12347000n, misc: 0x8cn },
    overflow: { bank: 1, status: 0xdc0000000000009fn, addr: 0x12348040n, misc: 0x86n },
  };

  /** The recorded machine checks come five seconds apart. Before 6.15 not each prints that it was logged. */
  const APART = 5_000_000;
  /** 6.1 has memory_failure() handle the page of a deferred error. No command of the control file makes one. */
  const NOT_MODELLED = kernel === '6.1' ? ['deferred'] : [];
  const shared = testMachine({ profile: kernel });

  const withoutTime = (text: string): string => text.replace(/(TIME |TIME: |time: )\d+/, '$1TIME');

  /** What a machine prints and traces of a machine check that `raise` makes. */
  function printed(machine: TestMachine, raise: (machine: TestMachine) => void): { readonly lines: readonly string[]; readonly events: readonly string[] } {
    const events: TraceEvent[] = [];
    machine.machine.kernel.traceSink = (event) => events.push(event);
    raise(machine);
    return { lines: machine.lines().map((line) => withoutTime(line.replace(/^(\d),/, '<$1>'))), events: events.map((event) => withoutTime(traceText(machine.machine.kernel, event))) };
  }

  it('are those of the table', () => {
    expect(recorded.map(({ name }) => name)).toEqual(Object.keys(CHECKS));
  });

  it.each(recorded.filter(({ name }) => !NOT_MODELLED.includes(name)))('$name', ({ name, lines, events }) => {
    const check = CHECKS[name];
    shared.clock.usec += APART;
    expect(printed(shared, ({ machine: { kernel } }) => kernel.enter(undefined, () => {
      if (check !== undefined) mceLog(kernel, mcePrepRecord(kernel, check));
      mceGenPoolProcess(kernel);
      return 0;
    }))).toEqual({ lines, events: events.map(withoutTime) });
  });

  it('come from the control file too', () => {
    const [corrected] = recorded;
    expect(printed(testMachine({ profile: kernel }), ({ write }) => { expect(write('/control', `error severity=corrected via=mce phys=${0x12345 * PAGE_SIZE}\n`)).toBeGreaterThan(0); }))
      .toEqual({ lines: corrected?.lines, events: corrected?.events.map(withoutTime) });
  });
});
