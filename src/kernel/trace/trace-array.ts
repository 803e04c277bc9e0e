import { ERRNO } from '../../abi/errno.ts';
import { CPUS } from '../cpus.ts';
import { type FilterError, parseFilter, type Predicate } from './event-filter.ts';
import { decodeEvent, type EventLayout, type TraceEventFormats } from './event-format.ts';
import { CpuBuffer, pagesOf } from './ring-buffer.ts';
import { DATA_SIZE, MAX_EVENT_DATA, PAGE_SIZE } from './sub-buffer.ts';
import { TRACE_CLOCKS, type TraceClock } from './trace-clock.ts';
import type { TraceOption } from './trace-options.ts';

/** TRACE_BUF_SIZE_DEFAULT: bytes of a buffer per CPU. */
const DEFAULT_BYTES = 1_441_792;
/** `buffer_percent` of a new buffer. */
const DEFAULT_PERCENT = 50;
const ALL_CPUS = 2 ** CPUS - 1;

/** What the file `filter` of an event holds: what was written last, and how it was parsed. */
interface EventFilter {
  readonly text: string;
  readonly parsed: Predicate | FilterError;
}

/** What all buffers of a kernel share. */
export interface SharedTracing {
  readonly layouts: readonly EventLayout[];
  readonly formats: TraceEventFormats;
  readonly options: readonly TraceOption[];
  /** The name of each task that an event was recorded of, by pid. */
  readonly commands: ReadonlyMap<number, string>;
  /** Microseconds since boot. */
  uptime(): number;
  layoutOf(id: number): EventLayout | undefined;
  /** Called when an event was enabled or disabled. */
  countEnabled(): void;
  /** Whether the buffers may have this number of pages more. */
  reservePages(pages: number): boolean;
}

/** A buffer with its own settings: the main one, or an instance. Mirrors struct trace_array (kernel/trace/trace.h). */
export class TraceArray {
  readonly tracing: SharedTracing;
  readonly buffers: readonly CpuBuffer[];
  readonly enabled = new Set<string>();
  readonly options: Map<string, boolean>;
  /** Whether its events are recorded: tracing_on. */
  isOn = true;
  /** The CPUs that are traced: a bit for each. */
  cpumask = ALL_CPUS;
  /** Open files of it. */
  references = 0;
  /** Another boot, or rmdir(2), ended it. */
  isGone = false;
  /** The buffers have the size that was asked for. The main one is small until it is used. */
  isExpanded: boolean;
  #clock = 0;
  #clockReads = 0;
  /** How full a buffer must be for poll(2): buffer_percent. A tool that wants each event at once, as rasdaemon since 0.8, writes 0 to it. */
  percent = DEFAULT_PERCENT;
  readonly #filters = new Map<string, EventFilter>();

  constructor(tracing: SharedTracing, isInstance: boolean) {
    this.tracing = tracing;
    this.isExpanded = isInstance;
    this.options = new Map(tracing.options.map(([name, atBoot, inInstance]) => [name, isInstance ? inInstance : atBoot]));
    this.buffers = Array.from({ length: CPUS }, () => new CpuBuffer(pagesOf(isInstance ? DEFAULT_BYTES : 1)));
  }

  option(name: string): boolean {
    return this.options.get(name) ?? false;
  }

