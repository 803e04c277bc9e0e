/** A word that lines which matter contain and few others do, and the three bytes of it that are looked for first. */
export interface Needle {
  readonly text: string;
  /** Where in the text the three bytes begin: where they are rarest in ordinary logs. */
  readonly at: number;
}

/**
 * Every line that begins a fact contains one of these. A result line has two of them, for a mailer may have cut through one: a line of 72
 * columns is not cut twice within 30.
 */
export const NEEDLES: readonly Needle[] = [
  { text: 'emory failure', at: 4 }, // y f
  { text: 'emory Failure', at: 4 },
  { text: 'memory_failure_event', at: 4 },
  { text: 'recovery action', at: 7 },
  { text: ' recovery: ', at: 6 },
  { text: 'MCE 0x', at: 2 },
  { text: 'MCE: Killing', at: 2 },
  { text: 'npoison', at: 2 },
  { text: 'hwpoison:', at: 0 },
  { text: 'Linux version ', at: 3 },
  { text: 'Kernel panic - ', at: 6 },
  { text: 'kernel BUG at', at: 8 },
  { text: 'BUG: ', at: 1 },
  { text: 'Internal error: ', at: 7 },
  { text: 'Oops', at: 1 },
  { text: 'general protection', at: 10 },
  { text: 'Unable to handle', at: 8 },
];
