import type { LogLevel } from '../abi/log-level.ts';

/** One record of the kernel's log buffer: one line, as `struct printk_info` and its text keep it. */
export interface PrintkRecord {
  readonly level: LogLevel;
  /** Who wrote it, as syslog(3) numbers facilities; 0, the kernel itself, where absent. */
  readonly facility?: number;
  /** Sequence number, from 0 at every boot. */
  readonly sequence: number;
  /** Microseconds since this boot: what the time stamp shows. */
  readonly usec: number;
  /** Microseconds on the machine's own clock, which goes on over reboots and moves with `wait`: what wall time is reckoned from. */
  readonly clockUsec: number;
  /** The line, without time stamp, level and newline. */
  readonly text: string;
  /** The text's bytes, where they are not UTF-8 and so not what `text` can say. */
  readonly bytes?: Uint8Array;
}

/** What the model asks the world to do. It does nothing itself: the daemon performs these, in order, before it answers the request. */
export type Effect =
  | { readonly kind: 'printk'; readonly record: PrintkRecord }
  | { readonly kind: 'signal'; readonly pid: number; readonly comm: string; readonly signal: 'SIGBUS' | 'SIGKILL' }
  /** Nothing to do: what became of an error in a page, in the words of the log. */
  | { readonly kind: 'memory-failure'; readonly pfn: number; readonly page: string; readonly action: string }
  | { readonly kind: 'panic'; readonly text: string }
  | { readonly kind: 'boot' };
