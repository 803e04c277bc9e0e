/** Exit statuses of exec, the same as of env(1): exec itself failed, CMD cannot be executed, CMD is not found. */
export const FAILED = 125;
export const NOT_EXECUTABLE = 126;
export const NOT_FOUND = 127;
/** The machine panicked. */
export const PANICKED = 70;
/** The status of a death by a signal, as in shells: this number plus that of the signal. */
export const SIGNALLED = 128;

/** The exit statuses of a failure and of bad usage. Those of exec differ from the usual ones, because CMD has exit statuses too. */
export function failures(args: readonly string[]): { readonly failed: number; readonly usage: number } {
  return args[0] === 'exec' ? { failed: FAILED, usage: FAILED } : { failed: 1, usage: 2 };
}

/** The command line is wrong: one line that says what is wrong and what would be right. Exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The command is done and has printed everything. It ends with this status. */
export class ExitStatus extends Error {
  override readonly name = 'ExitStatus';
  readonly status: number;

  constructor(status: number) {
    super(`exit status ${status}`);
    this.status = status;
  }
}
