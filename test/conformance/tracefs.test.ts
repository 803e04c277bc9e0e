import { describe, expect, it } from 'vitest';
import { ERRNO } from '../../src/abi/errno.ts';
import { BLOCKS, O, POLL } from '../../src/abi/file-calls.ts';
import { formatText, layEvents, printEventFormat, type TraceEventFormats } from '../../src/kernel/trace/event-format.ts';
import { LINUX_6_1_TRACE_EVENTS } from '../../src/kernel/trace/formats/linux-6.1.ts';
import { LINUX_6_12_TRACE_EVENTS } from '../../src/kernel/trace/formats/linux-6.12.ts';
import { LINUX_7_3_TRACE_EVENTS } from '../../src/kernel/trace/formats/linux-7.3.ts';
import { Tracing } from '../../src/kernel/trace/tracing.ts';
import { type TestMachine, testMachine } from '../support/machine.ts';
import { recording } from '../support/recording.ts';

const KERNELS: readonly (readonly [string, TraceEventFormats])[] = [
  ['7.3', LINUX_7_3_TRACE_EVENTS], ['6.12', LINUX_6_12_TRACE_EVENTS], ['6.1', LINUX_6_1_TRACE_EVENTS],
];
const T = '/sys/kernel/tracing';
const LATIN1 = new TextDecoder('latin1');
const UTF8 = new TextEncoder();

/** The part of a recording between a heading and the next. */
function section(text: string, heading: string): string {
  const from = text.indexOf(`${heading}\n`);
  if (from < 0) throw new Error(`the recording has no ${heading}`);
  const rest = text.slice(from + heading.length + 1);
  const end = rest.search(/^(?:== |--- )/m);
  return end < 0 ? rest : rest.slice(0, end);
}

/** A machine with an instance `r`. */
function withInstance(): TestMachine {
  const machine = testMachine({ devices: true });
  expect(machine.vfs.mkdir(`${T}/instances/r`)).toBe(0);
  return machine;
}

function read(machine: TestMachine, path: string): string {
  const text = machine.read(`${T}/${path}`);
  if (typeof text === 'number') throw new Error(`${path}: ${text}`);
  return text;
}

describe.each(KERNELS)('the trace events of %s', (release, formats) => {
  const text = recording(`tracefs.${release}.txt`) + recording(`trace-formats.${release}.txt`);

  it.each(layEvents(formats))('$name has the recorded format', (layout) => {
    expect(formatText(layout)).toBe(section(text, `== format ${layout.system}/${layout.event}`));
  });

  it('come with that of trace_marker', () => {
    expect(printEventFormat(formats).format).toBe(section(text, '== format ftrace/print'));
  });

  it('have the recorded flags of trace_options', () => {
    const tracing = new Tracing({ profile: { traceEvents: formats }, caller: { pid: 1, uid: 0, comm: 'sh' }, uptime: () => 0, treeVersion: 0 });
    expect([...tracing.main.options].map(([name, set]) => `${set ? '' : 'no'}${name}\n`).join('')).toBe(section(text, '== cat trace_options'));
  });

  it('are recorded byte for byte as the kernel did', () => {
    const caller = { pid: 0, uid: 0, comm: '' };
    let usec = 0;
    const host = { profile: { traceEvents: formats }, get caller() { return caller; }, uptime: () => usec, treeVersion: 0 };
    const tracing = new Tracing(host);
    tracing.addInstance('r');
    const array = tracing.instances.get('r');
    if (array === undefined) throw new Error('no instance');
    array.setClock('uptime');
    array.setEvent('ras:memory_failure_event');
    const EVENT = /^ *(\w+)-(\d+) +\[(\d+)\] \S+ +(\d+): memory_failure_event: pfn 0x([0-9a-f]+): recovery action for (.*): (\w+)$/gm;
    const lines = [...section(text, '--- trace').matchAll(EVENT)];
    expect(lines.length).toBeGreaterThan(2);
    for (const [, comm = '', pid, cpu, ticks, pfn = '', page, result = ''] of lines) {
      Object.assign(caller, { comm, pid: Number(pid) });
      usec = Number(ticks) * 10_000 + 4000;
      const type = formats.pageTypes.find(([, , words]) => words === page)?.[1] ?? '';
      tracing.record({
        name: 'ras:memory_failure_event', cpu: Number(cpu),
        fields: { pfn: BigInt(`0x${pfn}`), type: type as 'MF_MSG_KERNEL', result: `MF_${result.toUpperCase()}` as 'MF_IGNORED' },
      });
    }
    const raw = section(text, '--- raw');
    const pages = [...raw.matchAll(/^read=4096 \n((?:[0-9a-f]+\n)+)/gm)].map(([, hex = '']) => hex.replace(/\n/g, ''));
    const ours = array.buffers.map((buffer) => buffer.readPage(4096)).filter((page) => page !== undefined);
    // The flags of an event show what the CPU was about to do. Here that is always nothing.
    const withoutFlags = (hex: string): string => hex.replace(/(06000000....)..(..)/g, '$100$2');
    expect(ours.map((page) => withoutFlags(Buffer.from(page).toString('hex').replace(/(?:00)+$/, '')))).toEqual(
      pages.map((page) => withoutFlags(page.replace(/(?:00)+$/, ''))));
  });
});

