// Tracing: the events that tracepoints of the model raise, and the buffers that record them. The folder imports abi/ and, of the kernel, cpus.ts and
// ras/trace-event.ts. Start at Tracing.record().
// event-format.ts says what an event is in binary; formats/ has the events of each kernel; ring-buffer.ts and sub-buffer.ts are the buffer of a
// CPU; trace-text.ts makes the lines of `trace`. The files are in files/sys/tracing.ts.
import { ERRNO } from '../../abi/errno.ts';
import { LIMITS } from '../../abi/limits.ts';
import type { Caller } from '../../abi/caller.ts';
import type { TraceEvent } from '../ras/trace-event.ts';
import { encodeEvent, type EventLayout, layEvents, type TraceEventFormats } from './event-format.ts';
import { PAGE_SIZE } from './sub-buffer.ts';
import { type SharedTracing, TraceArray } from './trace-array.ts';
import { TRACE_OPTIONS, type TraceOption } from './trace-options.ts';

/** The part of the kernel that tracing works with. */
export interface TracingHost {
  readonly profile: { readonly traceEvents: TraceEventFormats };
  readonly caller: Caller;
  /** Microseconds since boot. */
  uptime(): number;
  /** Grows each time that files of the tree appear or disappear. */
  treeVersion: number;
}

/** saved_cmdlines_size: names of tasks that are kept. */
export const SAVED_CMDLINES = 6552;

/** All of tracing: the main buffer, the instances, and the names of tasks. */
export class Tracing implements SharedTracing {
  readonly host: TracingHost;
  /** The events of the emulated kernel. */
  readonly layouts: readonly EventLayout[];
  readonly formats: TraceEventFormats;
  readonly options: readonly TraceOption[];
  /** The main buffer. A boot replaces it. */
  main: TraceArray;
  readonly instances = new Map<string, TraceArray>();
  /** The name of each task that an event was recorded of, by pid. */
  readonly commands = new Map<number, string>();
  readonly #byName: ReadonlyMap<string, EventLayout>;
  /** Whether any buffer records any event: most machines trace nothing. */
  #records = false;

  constructor(host: TracingHost) {
    this.host = host;
    this.formats = host.profile.traceEvents;
    this.layouts = layEvents(this.formats);
    this.#byName = new Map(this.layouts.map((layout) => [layout.name, layout]));
    const lacks = this.formats.lacksOptions ?? [];
    this.options = TRACE_OPTIONS.filter(([name]) => !lacks.includes(name));
    this.main = new TraceArray(this, false);
  }

  uptime(): number {
    return this.host.uptime();
  }

  /** A boot: no instance, nothing enabled, empty buffers. */
  boot(): void {
    for (const array of this.arrays()) array.isGone = true;
    if (this.instances.size > 0) this.host.treeVersion += 1;
    this.instances.clear();
    this.commands.clear();
    this.main = new TraceArray(this, false);
    this.#records = false;
  }

  *arrays(): Generator<TraceArray> {
    yield this.main;
    yield* this.instances.values();
  }

  /** The layout of the event that a record names by its number. */
  layoutOf(id: number): EventLayout | undefined {
    return this.layouts.find((layout) => layout.id === id);
  }

  /** Records an event in every buffer in which it is enabled. */
  record(event: TraceEvent): void {
    if (!this.#records) return;
    const layout = this.#byName.get(event.name);
    if (layout === undefined) return;
    const { pid, comm } = this.host.caller;
    let made: Uint8Array | undefined;
    const encode = (): Uint8Array => (made ??= encodeEvent(event, layout, this.formats, pid));
    for (const array of this.arrays()) array.record(layout, event.cpu, comm, encode);
    if (made !== undefined && this.main.option('record-cmd')) this.#saveCommand(pid, comm);
  }

  /** Mirrors trace_save_cmdline(): the oldest name makes room. */
  #saveCommand(pid: number, comm: string): void {
    if (pid === 0 || this.commands.get(pid) === comm) return;
    this.commands.delete(pid);
    this.commands.set(pid, comm);
    const oldest = this.commands.keys().next().value;
    if (this.commands.size > SAVED_CMDLINES && oldest !== undefined) this.commands.delete(oldest);
  }

  /** Called when an event was enabled or disabled. */
  countEnabled(): void {
    this.#records = [...this.arrays()].some(({ enabled }) => enabled.size > 0);
  }

  /** Whether the buffers may have this number of pages more: LIMITS.traceBytes. */
  reservePages(pages: number): boolean {
    const bytes = [...this.arrays()].reduce((sum, array) => sum + array.memory, 0);
    return pages <= 0 || bytes + pages * PAGE_SIZE <= LIMITS.traceBytes.most;
  }

  /** mkdir(2) in `instances`: 0 or a negative errno. Mirrors instance_mkdir(). */
  addInstance(name: string): number {
    if (this.instances.has(name)) return -ERRNO.EEXIST;
    const instance = new TraceArray(this, true);
    if (!this.reservePages(instance.memory / PAGE_SIZE)) return -ERRNO[LIMITS.traceBytes.errno];
    this.instances.set(name, instance);
    this.host.treeVersion += 1;
    return 0;
  }

  /** rmdir(2) in `instances`: 0 or a negative errno; -EBUSY while a file of it is open. Mirrors instance_rmdir(). */
  removeInstance(name: string): number {
    const instance = this.instances.get(name);
    if (instance === undefined) return -ERRNO.ENOENT;
    if (instance.references > 0) return -ERRNO.EBUSY;
    instance.isGone = true;
    this.instances.delete(name);
    this.countEnabled();
    this.host.treeVersion += 1;
    return 0;
  }
}
