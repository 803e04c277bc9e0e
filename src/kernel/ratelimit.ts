/** State of one call site's rate limit. Mirrors `struct ratelimit_state` (include/linux/ratelimit_types.h). */
export interface RatelimitState {
  /** Microseconds in which at most `burst` lines are printed. */
  readonly interval: number;
  readonly burst: number;
  begin: number | undefined;
  printed: number;
  missed: number;
}

/** A fresh state; by default with DEFAULT_RATELIMIT_INTERVAL (5 s, here in µs) and DEFAULT_RATELIMIT_BURST. */
export function newRatelimit(interval = 5_000_000, burst = 10): RatelimitState {
  return { interval, burst, begin: undefined, printed: 0, missed: 0 };
}

/**
 * Whether a line may be printed now, and how many lines the interval before suppressed, which the caller prints first (`FUNCTION: N
 * callbacks suppressed`). Mirrors ___ratelimit() (lib/ratelimit.c), which reports the count with the first line of a later interval.
 */
export function ratelimit(state: RatelimitState, nowUsec: number): { allowed: boolean; suppressed: number } {
  let suppressed = 0;
  if (state.begin === undefined || nowUsec - state.begin > state.interval) {
    suppressed = state.missed;
    state.begin = nowUsec;
    state.printed = 0;
    state.missed = 0;
  }
  const allowed = state.printed < state.burst;
  if (allowed) state.printed += 1;
  else state.missed += 1;
  return { allowed, suppressed };
}
