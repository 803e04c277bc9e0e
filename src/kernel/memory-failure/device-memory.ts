import { ERRNO } from '../../abi/errno.ts';
import { LOG_LEVEL } from '../../abi/log-level.ts';
import { PG } from '../../abi/page-flags.ts';
import type { Kernel } from '../kernel.ts';
import type { Page } from '../memory/page.ts';
import type { PageSection } from '../memory/page-types.ts';
import { actionResult, pr } from './action-result.ts';
import { filtered } from './filter.ts';
import type { Injection } from './injection.ts';
import { collectProcs, killProcs } from './kill-procs.ts';

/** memory_failure() for a frame that is no ordinary online page, by its section. */
export const NOT_ONLINE_HANDLERS: Readonly<Record<Exclude<PageSection, 'online'>, (kernel: Kernel, page: Page, injection: Injection) => number>> = {
  /** Mirrors memory_failure_dev_pagemap() and mf_generic_kill_procs(): no other frame can take its place, so its users are killed. */
  device(kernel, page, injection) {
    if (filtered(kernel, page)) return -ERRNO.EOPNOTSUPP;
    page.flags |= PG.hwpoison;
    killProcs(kernel, page, collectProcs(kernel, page));
    poisonEntries(page);
    return actionResult(kernel, injection, 'MF_MSG_DAX', 'MF_RECOVERED');
  },
  /** Mirrors the end of memory_failure()'s first block. */
  offline(kernel, page) {
    pr(kernel, LOG_LEVEL.err, page.pfn, ': memory outside kernel control');
    return -ERRNO.ENXIO;
  },
  /** Mirrors memory_failure_pfn(): recovered if a driver registered who maps the frame. */
  absent(kernel, page, injection) {
    if (page.mappers.length === 0) return actionResult(kernel, injection, 'MF_MSG_PFN_MAP', 'MF_IGNORED');
    killProcs(kernel, page, collectProcs(kernel, page));
    poisonEntries(page);
    return actionResult(kernel, injection, 'MF_MSG_PFN_MAP', 'MF_RECOVERED');
  },
};

function poisonEntries(page: Page): void {
  for (const mapper of page.mappers) mapper.poisoned = true;
}
