import type { ErrnoName } from './errno.ts';

/** A bound on what is kept, and what is answered beyond it. */
interface Limit {
  readonly most: number;
  readonly errno: ErrnoName;
}

/**
 * What is kept of what is written, opened and read at most, so that no client can have the daemon run out of memory: some hundreds of megabytes
 * with every one of them reached. A real kernel has the memory of a machine for each; the errnos are those it answers with when that is used up.
 */
export const LIMITS = {
  /** Open files. Linux: fs.file-max. */
  openFiles: { most: 2 ** 18, errno: 'ENFILE' },
  /** Bytes of texts that open files have begun to read, and of lines they have begun to write. */
  textBytes: { most: 2 ** 27, errno: 'ENOMEM' },
  /** Pages that are told apart from those around them, each by itself or a range of them, with every process that maps them. */
  pages: { most: 2 ** 20, errno: 'ENOMEM' },
  /** `fail` and `delay` of the control file that are in force. */
  rules: { most: 2 ** 12, errno: 'ENOSPC' },
  /** Injections that one write to the control file asks for. */
  injections: { most: 1_000_000, errno: 'E2BIG' },
  /** Microseconds on the machine's clock: what a number is exact to, 285 years. */
  clock: { most: Number.MAX_SAFE_INTEGER, errno: 'EOVERFLOW' },
} as const satisfies Record<string, Limit>;

/** Bytes of answers that `delay` holds back at a time: what has no room among them is answered at once. */
export const HELD_BYTES = 2 ** 26;
