// Apart from ctl-table.ts: a value for rows of every table, not a part of what a row is.
/** Bounds that many rows share: SYSCTL_ZERO and SYSCTL_ONE. */
export const ZERO_OR_ONE = { extra1: 0n, extra2: 1n } as const;
