import type { ReplayEvent } from '../history/event.ts';
import type { Source } from '../line/log-line.ts';

/** An event that others may repeat. */
interface Seen {
  readonly host: string | undefined;
  readonly uptime: number | null;
  readonly source: Source;
}

/** How far apart, in seconds, the trace buffer and the kernel log may time the same failure: their clocks are not one. */
const TRACE_NEAR = 1;

/**
 * Finds events that are told of twice: two captures of one host, or the log and the trace buffer. Two are the same when page, type, result and
 * printk's time stamp are, to the microsecond, unless two hosts claim them; where one of them has no time stamp, when the host and the second
 * of the wall clock are, and the files are not. Without any time nothing can be said, and both count. The first one stands for all.
 */
export class Duplicates {
  private readonly most: number;
  private readonly byUptime = new Map<string, Seen[]>();
  private readonly bySecond = new Map<string, Seen[]>();
  private readonly byTrace = new Map<string, Seen[]>();

  /** `most`: so many keys of each kind are remembered, the latest ones. */
  constructor(most = Infinity) {
    this.most = most;
  }

  /** The event, with `duplicate_of` if it repeats one that was given before. */
  mark(event: ReplayEvent): ReplayEvent {
    const seen: Seen = { host: event.host?.split('.', 1)[0], uptime: event.uptime, source: event.source };
    const what = `${event.pfn} ${event.type} ${event.result}`;
    const keys = {
      uptime: event.uptime === null ? undefined : `${what} ${event.uptime}`,
      second: event.time === null || event.host === null ? undefined : `${what} ${seen.host} ${event.time.slice(0, 19)}`,
      trace: `${what} ${event.trace ? 'trace' : 'log'}`,
      otherTrace: `${what} ${event.trace ? 'log' : 'trace'}`,
    };
    const original =
      (keys.uptime !== undefined && this.byUptime.get(keys.uptime)?.find((each) => sameHost(each, seen))) ||
      (keys.second !== undefined && this.bySecond.get(keys.second)?.find((each) => isOtherCapture(each, seen))) ||
      this.byTrace.get(keys.otherTrace)?.find((each) => sameHost(each, seen) && isNearInTrace(each, seen));
    if (original) return { ...event, duplicate_of: original.source };
    this.remember(this.byUptime, keys.uptime, seen);
    this.remember(this.bySecond, keys.second, seen);
    this.remember(this.byTrace, keys.trace, seen);
    return event;
  }

  private remember(map: Map<string, Seen[]>, key: string | undefined, seen: Seen): void {
    if (key === undefined) return;
    const known = map.get(key);
    if (known) known.push(seen);
    else map.set(key, [seen]);
    const [oldest] = map.keys();
    if (map.size > this.most && oldest !== undefined) map.delete(oldest);
  }
}

/** A host that is not known may be any. */
function sameHost(a: Seen, b: Seen): boolean {
  return a.host === undefined || b.host === undefined || a.host === b.host;
}

/** Of two that both have printk's time stamp, that alone decides; and one file does not capture a line twice within a second. */
function isOtherCapture(a: Seen, b: Seen): boolean {
  return (a.uptime === null || b.uptime === null) && a.source.file !== b.source.file;
}

function isNearInTrace(a: Seen, b: Seen): boolean {
  return a.uptime === null || b.uptime === null || Math.abs(a.uptime - b.uptime) < TRACE_NEAR;
}
