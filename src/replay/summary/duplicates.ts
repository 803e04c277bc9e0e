import type { ReplayEvent } from '../history/event.ts';
import type { Source } from '../line/log-line.ts';

/** An event that may have duplicates. */
interface Seen {
  readonly host: string | undefined;
  readonly uptime: number | null;
  readonly source: Source;
  /** How many events came before it. */
  readonly order: number;
}

/** How far apart, in seconds, the times of a failure in the trace buffer and the kernel log may be: their clocks differ. */
const TRACE_NEAR = 1;

/**
 * Finds duplicates: two captures of one host, or the log and the trace buffer. Two events are the same if page, type, result and printk's
 * time stamp are equal, to the microsecond, unless they have two hosts. If one of them has no time stamp, the host and the second of the
 * wall clock must be equal, and the files must differ. Without any time both count. The first one stands for all.
 *
 * Under each key only a few of its events are kept, and each event checks a few keys. So time is linear and memory bounded by
 * `most`. Among the kept keys no duplicate is missed. If several failures of one page in one second of the trace buffer fit, the reported
 * one may not be the first. A duplicate of an event whose key was forgotten counts again.
 */
export class Duplicates {
  readonly #byUptime: Index;
  readonly #bySecond: Index;
  readonly #byTrace: Index;
  #order = 0;

  /** `most`: how many keys of each kind are remembered, the latest ones. */
  constructor(most = Infinity) {
    this.#byUptime = new Index(most);
    this.#bySecond = new Index(most);
    this.#byTrace = new Index(most);
  }

  /** Returns the event, with `duplicate_of` if it is a duplicate of an earlier one. */
  mark(event: ReplayEvent): ReplayEvent {
    const seen: Seen = { host: event.host?.split('.', 1)[0], uptime: event.uptime, source: event.source, order: this.#order };
    this.#order += 1;
    const what = `${event.pfn} ${event.type} ${event.result}`;
    const original = this.#sameUptime(what, seen) ?? this.#otherCapture(what, event, seen) ?? this.#otherBuffer(what, event, seen);
    if (original) return { ...event, duplicate_of: original.source };
    this.#remember(what, event, seen);
    return event;
  }

  #sameUptime(what: string, seen: Seen): Seen | undefined {
    if (seen.uptime === null) return undefined;
    return earliest(hostKeys(seen.host).flatMap((host) => this.#byUptime.get(`${what} ${seen.uptime} ${host}`)));
  }

  /** If both have printk's time stamp, that alone decides. One file does not capture a line twice within a second. */
  #otherCapture(what: string, event: ReplayEvent, seen: Seen): Seen | undefined {
    const key = secondKey(what, event, seen);
    if (key === undefined) return undefined;
    return earliest(this.#bySecond.get(key).filter(({ uptime, source }) => (uptime === null || seen.uptime === null) && source.file !== seen.source.file));
  }

  #otherBuffer(what: string, event: ReplayEvent, seen: Seen): Seen | undefined {
    const { uptime } = seen;
    const bucket = bucketOf(uptime);
    const buckets = typeof bucket === 'number' ? [bucket - 1, bucket, bucket + 1, 'untimed'] : ['any'];
    const isNear = (other: Seen): boolean => uptime === null || other.uptime === null || Math.abs(other.uptime - uptime) < TRACE_NEAR;
    const other = event.trace ? 'log' : 'trace';
    return earliest(hostKeys(seen.host).flatMap((host) => buckets.flatMap((each) => this.#byTrace.get(`${what} ${other} ${host} ${each}`).filter(isNear))));
  }

  #remember(what: string, event: ReplayEvent, seen: Seen): void {
    // Of the events with one key the first is enough. Of one second also the first of another file, and the first without a time stamp. Of
    // the trace buffer also the first and the last in time: an event of a neighbouring second is near to one of these, or to none.
    if (seen.uptime !== null) for (const host of ownKeys(seen.host)) this.#byUptime.add(`${what} ${seen.uptime} ${host}`, seen, () => false);
    const second = secondKey(what, event, seen);
    if (second !== undefined) this.#bySecond.add(second, seen, isFirstOfFile);
    const kind = event.trace ? 'trace' : 'log';
    for (const host of ownKeys(seen.host)) {
      this.#byTrace.add(`${what} ${kind} ${host} ${bucketOf(seen.uptime)}`, seen, isOuter);
      this.#byTrace.add(`${what} ${kind} ${host} any`, seen, () => false);
    }
  }
}

/** Events by key: a few under each, and the latest keys. */
class Index {
  readonly #map = new Map<string, readonly Seen[]>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get(key: string): readonly Seen[] {
    return this.#map.get(key) ?? [];
  }

  /**
   * Adds an event if it is the first under its key, or if `isNeeded` beside the others. Events that are then no longer needed are dropped.
   */
  add(key: string, seen: Seen, isNeeded: (seen: Seen, known: readonly Seen[]) => boolean): void {
    const known = this.#map.get(key);
    if (!known) this.#map.set(key, [seen]);
    else if (isNeeded(seen, known)) this.#map.set(key, [...known, seen].filter((each, n, all) => n === 0 || isNeeded(each, all.filter((other) => other !== each))));
    const [oldest] = this.#map.keys();
    if (this.#map.size > this.#most && oldest !== undefined) this.#map.delete(oldest);
  }
}

/**
 * Whether fewer than two known events, with or without a time stamp as this one, are of other files. Two are enough to find another file.
 */
function isFirstOfFile(seen: Seen, known: readonly Seen[]): boolean {
  const alike = known.filter(({ uptime, order }) => order < seen.order && (seen.uptime !== null || uptime === null));
  return new Set(alike.map(({ source }) => source.file)).size < 2 && alike.every(({ source }) => source.file !== seen.source.file);
}

/** Whether it is earlier than all others, or later. */
function isOuter({ uptime }: Seen, known: readonly Seen[]): boolean {
  return uptime !== null && (known.every((each) => uptime < (each.uptime ?? uptime)) || known.every((each) => uptime > (each.uptime ?? uptime)));
}

/** The whole seconds of an uptime. */
function bucketOf(uptime: number | null): number | 'untimed' {
  return uptime === null ? 'untimed' : Math.floor(uptime / TRACE_NEAR);
}

function secondKey(what: string, { time, host }: ReplayEvent, seen: Seen): string | undefined {
  return time === null || host === null ? undefined : `${what} ${seen.host} ${time.slice(0, 19)}`;
}

/** The keys under which the events of a host are stored: its own, and that of all hosts. */
function ownKeys(host: string | undefined): readonly string[] {
  return host === undefined ? ['?'] : [`=${host}`, '*'];
}

/** The keys under which an event of a host may be found: an unknown host may be any. */
function hostKeys(host: string | undefined): readonly string[] {
  return host === undefined ? ['?', '*'] : [`=${host}`, '?'];
}

function earliest(seen: readonly Seen[]): Seen | undefined {
  return seen.reduce<Seen | undefined>((first, each) => (first === undefined || each.order < first.order ? each : first), undefined);
}
