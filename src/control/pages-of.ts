import type { Extent } from '../kernel/memory/extents.ts';
import type { CommandOf } from './command.ts';

/** The pages that a command `page` says, and what it makes them; what is as by default is left out. */
export function pagesOf({ first, last, type, mapped, earlyKill, noAddress, refs }: CommandOf<'page'>): Extent {
  const shape = {
    ...(mapped && { mappers: mapped }), ...(earlyKill && { earlyKill }), ...(noAddress && { noAddress }), ...(refs > 0 && { pins: refs }),
  };
  return { first, last, type, shape };
}

/** The command that says these pages. */
export function pageCommand({ first, last, type, shape: { mappers, earlyKill = false, noAddress, pins = 0 } }: Extent): CommandOf<'page'> {
  return { kind: 'page', first, last, type, ...(mappers && { mapped: mappers }), earlyKill, ...(noAddress && { noAddress: true }), refs: pins };
}
