import { FUSE_INIT_FLAG, FUSE_MIN_READ_BUFFER, FUSE_VERSION } from '../../abi/fuse-protocol.ts';

const PAGE_SIZE = 4096;

/**
 * The longest write request, and the longest read: 256 pages, the limit of Linux (fs.fuse.max_pages_limit). A write(2) of this length is
 * one request, if the tool's buffer begins at a page.
 */
export const MAX_TRANSFER = 256 * PAGE_SIZE;

/** The length of the buffer for requests: a header, a `fuse_write_in`, and the longest write. */
export const REQUEST_BUFFER = Math.max(FUSE_MIN_READ_BUFFER, MAX_TRANSFER + PAGE_SIZE);

/**
 * The features to use of those that Linux offers. ATOMIC_O_TRUNC: `echo 1 > FILE` needs no separate SETATTR. PARALLEL_DIROPS and
 * READDIRPLUS are good for ls and find. FUSE_ASYNC_READ, EXPORT_SUPPORT, POSIX_LOCKS and the like are left to Linux.
 */
const WANTED = Object.values(FUSE_INIT_FLAG).reduce((all, flag) => all | flag, 0);

export interface Offer {
  readonly major: number;
  readonly minor: number;
  readonly maxReadahead: number;
  readonly flags: number;
}

/** The reply to INIT, by the names of `fuse_init_out`. */
export interface Terms {
  readonly major: number;
  readonly minor: number;
  readonly max_readahead: number;
  readonly flags: number;
  readonly max_write: number;
  readonly max_pages: number;
  readonly time_gran: number;
}

/**
 * Answers INIT. The answer to a newer major version is our own, and then Linux asks again. Undefined for a version that is too old. Linux
 * uses the lower of both minor versions.
 */
export function negotiate({ major, minor, maxReadahead, flags }: Offer): Terms | undefined {
  if (major < FUSE_VERSION.major || (major === FUSE_VERSION.major && minor < FUSE_VERSION.leastMinor)) return undefined;
  const agreed = { major: FUSE_VERSION.major, minor: Math.min(minor, FUSE_VERSION.minor) };
  if (major > FUSE_VERSION.major) return { ...agreed, minor: FUSE_VERSION.minor, max_readahead: 0, flags: 0, max_write: 0, max_pages: 0, time_gran: 0 };
  return {
    ...agreed, max_readahead: maxReadahead, flags: flags & WANTED, max_write: MAX_TRANSFER, max_pages: MAX_TRANSFER / PAGE_SIZE, time_gran: 1,
  };
}
