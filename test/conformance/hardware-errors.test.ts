import { describe, expect, it } from 'vitest';
import { PAGE_SIZE } from '../../src/kernel/memory/frames.ts';
import { ghesProc } from '../../src/kernel/ras/ghes.ts';
import type { TraceEvent } from '../../src/kernel/ras/trace-event.ts';
import { decodeBlock } from '../support/cper-block.ts';
import { FileOperations } from '../support/file-operations.ts';
import { type TestMachine, testMachine } from '../support/machine.ts';
import { recording } from '../support/recording.ts';
import { traceText } from '../support/trace-text.ts';

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

/** The recorded machine: 1 GiB in one DIMM of QEMU's, whose records name free pages. */
function recordedMachine(): TestMachine {
  const dimms = [{ label: 'P0_Node0_Channel0 DIMM 0', bytes: 2 ** 30, type: 'unknown', ecc: false, handle: 0x1100 }] as const;
  const at = (pfn: number, type: 'free' | 'vmalloc' | 'reserved', last = pfn): { first: number; last: number; type: typeof type; shape: object } => (
    { first: pfn, last, type, shape: {} });
  // Two of the pages were in use by chance.
  const pages = [at(0x10000, 'free', 0x10fff), at(0x10031, 'vmalloc'), at(0x1003f, 'vmalloc'), at(0xf0, 'reserved')];
  return testMachine({ memory: { memoryBytes: 2 ** 30, dimms, pages } });
}

/**
 * Two workers do the rest of the work of an interrupt: memory failures, and machine checks. Which one is first, and on which CPU, is
 * chance. The lines and events of each are compared in their own order.
 */
function byWorker(lines: readonly string[]): Record<'interrupt' | 'failures' | 'machineChecks', string[]> {
  const same = lines.map((line) => line.replace(/CPU 1:/, 'CPU 0:').replace(/APIC 1 /, 'APIC 0 ').replace(/CPU: 1,/, 'CPU: 0,').replace(/APIC: 1,/, 'APIC: 0,')
    .replace(/TIME \d+/, 'TIME TIME'));
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

describe('records of the firmware, as recorded from Linux 7.3', () => {
  const machine = recordedMachine();
  const { kernel } = machine.machine;
  const events: TraceEvent[] = [];
  kernel.traceSink = (event) => events.push(event);
  let counts = '';

  it('are many', () => {
    expect(CPER.flatMap(({ records }) => records).length).toBeGreaterThanOrEqual(90);
  });

  it.each(CPER.filter(({ records }) => records.length > 0))('$name', ({ records, times, lines, events: traced, counts: counted }) => {
    expect(times).toHaveLength(records.length);
    for (const [index, record] of records.entries()) {
      machine.clock.usec = times[index] ?? 0;
      kernel.enter(undefined, () => ghesProc(kernel, decodeBlock(record)));
    }
    expect(byWorker(machine.lines().map((line) => line.replace(/^(\d),/, '<$1>')))).toEqual(byWorker(lines));
    expect(byWorker(events.splice(0).map(traceText))).toEqual(byWorker(traced));
    counts = counted ?? counts;
    expect(counters(machine)).toBe(counts);
  });

  it('are counted until reset_counters', () => {
    expect(machine.write('/sys/devices/system/edac/mc/mc0/reset_counters', '1\n')).toBe(2);
    expect(counters(machine)).toBe(CPER.at(-1)?.counts);
  });
});

describe('the files of EINJ and EDAC, as recorded from Linux 7.3', () => {
  const { vfs, machine } = recordedMachine();
  const files = new FileOperations(vfs, '/');
  const script = recording('ras-files.script.txt').trimEnd().split('\n');
  const golden = recording('ras-files.7.3.txt').trimEnd().split('\n');

  it('answer every call alike', () => {
    const calls = script.map((command, index) => ({ command, linux: golden[index]?.replace(/^.*? =>/, '').trim() ?? '' })).filter(({ command }) => !command.startsWith('#'));
    const different = calls.flatMap(({ command, linux }, index) => {
      const here = files.run(command).trim();
      machine.kernel.takeEffects();
      return here === linux ? [] : [`${calls.slice(Math.max(0, index - 4), index).map((c) => c.command.slice(-70)).join('; ')} ${command.slice(0, 120)}: Linux ${linux}, here ${here}`];
    });
    expect(calls.length).toBeGreaterThan(1300);
    expect(different).toEqual([]);
  });
});

describe('machine checks, as recorded from Linux 7.3', () => {
  it('a corrected one', () => {
    const [corrected] = casesOf('machine-check.7.3.txt');
    const { machine, lines, write } = testMachine();
    const events: TraceEvent[] = [];
    machine.kernel.traceSink = (event) => events.push(event);
    const address = 0x12345;
    expect(machine.kernel.memory.page(address)).toBeDefined();
    expect(write('/control', `error severity=corrected via=mce phys=${address * PAGE_SIZE}\n`)).toBeGreaterThan(0);
    expect(byWorker(lines().map((line) => line.replace(/^(\d),/, '<$1>')))).toEqual(byWorker(corrected?.lines ?? []));
    expect(byWorker(events.map(traceText))).toEqual(byWorker(corrected?.events ?? []));
  });
});
