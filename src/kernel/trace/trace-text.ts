import { CPUS } from '../cpus.ts';
import { decodeEvent, recordHead } from './event-format.ts';
import { eventText } from './event-text.ts';
import type { PageEvent } from './sub-buffer.ts';
import type { TraceArray } from './trace-array.ts';

const USEC_PER_SEC = 1_000_000n;

/** The names of the columns. Mirrors print_func_help_header_irq() and print_func_help_header() (kernel/trace/trace.c). */
const COLUMNS = {
  'irq-info': [
    '#                                _-----=> irqs-off/BH-disabled',
    '#                               / _----=> need-resched',
    '#                              | / _---=> hardirq/softirq',
    '#                              || / _--=> preempt-depth',
    '#                              ||| / _-=> migrate-disable',
    '#                              |||| /     delay',
    '#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION',
    '#              | |         |   |||||     |         |',
  ],
  none: [
    '#           TASK-PID     CPU#     TIMESTAMP  FUNCTION',
    '#              | |         |         |         |',
  ],
} as const;
/** The flags of an event: no interrupt is off, nothing is to be scheduled. Mirrors trace_print_lat_fmt(). */
const LATENCY = '.....';

/** Seconds and microseconds of a time in nanoseconds, in a column of that width. */
function seconds(nanoseconds: bigint): string {
  const usec = nanoseconds / 1000n;
  return `${String(usec / USEC_PER_SEC).padStart(5)}.${String(usec % USEC_PER_SEC).padStart(6, '0')}`;
}

/** A time as the statistics of a buffer show it. */
function statisticsTime({ clock }: TraceArray, time: bigint): string {
  return clock.inNanoseconds ? seconds(time) : String(time);
}

/** The name of a task. Mirrors trace_find_cmdline() (kernel/trace/trace_sched_switch.c). */
function commandOf({ tracing }: TraceArray, pid: number): string {
  if (pid === 0) return '<idle>';
  return pid < 0 ? '<XXX>' : tracing.commands.get(pid) ?? '<...>';
}

/** The lines of an event that was recorded on a CPU, with a newline. Mirrors print_trace_fmt(). */
export function eventLine(array: TraceArray, cpu: number, { timestamp, data }: PageEvent): string {
  const { id, pid } = recordHead(data);
  const layout = array.tracing.layoutOf(id);
  if (layout === undefined) return `Unknown type ${id}\n`;
  const task = `${commandOf(array, pid).padStart(16)}-${String(pid).padEnd(7)} [${String(cpu).padStart(3, '0')}] `;
  const time = array.clock.inNanoseconds ? ` ${seconds(timestamp)}` : ` ${String(timestamp).padStart(12)}`;
  const context = array.option('context-info') ? `${task}${array.option('irq-info') ? LATENCY : ''}${time}: ` : '';
  return `${context}${layout.event}: ${eventText(layout, decodeEvent(data, layout), array.tracing.formats)}\n`;
}

/** Every event of the CPUs, in the order of time. */
function* merged(array: TraceArray, cpus: readonly number[]): Generator<readonly [cpu: number, event: PageEvent]> {
  const streams = cpus.map((cpu) => ({ cpu, events: array.buffers[cpu]?.events() })).map(({ cpu, events }) => ({ cpu, events, next: events?.next().value }));
  for (;;) {
    const first = streams.reduce<(typeof streams)[number] | undefined>(
      (best, stream) => (stream.next && (best?.next === undefined || stream.next.timestamp < best.next.timestamp) ? stream : best), undefined);
    if (first?.next === undefined) return;
    yield [first.cpu, first.next];
    first.next = first.events?.next().value;
  }
}

/** The file `trace`, of all CPUs or of one. Mirrors s_show() with the tracer nop. */
export function traceText(array: TraceArray, cpu?: number): string {
  const cpus = cpu === undefined ? [...array.buffers.keys()] : [cpu];
  const buffers = array.buffers.filter((_, index) => cpus.includes(index));
  const entries = buffers.reduce((sum, buffer) => sum + buffer.entries, 0);
  const overrun = buffers.reduce((sum, buffer) => sum + buffer.overrun, 0);
  const header = !array.option('context-info') ? [] : [
    `# entries-in-buffer/entries-written: ${entries}/${entries + overrun}   #P:${CPUS}`, '#', ...COLUMNS[array.option('irq-info') ? 'irq-info' : 'none'],
  ];
  // Only where events were lost do the lines say where the buffer of each CPU begins: TRACE_FILE_ANNOTATE.
  const annotates = array.option('annotate') && array.buffers.some((buffer) => buffer.overrun > 0);
  const started = new Set<number>();
  const lines: string[] = [];
  for (const [of, event] of merged(array, cpus)) {
    if (annotates && !started.has(of) && lines.length > 0) lines.push(`##### CPU ${of} buffer started ####\n`);
    started.add(of);
    lines.push(eventLine(array, of, event));
  }
  return `# tracer: nop\n#\n${header.map((line) => `${line}\n`).join('')}${lines.join('')}`;
}

/** Takes the next event of the CPUs: its lines; undefined if there is none. Mirrors trace_find_next_entry_inc() and print_trace_line(). */
export function takeLine(array: TraceArray, cpus: readonly number[]): string | undefined {
  const heads = cpus.map((cpu) => ({ cpu, buffer: array.buffers[cpu], head: array.buffers[cpu]?.peek() })).filter(({ head }) => head !== undefined);
  const first = heads.reduce<(typeof heads)[number] | undefined>(
    (best, each) => (best?.head === undefined || (each.head?.event.timestamp ?? 0n) < best.head.event.timestamp ? each : best), undefined);
  if (first?.head === undefined) return undefined;
  const lost = first.head.lost > 0 ? `CPU:${first.cpu} [LOST ${first.head.lost} EVENTS]\n` : '';
  const line = eventLine(array, first.cpu, first.head.event);
  first.buffer?.consume();
  return `${lost}${line}`;
}

/** The file `stats` of a CPU. Mirrors tracing_stats_read(). */
export function statsText(array: TraceArray, cpu: number): string {
  const buffer = array.buffers[cpu];
  if (buffer === undefined) return '';
  return [
    `entries: ${buffer.entries}`, `overrun: ${buffer.overrun}`, 'commit overrun: 0', `bytes: ${buffer.bytes}`,
    `oldest event ts: ${statisticsTime(array, buffer.oldest)}`, `now ts: ${statisticsTime(array, array.timestamp)}`,
    `dropped events: ${buffer.dropped}`, `read events: ${buffer.read}`, '',
  ].join('\n');
}
