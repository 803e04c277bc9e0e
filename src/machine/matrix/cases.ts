import { PAGE_TYPE_NAMES, type PageTypeName } from '../../kernel/memory/page-types.ts';
import type { Race } from '../../kernel/memory-failure/races.ts';
import { type Via, VIAS } from '../../kernel/memory-failure/via.ts';

/** One row of the matrix: a page type, and a race if any. */
export interface Case {
  readonly type: PageTypeName;
  readonly race?: Race;
}

/** A page type on which each race can be lost. */
const LOST_WITH: Readonly<Record<Race, PageTypeName>> = {
  isolated: 'anon', grabbed: 'anon', allocated: 'free', taken: 'free', busy: 'anon', freed: 'anon', truncated: 'file-dirty',
};

/** The entries that the matrix can show: an error by any `via=`, or soft-offlining. */
export const MATRIX_VIAS = [...(Object.keys(VIAS) as Via[]), 'soft-offline'] as const;
export type MatrixVia = (typeof MATRIX_VIAS)[number];

/** The rows for an entry: every page type, then every race. Soft-offlining has no races. */
export function casesOf(via: MatrixVia): readonly Case[] {
  const races = Object.entries(LOST_WITH).map(([race, type]): Case => ({ type, race: race as Race }));
  return [...PAGE_TYPE_NAMES.map((type): Case => ({ type })), ...(via === 'soft-offline' ? [] : races)];
}

/** The command of the control file for a row. */
export function commandOf({ type, race }: Case, via: MatrixVia): string {
  if (via === 'soft-offline') return `soft-offline type=${type}`;
  return `inject type=${type} via=${via}${race === undefined ? '' : ` race=${race}`}`;
}
