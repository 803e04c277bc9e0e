import { LOG_LEVEL } from '../../abi/log-level.ts';
import { PG } from '../../abi/page-flags.ts';
import type { Kernel } from '../kernel.ts';
import { references, type Page } from '../memory/page.ts';
import { ACTION_PAGE_TYPES, type ActionPageType } from './action-page-types.ts';
import { type MfResult, pr } from './action-result.ts';
import { deleteFromLruCache, takeOffBuddy, truncateErrorFolio } from './containment.ts';

type Action = (kernel: Kernel, page: Page, type: ActionPageType) => MfResult;

/** A state a page can be in: it matches when, of the flags of `mask`, just those of `res` are set. */
interface PageState {
  readonly mask: number;
  readonly res: number;
  readonly type: ActionPageType;
  readonly action: Action;
}

const { dirty, head, lru, mlocked, swapcache, unevictable } = PG;

/**
 * What is done to a page by the state it is in; the first row that matches, the last one matches all. Mirrors `error_states[]`, whose row of
 * reserved pages is left out: get_hwpoison_page() refuses those, and madvise(2), which does not ask it (MF_COUNT_INCREASED), is no way in here.
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
 * Finds the page's state by its flags now, or, when they no longer tell, by those it had before it was unmapped; does what the state asks for.
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

function meUnknown(kernel: Kernel, page: Page): MfResult {
  pr(kernel, LOG_LEVEL.err, page.pfn, ': Unknown page state');
  return 'MF_IGNORED';
}

/**
 * me_pagecache_clean() and me_pagecache_dirty(): the second also tells the file's owner at the next fsync(), which nothing here can see.
 * An anonymous page has nobody left but those who pinned it, and they are not asked about.
 */
function mePagecache(kernel: Kernel, page: Page, type: ActionPageType): MfResult {
  deleteFromLruCache(page);
  if (page.mapping === 'anon') return 'MF_RECOVERED';
  const result = truncateErrorFolio(kernel, page) ? 'MF_RECOVERED' : 'MF_FAILED';
  return hasExtraRefcount(kernel, page, type, page.mapping === 'shmem' ? 1 : 0) ? 'MF_FAILED' : result;
}

/** Stays in the swap cache, no longer up to date: whoever swaps it in gets a SIGBUS. */
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

/** A page of a hugetlbfs file stays in it; any other is dissolved, which somebody's pin prevents. */
function meHugePage(kernel: Kernel, page: Page, type: ActionPageType): MfResult {
  if (page.mapping === 'hugetlbfs') return hasExtraRefcount(kernel, page, type, 1) ? 'MF_FAILED' : 'MF_RECOVERED';
  if (page.pins > 0) return 'MF_FAILED';
  takeOffBuddy(page);
  return 'MF_RECOVERED';
}

/** Whether somebody else still holds the page, who is then told of. Mirrors has_extra_refcount(). */
function hasExtraRefcount(kernel: Kernel, page: Page, type: ActionPageType, expected: number): boolean {
  const users = references(page) - expected;
  if (users <= 0) return false;
  pr(kernel, LOG_LEVEL.err, page.pfn, `: ${ACTION_PAGE_TYPES[type]} still referenced by ${users} users`);
  return true;
}
