/** The numbers that the main thread and the serving thread of an exec share without messages, in shared memory. */
export type RunState = Int32Array;

/** The index of each number. */
export const RUN = {
  /** Init of the running boot's pid namespace, as /proc here numbers it. 0 while no process of CMD can be running. */
  init: 0,
  /** How often the machine has panicked. */
  panics: 1,
  /** How often it may reboot and run CMD again. */
  rebootsLeft: 2,
  /** How often it did so. */
  reboots: 3,
  /** CMD's exit status, and the number of the signal that ended it. Each is -1 while there is none. */
  status: 4,
  signal: 5,
  /** Whether the report is written. */
  reported: 6,
  /** Whether the machine halted when it panicked: kernel.panic was 0. */
  halted: 7,
  /** Whether a panic printed the expected text. */
  expected: 8,
} as const;

export function newRunState(): RunState {
  const state = new Int32Array(new SharedArrayBuffer(Object.keys(RUN).length * Int32Array.BYTES_PER_ELEMENT));
  state[RUN.status] = -1;
  state[RUN.signal] = -1;
  return state;
}
