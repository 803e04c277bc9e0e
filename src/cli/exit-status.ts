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