  get clock(): TraceClock {
    const clock = TRACE_CLOCKS[this.#clock];
    if (clock === undefined) throw new RangeError(`there is no trace clock ${this.#clock}`);
    return clock;
  }

  /** The time of its clock now. */
  get timestamp(): bigint {
    const now = this.clock.read(this.tracing.uptime(), this.#clockReads);
    this.#clockReads += 1;
    return now;
  }

  /** Sets the clock, which empties the buffers: 0 or -EINVAL. Mirrors tracing_set_clock(). */
  setClock(name: string): number {
    const index = TRACE_CLOCKS.findIndex((clock) => clock.name === name);
    if (index < 0) return -ERRNO.EINVAL;
    this.#clock = index;
    for (const buffer of this.buffers) buffer.reset();
    return 0;
  }

  /** Gives the main buffer its whole size. Mirrors tracing_update_buffers(). */
  expand(): number {
    if (this.isExpanded) return 0;
    const resized = this.resize(DEFAULT_BYTES);
    return resized;
  }

  /** Bytes of data that the buffer of a CPU holds. */
  bufferBytes(cpu: number): number {
    return (this.buffers[cpu]?.pages ?? 0) * DATA_SIZE;
  }

  /** kB that the buffers have when they are used. */
  get expandedKb(): number {
    return DEFAULT_BYTES / 1024;
  }

  /** Sets the size of a CPU's buffer, or of all: 0, or -ENOMEM. Mirrors ring_buffer_resize(). */
  resize(bytes: number, cpu?: number): number {
    const pages = pagesOf(bytes);
    const chosen = this.buffers.filter((_, index) => cpu === undefined || index === cpu);
    const more = chosen.reduce((sum, buffer) => sum + pages - buffer.pages, 0);
    if (!this.tracing.reservePages(more)) return -ERRNO.ENOMEM;
    for (const buffer of chosen) buffer.resize(pages);
    this.isExpanded = true;
    return 0;
  }

  /** Bytes of memory that its pages can take. */
  get memory(): number {
    return this.buffers.reduce((sum, buffer) => sum + buffer.pages * PAGE_SIZE, 0);
  }

  /** What the file `filter` of an event shows. Mirrors print_event_filter(). */
  filterText({ name }: EventLayout): string {
    const filter = this.#filters.get(name);
    if (filter === undefined) return 'none\n';
    if (typeof filter.parsed === 'function') return `${filter.text}\n`;
    return `${filter.text}\n${filter.parsed.lines}\n`;
  }

  /** Sets or clears the filter of an event: 0 or a negative errno. Mirrors apply_event_filter(). */
  setFilter(layout: EventLayout, text: string): number {
    if (text.trim() === '0') {
      this.#filters.delete(layout.name);
      return 0;
    }
    const parsed = parseFilter(text, layout);
    this.#filters.set(layout.name, { text, parsed });
    return typeof parsed === 'function' ? 0 : parsed.errno;
  }

  /**
   * Sets the filter of each event that has its fields, and clears that of the others, which then say so; with `0` it clears all. Mirrors
   * apply_subsystem_event_filter().
   */
  setSystemFilter(layouts: readonly EventLayout[], text: string): void {
    for (const layout of layouts) {
      if (this.setFilter(layout, text) === 0) continue;
      const lines = "^\nparse_error: Couldn't find or set field in one of a subsystem's events\n";
      this.#filters.set(layout.name, { text, parsed: { errno: -ERRNO.EINVAL, lines } });
    }
  }

  /** Writes the record of an event, if it is enabled and passes its filter. `encode` makes the record. */
  record(layout: EventLayout, cpu: number, comm: string, encode: () => Uint8Array): void {
    const buffer = this.buffers[cpu];
    if (!this.isOn || !this.enabled.has(layout.name) || buffer === undefined || (this.cpumask & (1 << cpu)) === 0) return;
    const record = encode();
    const filter = this.#filters.get(layout.name)?.parsed;
    if (typeof filter === 'function' && !filter({ fields: decodeEvent(record, layout), cpu, comm })) return;
    // A longer event is never written: rb_reserve_next_event() warns and returns nothing.
    if (record.length <= MAX_EVENT_DATA) buffer.write(record, this.timestamp, this.option('overwrite'));
  }

  /**
   * Enables or disables events by the words of set_event: `system:event`, `system:`, `event`, with a `!` before it to disable; 0 or -EINVAL.
   * Mirrors ftrace_set_clr_event() (kernel/trace/trace_events.c).
   */
  setEvent(words: string): number {
    const sets = !words.startsWith('!');
    const name = sets ? words : words.slice(1);
    const colon = name.indexOf(':');
    const part = (text: string): string | undefined => (text === '' || text === '*' ? undefined : text);
    const [system, event] = colon < 0 ? [undefined, undefined] : [part(name.slice(0, colon)), part(name.slice(colon + 1))];
    const chosen = this.tracing.layouts.filter((layout) => (colon < 0 ? layout.event === name || layout.system === name
      : (system ?? layout.system) === layout.system && (event ?? layout.event) === layout.event));
    for (const layout of chosen) this.enable(layout, sets);
    return chosen.length === 0 ? -ERRNO.EINVAL : 0;
  }

  enable({ name }: EventLayout, enabled: boolean): void {
    if (enabled) this.enabled.add(name);
    else this.enabled.delete(name);
    this.tracing.countEnabled();
  }

  /** Sets or clears a flag, as `NAME` or `noNAME`: 0 or -EINVAL. Mirrors trace_set_options(). */
  setOption(words: string): number {
    const word = words.trim();
    const isOff = word.startsWith('no') && !this.options.has(word);
    const name = isOff ? word.slice(2) : word;
    if (!this.options.has(name)) return -ERRNO.EINVAL;
    // The tracer nop has this flag to refuse it: nop_set_flag() (kernel/trace/trace_nop.c).
    if (name === 'test_nop_refuse') return -ERRNO.EINVAL;
    this.options.set(name, !isOff);
    return 0;
  }
}