describe('tracefs of 7.3', () => {
  const text = recording('tracefs.7.3.txt');
  const FILES = [
    'trace_clock', 'trace_options', 'saved_cmdlines_size', 'buffer_size_kb', 'buffer_total_size_kb', 'buffer_percent', 'current_tracer', 'tracing_on', 'set_event',
    'tracing_cpumask', 'timestamp_mode', 'trace', 'events/enable', 'events/header_page', 'events/header_event', 'events/ras/enable', 'events/ras/filter',
    'events/ras/mc_event/enable', 'events/ras/mc_event/filter', 'per_cpu/cpu0/trace', 'per_cpu/cpu0/buffer_size_kb',
    'instances/r/trace_options', 'instances/r/buffer_size_kb', 'instances/r/buffer_total_size_kb', 'instances/r/buffer_percent',
  ];

  it.each(FILES)('%s has the recorded text', (file) => {
    expect(read(withInstance(), file)).toBe(section(text, `== cat ${file}`));
  });

  it('lists the events', () => {
    const ours = read(withInstance(), 'available_events').split('\n');
    expect(ours.filter((line) => /^(?:ras|mce):/.test(line))).toEqual(section(text, '== available').trim().split('\n'));
    // Those of other systems are where the kernel lists them: by their numbers.
    expect(ours.indexOf('block:block_rq_error')).toBeLessThan(ours.indexOf('ras:aer_event'));
    expect(ours.indexOf('net:net_dev_xmit_timeout')).toBeGreaterThan(ours.indexOf('ras:extlog_mem_event'));
  });

  it('has files with the recorded modes', () => {
    const machine = withInstance();
    const recorded = [...section(text, '== instance').matchAll(/^(directory|regular empty file) (\d+) 0 \d+ (\S+)$/gm)];
    const paths = (directory: string): string[] => {
      const names = machine.vfs.readdir(directory);
      return typeof names === 'number' ? [directory] : [directory, ...names.flatMap((name) => paths(`${directory}/${name}`))];
    };
    const modes = new Map(recorded.map(([, , mode = '', path = '']) => [path.replace(/^\.\//, ''), parseInt(mode, 8)]));
    const root = `${T}/instances/r`;
    const ours = paths(root).filter((path) => path !== root).map((path): [string, number] => {
      const attributes = machine.vfs.getattr(path);
      return [path.slice(root.length + 1), typeof attributes === 'number' ? attributes : attributes.mode & 0o777];
    });
    const known = ours.filter(([path]) => modes.has(path));
    expect(known.length).toBeGreaterThan(45);
    expect(known).toEqual(known.map(([path]) => [path, modes.get(path)]));
    expect(ours.filter(([path]) => !modes.has(path) && !/^(?:options|per_cpu|events)(?:\/|$)/.test(path))).toEqual([]);
  });

  /** What the script printed after a write to each file. */
  const SHOWN: Readonly<Record<string, readonly string[]>> = {
    'events/mce/enable': ['events/enable'], buffer_size_kb: ['buffer_size_kb', 'buffer_total_size_kb'],
    'per_cpu/cpu0/buffer_size_kb': ['buffer_size_kb', 'per_cpu/cpu0/buffer_size_kb', 'per_cpu/cpu1/buffer_size_kb', 'buffer_total_size_kb'],
    'events/ras/filter': ['events/ras/filter', 'events/ras/mc_event/filter', 'events/ras/aer_event/filter'],
  };

  it('answers each recorded write as the kernel did', () => {
    const machine = withInstance();
    const WRITE = /^> write (\S+) '([^']*)' ?(a|t)?\nwrite=(-?\d+) (\w*)\n/gm;
    const errnos = section(text, '== errnos');
    const writes = [...errnos.matchAll(WRITE)];
    expect(writes.length).toBeGreaterThan(150);
    for (const [n, [whole, file = '', given = '', how, returned = '', errno = '']] of writes.entries()) {
      // The shell of the recording dropped NULs, and newlines at the end.
      const words = given.replace(/\\0/g, '').replace(/\\n/g, '\n').replace(/\n+$/, '');
      const ours = written(machine, `${T}/instances/r/${file}`, words, how);
      // The tracer `function` is not emulated.
      if (file === 'current_tracer' && given === 'function') continue;
      expect([file, given, ours]).toEqual([file, given, errno === '' ? Number(returned) : -ERRNO[errno as keyof typeof ERRNO]]);
      const start = (writes[n]?.index ?? 0) + whole.length;
      // Lines of the kernel's log came in between.
      const after = errnos.slice(start, writes[n + 1]?.index ?? start).replace(/^\[ +\d+\.\d+\] [^]*/m, '');
      if (file === 'set_event' || file === 'trace_options' || after.trim() === '' || given === 'function') continue;
      const shown = (SHOWN[file] ?? [file]).map((each) => read(machine, `instances/r/${each}`)).join('');
      // In some places the script showed less, or other files too.
      const length = Math.min(after.length, shown.length);
      expect([file, given, shown.slice(0, length)]).toEqual([file, given, after.slice(0, length)]);
    }
  });

  it('enables the recorded events by the words of set_event', () => {
    const machine = withInstance();
    const rows = [...section(text, '== errnos').matchAll(/^> write set_event '([^']*)' a\n.*\n(.*)\n/gm)];
    expect(rows.length).toBeGreaterThan(15);
    for (const [, words = '', enabled = ''] of rows) {
      for (const clear of ['!ras:*', '!mce:*']) written(machine, `${T}/instances/r/set_event`, clear);
      written(machine, `${T}/instances/r/set_event`, words.replace(/\\n/g, '\n').replace(/\n+$/, ''), 'a');
      expect([words, read(machine, 'instances/r/set_event').trim().split('\n').join(' ')]).toEqual([words, enabled.trim()]);
    }
  });
});

function written(machine: TestMachine, path: string, words: string, how?: string): number {
  const handle = machine.vfs.open(path, O.wronly | (how === 'a' ? O.append : 0) | (how === 't' ? O.trunc : 0));
  if (handle < 0) return handle;
  try {
    return machine.vfs.write(handle, 0, UTF8.encode(words));
  } finally {
    machine.vfs.release(handle);
  }
}

describe('an instance', () => {
  const inject = (machine: TestMachine, count = 1): void => {
    for (let n = 0; n < count; n += 1) machine.write('/sys/kernel/debug/hwpoison/corrupt-pfn', '0x3000');
  };

  it('is EBUSY for rmdir(2) while a file of it is open, and gone after it', () => {
    const machine = withInstance();
    const handle = machine.vfs.open(`${T}/instances/r/trace_pipe`, O.rdonly);
    expect(machine.vfs.rmdir(`${T}/instances/r`)).toBe(-ERRNO.EBUSY);
    machine.vfs.release(handle);
    expect(machine.vfs.mkdir(`${T}/instances/r`)).toBe(-ERRNO.EEXIST);
    expect(machine.vfs.rmdir(`${T}/instances/r`)).toBe(0);
    expect(machine.vfs.getattr(`${T}/instances/r/trace`)).toBe(-ERRNO.ENOENT);
    expect(machine.vfs.getattr('/sys/kernel/debug/tracing/instances')).toMatchObject({ mode: 0o040750 });
    expect([machine.vfs.mkdir(`${T}/x`), machine.vfs.mkdir(`${T}/events/x`), machine.vfs.rmdir(`${T}/per_cpu`)]).toEqual(Array(3).fill(-ERRNO.EPERM));
  });

  it('ends with a boot: reads of it are ENODEV, and there is none', () => {
    const machine = withInstance();
    const handle = machine.vfs.open(`${T}/instances/r/per_cpu/cpu0/trace_pipe_raw`, O.rdonly);
    expect(machine.vfs.read(handle, 0, 4096)).toBe(BLOCKS);
    machine.machine.kernel.reboot();
    expect(machine.vfs.read(handle, 0, 4096)).toBe(-ERRNO.ENODEV);
    expect(machine.vfs.poll(handle)).toBe(POLL.in | POLL.rdnorm | POLL.err);
    expect(machine.vfs.readdir(`${T}/instances`)).toEqual([]);
    machine.vfs.release(handle);
    expect(machine.vfs.mkdir(`${T}/instances/r`)).toBe(0);
  });

  it('is read as text and as pages, both paths lead to it, and a filter keeps events out', () => {
    const machine = withInstance();
    written(machine, `${T}/instances/r/set_event`, 'ras:memory_failure_event');
    inject(machine);
    expect(read(machine, 'instances/r/trace')).toContain('memory_failure_event: pfn 0x3000: recovery action for');
    expect(machine.read('/sys/kernel/debug/tracing/instances/r/trace')).toBe(read(machine, 'instances/r/trace'));
    expect(written(machine, `${T}/instances/r/events/ras/memory_failure_event/filter`, 'pfn != 0x3000')).toBe(13);
    inject(machine, 3);
    expect(read(machine, 'instances/r/trace')).toContain('entries-written: 1/1 ');
    const handle = machine.vfs.open(`${T}/instances/r/trace_pipe`, O.rdonly | O.nonblock);
    expect(LATIN1.decode(machine.vfs.read(handle, 0, 4096) as Uint8Array)).toMatch(/^ +bash-117 +\[000\] \.{5} +0\.0{6}: memory_failure_event: pfn 0x3000/);
    expect(machine.vfs.read(handle, 0, 4096)).toBe(-ERRNO.EAGAIN);
    machine.vfs.release(handle);
  });
});

describe('a storm of events on 7.3', () => {
  const text = recording('tracefs-overrun.7.3.txt');

  /** An instance that traces memory failures, and a storm of 28-byte events on CPU 0. */
  function traced(): { readonly machine: TestMachine; readonly storm: (count: number) => void; readonly stats: () => string } {
    const machine = withInstance();
    written(machine, `${T}/instances/r/set_event`, 'ras:memory_failure_event');
    const { kernel } = machine.machine;
    return {
      machine,
      storm(count) {
        for (let n = 0; n < count; n += 1) {
          kernel.trace({ name: 'ras:memory_failure_event', cpu: 0, fields: { pfn: 0x30000n, type: 'MF_MSG_ALREADY_POISONED', result: 'MF_FAILED' } });
        }
      },
      stats: () => withoutTimes(read(machine, 'instances/r/per_cpu/cpu0/stats')),
    };
  }
  const withoutTimes = (stats: string): string => stats.replace(/^(?:oldest event|now) ts:.*\n/gm, '');
  const RAW = `${T}/instances/r/per_cpu/cpu0/trace_pipe_raw`;

  /** The pages that a reader gets, as the recording describes them, without times. */
  function pages(machine: TestMachine, length: number, most: number): string[] {
    const handle = machine.vfs.open(RAW, O.rdonly | O.nonblock);
    try {
      return Array.from({ length: most }, () => machine.vfs.read(handle, 0, length)).map((bytes) => (bytes instanceof Uint8Array ? described(bytes) : String(bytes)));
    } finally {
      machine.vfs.release(handle);
    }
  }

  /** `commit`, the number of events, other items, and what follows them. */
  function described(bytes: Uint8Array): string {
    if (bytes.length < 16) return `read=${bytes.length}`;
    const page = new Uint8Array(4096);
    page.set(bytes);
    const view = new DataView(page.buffer);
    const commit = view.getBigUint64(8, true);
    const size = Number(commit & 0x3fffffffn);
    const items: string[] = [];
    let events = 0;
    for (let at = 16; at < 16 + size;) {
      const word = view.getUint32(at, true);
      const type = word & 31;
      const array = view.getUint32(at + 4, true);
      if (type === 29) items.push(`pad(${word >>> 5},${array + 4})`);
      else if (type === 30) items.push('ext');
      else events += 1;
      at += type === 29 ? array + 4 : type === 30 ? 8 : 4 + 4 * type;
    }
    const behind = Buffer.from(page.subarray(16 + size)).toString('hex').replace(/(?:00)+$/, '');
    return `read=${bytes.length} commit=${commit.toString(16)} events=${events} ${items.join(' ')} behind=${behind}`;
  }

  /** The pages of a section of the recording, described in the same way. */
  function recorded(lines: string): string[] {
    return lines.split('\n').filter((line) => line.startsWith('read=')).map((line) => {
      const [, read = '', commit = '', list = '', behind = ''] = /^(read=\d+) page timestamp=\d+ commit=(\w+) events=(.*) behind=(\w*)$/.exec(line) ?? [];
      if (read === '') return line.trim().replace('read=-1 EAGAIN', String(-ERRNO.EAGAIN));
      const items = list.split(' ').filter((item) => item !== '');
      const plain = items.filter((item) => /^\d/.test(item)).reduce((sum, item) => sum + Number(/\*(\d+)$/.exec(item)?.[1] ?? 1), 0);
      const others = items.filter((item) => !/^\d/.test(item)).map((item) => (item.startsWith('ext') ? 'ext' : item));
      return `${read} commit=${commit} events=${plain} ${others.join(' ')} behind=${behind}`;
    });
  }
  const statsOf = (lines: string): string[] => [...lines.matchAll(/^entries: (?:.*\n){8}/gm)].map(([stats]) => withoutTimes(stats));

  it('overwrites the oldest page, counts what is lost, and says so in the next page', () => {
    const part = section(text, '== overwrite');
    const { machine, storm, stats } = traced();
    written(machine, `${T}/instances/r/trace_clock`, 'uptime');
    written(machine, `${T}/instances/r/buffer_size_kb`, '1');
    storm(400);
    const before = stats();
    expect(read(machine, 'instances/r/trace')).toContain(/^# entries-in.*$/m.exec(part)?.[0] ?? '?');
    expect(pages(machine, 4096, 3)).toEqual(recorded(part));
    expect([before, stats()]).toEqual(statsOf(part));
  });

  it('gives a small reader the events that fit', () => {
    const part = section(text, '== partial');
    const { machine, storm, stats } = traced();
    written(machine, `${T}/instances/r/buffer_size_kb`, '1');
    storm(5);
    const first = [...pages(machine, 60, 3), ...pages(machine, 4096, 2)];
    storm(2);
    expect([...first, ...pages(machine, 20, 1), ...pages(machine, 4096, 2)]).toEqual(recorded(part));
    expect([stats()]).toEqual(statsOf(part));
  });

  it('drops new events where the option overwrite is not set', () => {
    const part = section(text, '== nooverwrite');
    const { machine, storm, stats } = traced();
    written(machine, `${T}/instances/r/buffer_size_kb`, '1');
    written(machine, `${T}/instances/r/trace_options`, 'nooverwrite');
    storm(400);
    const counts = [stats()];
    const read = pages(machine, 4096, 3);
    counts.push(stats());
    storm(5);
    expect([...read, ...pages(machine, 4096, 2)]).toEqual(recorded(part));
    expect([...counts, stats()]).toEqual(statsOf(part));
  });

  it('writes a time extend where the last event was long ago', () => {
    const part = section(text, '== extend');
    const { machine, storm, stats } = traced();
    for (const usec of [24_135_815, 25_356_025, 25_356_739, 26_417_078]) {
      machine.clock.usec = usec;
      storm(1);
    }
    const before = stats();
    const times = (lines: string): string[] => [...lines.matchAll(/\d+\.\d{6}(?=: memory)/g)].map(([time]) => time);
    expect(times(read(machine, 'instances/r/trace'))).toEqual(times(part));
    expect(pages(machine, 4096, 1)).toEqual(recorded(part));
    expect([before, stats()]).toEqual(statsOf(part));
  });

  it('wakes a poll of a buffer that is as full as buffer_percent says', () => {
    const recordedPolls = section(text, '== watermark').trim().split('\n').map((line) => line.startsWith('poll=1'));
    const { machine, storm } = traced();
    const handle = machine.vfs.open(RAW, O.rdonly);
    const polls = (counts: readonly number[]): boolean[] => counts.map((count) => {
      storm(count);
      return (machine.vfs.poll(handle) & POLL.in) !== 0;
    });
    written(machine, `${T}/instances/r/buffer_percent`, '50');
    written(machine, `${T}/instances/r/buffer_size_kb`, '1');
    const ours = polls([144, 1, 1, 145, 1]);
    written(machine, `${T}/instances/r/buffer_size_kb`, '12');
    machine.vfs.release(machine.vfs.open(`${T}/instances/r/trace`, O.wronly | O.trunc));
    expect([...ours, ...polls([145, 1, 145, 1, 144, 1, 1, 145, 145, 145])]).toEqual(recordedPolls);
    machine.vfs.release(handle);
  });

  it('takes no more memory than the buffer', () => {
    const { machine, storm, stats } = traced();
    storm(200_000);
    expect(stats()).toMatch(/^entries: 51\d{3}\noverrun: 14\d{4}\n/);
    expect(read(machine, 'instances/r/buffer_size_kb')).toBe('1410\n');
  });

  it('of instances is refused with ENOMEM where the memory for them ends', () => {
    const machine = withInstance();
    const made = Array.from({ length: 100 }, (_, n) => machine.vfs.mkdir(`${T}/instances/i${n}`));
    expect(new Set(made)).toEqual(new Set([0, -ERRNO.ENOMEM]));
    expect(written(machine, `${T}/instances/r/buffer_size_kb`, '1000000')).toBe(-ERRNO.ENOMEM);
    expect(written(machine, `${T}/events/ras/enable`, '1')).toBe(-ERRNO.ENOMEM);
  });
});
