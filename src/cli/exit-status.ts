/** Exit statuses of exec, as env(1) has them: exec itself failed, CMD cannot be executed, CMD is not found. */
export const FAILED = 125;
export const NOT_EXECUTABLE = 126;
export const NOT_FOUND = 127;
/** The machine panicked. */
export const PANICKED = 70;
/** As shells number a death by a signal: this and its number. */
export const SIGNALLED = 128;
