/** The negative errno of a failed system call. Anything else that was thrown is a bug, and thrown on. */
export function negativeErrno(error: unknown): number {
  if (error instanceof Error && 'errno' in error && typeof error.errno === 'number') return error.errno;
  throw error;
}
