/** Exit statuses of exec, as env(1) has them: exec itself failed, CMD cannot be executed, CMD is not found. */
export const FAILED = 125;
export const NOT_EXECUTABLE = 126;
export const NOT_FOUND = 127;
/** The machine panicked. */
export const PANICKED = 70;
/** As shells number a death by a signal: this and its number. */
export const SIGNALLED = 128;

/** The exit statuses of failures: of what could not be done, and of bad usage. Those of exec are told from those of the command it runs. */
export function failures(args: readonly string[]): { readonly failed: number; readonly usage: number } {
  return args[0] === 'exec' ? { failed: FAILED, usage: FAILED } : { failed: 1, usage: 2 };
}

/** The command line is wrong: one line that says what is wrong and what would be right. Exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The command is done and ends with a status of its own. It has printed everything. */
export class ExitStatus extends Error {
  override readonly name = 'ExitStatus';
  readonly status: number;

  constructor(status: number) {
    super(`exit status ${status}`);
    this.status = status;
  }
}
