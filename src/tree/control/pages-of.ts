import type { Extent } from '../../kernel/memory/extents.ts';
import type { CommandOf } from './command.ts';

/** The pages that a command `page` says, and what it makes them; what is as by default is left out. */
export function pagesOf({ first, last, type, mapped, earlyKill, refs }: CommandOf<'page'>): Extent {
  return { first, last, type, shape: { ...(mapped && { mappers: mapped }), ...(earlyKill && { earlyKill }), ...(refs > 0 && { pins: refs }) } };
}

/** The command that says these pages. */
export function pageCommand({ first, last, type, shape: { mappers, earlyKill = false, pins = 0 } }: Extent): CommandOf<'page'> {
  return { kind: 'page', first, last, type, ...(mappers && { mapped: mappers }), earlyKill, refs: pins };
}
