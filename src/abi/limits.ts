import type { ErrnoName } from './errno.ts';

/** A limit, and the errno beyond it. */
interface Limit {
  readonly most: number;
  readonly errno: ErrnoName;
}

/**
 * Limits on stored state, so that no client can exhaust the memory of the daemon: some hundreds of megabytes if all of them are reached.
 * A real kernel is limited by the memory of its machine; the errnos are those of a kernel whose memory is used up.
 */
export const LIMITS = {
  /** Open files. Linux: fs.file-max. */
  openFiles: { most: 2 ** 18, errno: 'ENFILE' },
  /** Bytes of texts that open files have begun to read, and of lines they have begun to write. */
  textBytes: { most: 2 ** 27, errno: 'ENOMEM' },
  /** Pages, or ranges of equal pages, that differ from those around them; each process that maps them counts too. */
  pages: { most: 2 ** 20, errno: 'ENOMEM' },
  /** Rules in force: `fail` and `delay` of the control file. */
  rules: { most: 2 ** 12, errno: 'ENOSPC' },
  /** Injections in one write to the control file. */
  injections: { most: 1_000_000, errno: 'E2BIG' },
  /** Bytes of the buffers of tracefs: the main one and those of its instances. */
  traceBytes: { most: 2 ** 27, errno: 'ENOMEM' },
  /** Microseconds on the machine's clock, 285 years: beyond that a number is not exact. */
  clock: { most: Number.MAX_SAFE_INTEGER, errno: 'EOVERFLOW' },
} as const satisfies Record<string, Limit>;

/** Bytes of replies that `delay` holds back at a time. A reply that does not fit is sent at once. */
export const HELD_BYTES = 2 ** 26;
