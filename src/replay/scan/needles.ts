/** A word that lines which matter contain and few others do, and the four bytes of it that are looked for first. */
export interface Needle {
  readonly text: string;
  /** Where in the text the four bytes begin: where they are rarest in ordinary logs. */
  readonly at: number;
}

/**
 * Every line that begins a fact contains one of these. A result line has two of them, for a mailer may have cut through one: a line of 72
 * columns is not cut twice within 30. Those of a group are looked for as one; which go together was tried out on boot logs and English text,
 * so that the letters of one and those of another do not make up words that are everywhere.
 */
export const NEEDLES: readonly (readonly Needle[])[] = [
  [{ text: 'emory failure', at: 4 }, { text: 'emory Failure', at: 4 }, { text: 'recovery action', at: 7 }], // y fa, y Fa, y ac
  [{ text: 'memory_failure_event', at: 12 }, { text: 'npoison', at: 0 }], // re_e, npoi
  [
    ...['Ign', 'Fail', 'Del', 'Rec'].flatMap((result) => [`recovery: ${result}`, `recovery:${result}`]).map((text) => ({ text, at: 7 })), // y: I, y:Ig
    { text: 'hwpoison:', at: 5 }, // son:
  ],
  [{ text: 'MCE 0x', at: 0 }, { text: 'Kernel panic - ', at: 9 }], // MCE , nic
  [{ text: 'MCE: Killing', at: 2 }, { text: 'Linux version ', at: 3 }, { text: 'Internal error: ', at: 6 }], // E: K, ux v, al e
  [{ text: 'kernel BUG at', at: 8 }, { text: '101,109,111,114,121,32,102', at: 16 }], // UG a; "emory f" as journalctl -o json writes bytes
  [{ text: 'kernel NULL pointer', at: 6 }, { text: 'general protection', at: 3 }], // NUL, eral
  [{ text: 'nable to handle', at: 7 }, { text: 'Oops', at: 0 }], // o ha, Oops
];
