import { FUSE_INIT_FLAG, FUSE_MIN_READ_BUFFER, FUSE_VERSION } from '../../abi/fuse-protocol.ts';

const PAGE_SIZE = 4096;

/**
 * The longest write request, and the longest read: 256 pages, which is as many as Linux gives (fs.fuse.max_pages_limit). One write(2) of up
 * to this is one write here, less what the first page is short of where the tool's buffer does not begin on one.
 */
export const MAX_TRANSFER = 256 * PAGE_SIZE;

/** How long the buffer for requests has to be: a header, a `fuse_write_in`, and the longest write. */
export const REQUEST_BUFFER = Math.max(FUSE_MIN_READ_BUFFER, MAX_TRANSFER + PAGE_SIZE);

/**
 * What is asked for of what Linux offers. ATOMIC_O_TRUNC: `echo 1 > FILE` needs no SETATTR of its own. PARALLEL_DIROPS and READDIRPLUS: as ls
 * and find like it. No FUSE_ASYNC_READ, EXPORT_SUPPORT, POSIX_LOCKS and the like: Linux sees to these by itself.
 */
const WANTED = Object.values(FUSE_INIT_FLAG).reduce((all, flag) => all | flag, 0);

export interface Offer {
  readonly major: number;
  readonly minor: number;
  readonly maxReadahead: number;
  readonly flags: number;
}

/** What INIT is answered with, by the names of `fuse_init_out`. */
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
 * Answers INIT. A newer major version is answered with ours, whereupon Linux asks again; undefined for a version too old to be spoken with.
 * Linux goes by the lower of both minor versions.
 */
export function negotiate({ major, minor, maxReadahead, flags }: Offer): Terms | undefined {
  if (major < FUSE_VERSION.major || (major === FUSE_VERSION.major && minor < FUSE_VERSION.leastMinor)) return undefined;
  const agreed = { major: FUSE_VERSION.major, minor: Math.min(minor, FUSE_VERSION.minor) };
  if (major > FUSE_VERSION.major) return { ...agreed, minor: FUSE_VERSION.minor, max_readahead: 0, flags: 0, max_write: 0, max_pages: 0, time_gran: 0 };
  return {
    ...agreed, max_readahead: maxReadahead, flags: flags & WANTED, max_write: MAX_TRANSFER, max_pages: MAX_TRANSFER / PAGE_SIZE, time_gran: 1,
  };
}
