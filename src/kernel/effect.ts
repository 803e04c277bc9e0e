import type { LogLevel } from '../abi/log-level.ts';

/** One record of the kernel's log buffer: one line, as `struct printk_info` and its text keep it. */
export interface PrintkRecord {
  readonly level: LogLevel;
  /** Who wrote it: a facility of syslog(3). Absent: 0, the kernel itself. */
  readonly facility?: number;
  /** Sequence number, from 0 at every boot. */
  readonly sequence: number;
  /** Microseconds since this boot, as the time stamp shows them. */
  readonly usec: number;
  /** Microseconds on the clock of the machine. It continues over reboots, and `wait` moves it. Wall time is computed from it. */
  readonly clockUsec: number;
  /** The line, without time stamp, level and newline. */
  readonly text: string;
  /** The bytes of the text, if they are not UTF-8, so that `text` cannot hold them. */
  readonly bytes?: Uint8Array;
}

/** What the model asks its caller to do. The model does nothing itself: the daemon does this, in order, before it answers the request. */
export type Effect =
  | { readonly kind: 'printk'; readonly record: PrintkRecord }
  | { readonly kind: 'signal'; readonly pid: number; readonly comm: string; readonly signal: 'SIGBUS' | 'SIGKILL' }
  /** Nothing to do: how the error in a page ended, in the words of the log. */
  | { readonly kind: 'memory-failure'; readonly pfn: number; readonly page: string; readonly action: string }
  | { readonly kind: 'panic'; readonly text: string }
  | { readonly kind: 'boot' };
