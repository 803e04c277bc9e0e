import type { ErrnoName } from '../abi/errno.ts';
import type { LogLevelName } from '../abi/log-level.ts';
import type { PageTypeName } from '../kernel/memory/page-type-names.ts';

/** Other names under which a page type may be asked for. Those of both kinds mean the dirty one, which loses data. */
export const PAGE_TYPE_ALIASES = {
  mlocked: 'mlocked-dirty', unevictable: 'unevictable-dirty', swapcache: 'swapcache-dirty', file: 'file-clean',
  anonymous: 'anon', buddy: 'free', hwpoison: 'poisoned', 'huge-page': 'hugetlb', 'kernel-stack': 'stack', 'page-table': 'pgtable',
  tmpfs: 'shmem', 'zero-page': 'zero',
} as const satisfies Readonly<Record<string, PageTypeName>>;

/** Other names of log levels: those of syslog(3) and of journald. */
export const LOG_LEVEL_ALIASES = {
  panic: 'emerg', error: 'err', warning: 'warn', critical: 'crit',
} as const satisfies Readonly<Record<string, LogLevelName>>;

/** Errnos that go by two names. Source: include/uapi/asm-generic/errno.h; ENOTSUP is glibc's. */
export const ERRNO_ALIASES = {
  EWOULDBLOCK: 'EAGAIN', EDEADLOCK: 'EDEADLK', ENOTSUP: 'EOPNOTSUPP',
} as const satisfies Readonly<Record<string, ErrnoName>>;
