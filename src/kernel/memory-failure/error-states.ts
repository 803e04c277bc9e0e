import { LOG_LEVEL } from '../../abi/log-level.ts';
import { PG } from '../../abi/page-flags.ts';
import type { Kernel } from '../kernel.ts';
import { references, type Page } from '../memory/page.ts';
import { ACTION_PAGE_TYPES, type ActionPageType, type MfResult } from './action-page-types.ts';
import { pr } from './action-result.ts';
import { deleteFromLruCache, takeOffBuddy, truncateErrorFolio } from './containment.ts';

type Action = (kernel: Kernel, page: Page, type: ActionPageType) => MfResult;

/** A state of a page. It matches if, of the flags in `mask`, exactly those in `res` are set. */
interface PageState {
  readonly mask: number;
  readonly res: number;
  readonly type: ActionPageType;
  readonly action: Action;
}

const { dirty, head, lru, mlocked, swapcache, unevictable } = PG;

/**
 * The action for each state of a page. The first row that matches counts; the last row matches all pages. Mirrors `error_states[]`
 * without its row of reserved pages: get_hwpoison_page() refuses those, and madvise(2), which skips it (MF_COUNT_INCREASED), is not
 * emulated.
 */
const ERROR_STATES: readonly PageState[] = [
  { mask: head, res: head, type: 'MF_MSG_HUGE', action: meHugePage },
  { mask: swapcache | dirty, res: swapcache | dirty, type: 'MF_MSG_DIRTY_SWAPCACHE', action: meSwapcacheDirty },
  { mask: swapcache | dirty, res: swapcache, type: 'MF_MSG_CLEAN_SWAPCACHE', action: meSwapcacheClean },
  { mask: mlocked | dirty, res: mlocked | dirty, type: 'MF_MSG_DIRTY_MLOCKED_LRU', action: mePagecache },
  { mask: mlocked | dirty, res: mlocked, type: 'MF_MSG_CLEAN_MLOCKED_LRU', action: mePagecache },
  { mask: unevictable | dirty, res: unevictable | dirty, type: 'MF_MSG_DIRTY_UNEVICTABLE_LRU', action: mePagecache },
  { mask: unevictable | dirty, res: unevictable, type: 'MF_MSG_CLEAN_UNEVICTABLE_LRU', action: mePagecache },
  { mask: lru | dirty, res: lru | dirty, type: 'MF_MSG_DIRTY_LRU', action: mePagecache },
  { mask: lru | dirty, res: lru, type: 'MF_MSG_CLEAN_LRU', action: mePagecache },
  { mask: 0, res: 0, type: 'MF_MSG_UNKNOWN', action: meUnknown },
];

/**
 * Finds the state of the page by its flags, or, if they match no row but the last, by the flags before it was unmapped. Runs the action.
 * Mirrors identify_page_state() and page_action().
 */
export function identifyPageState(kernel: Kernel, page: Page, savedFlags: number): { type: ActionPageType; result: MfResult } {
  let state = stateOf(page.flags);
  if (state.mask === 0) state = stateOf(savedFlags | (page.flags & dirty));
  return { type: state.type, result: state.action(kernel, page, state.type) };
}

function stateOf(flags: number): PageState {
  return ERROR_STATES.find(({ mask, res }) => (flags & mask) === res) as PageState;
}

/** Those that me_pagecache_dirty() handles. */
const DIRTY: readonly ActionPageType[] = ['MF_MSG_DIRTY_MLOCKED_LRU', 'MF_MSG_DIRTY_UNEVICTABLE_LRU', 'MF_MSG_DIRTY_LRU'];

function meUnknown(kernel: Kernel, page: Page): MfResult {
  pr(kernel, LOG_LEVEL.err, page.pfn, ': Unknown page state');
  return kernel.profile.memoryFailure.unknownState;
}

/**
 * me_pagecache_clean() and me_pagecache_dirty(). The second also reports the error at the next fsync() of the file, which is not emulated.
 * An anonymous page recovers whatever references remain.
 */
function mePagecache(kernel: Kernel, page: Page, type: ActionPageType): MfResult {
  if (DIRTY.includes(type) && kernel.profile.memoryFailure.marksError) page.flags |= PG.error;
  deleteFromLruCache(page);
  if (page.mapping === 'anon') return 'MF_RECOVERED';
  const result = truncateErrorFolio(kernel, page) ? 'MF_RECOVERED' : 'MF_FAILED';
  return hasExtraRefcount(kernel, page, type, page.mapping === 'shmem' ? 1 : 0) ? 'MF_FAILED' : result;
}

/** Stays in the swap cache, no longer up to date: a process that swaps it in gets a SIGBUS. */
function meSwapcacheDirty(kernel: Kernel, page: Page, type: ActionPageType): MfResult {
  page.flags &= ~(PG.dirty | PG.uptodate);
  deleteFromLruCache(page);
  return hasExtraRefcount(kernel, page, type, 0) ? 'MF_FAILED' : 'MF_DELAYED';
}

/** Leaves the swap cache: the copy in swap is good. */
function meSwapcacheClean(kernel: Kernel, page: Page, type: ActionPageType): MfResult {
  page.flags &= ~(PG.swapcache | PG.ownerPrivate);
  deleteFromLruCache(page);
  return hasExtraRefcount(kernel, page, type, 0) ? 'MF_FAILED' : 'MF_RECOVERED';
}

/** A page of a hugetlbfs file stays in it; any other is dissolved, unless it is pinned. */
function meHugePage(kernel: Kernel, page: Page, type: ActionPageType): MfResult {
  if (page.mapping === 'hugetlbfs') return hasExtraRefcount(kernel, page, type, 1) ? 'MF_FAILED' : 'MF_RECOVERED';
  if (page.pins > 0) return 'MF_FAILED';
  takeOffBuddy(page);
  return 'MF_RECOVERED';
}

/** Whether the page has references beyond the expected ones; prints how many. Mirrors has_extra_refcount(). */
function hasExtraRefcount(kernel: Kernel, page: Page, type: ActionPageType, expected: number): boolean {
  const users = references(page) - expected;
  if (users <= 0) return false;
  pr(kernel, LOG_LEVEL.err, page.pfn, `: ${ACTION_PAGE_TYPES[type]} still referenced by ${users} users`);
  return true;
}
