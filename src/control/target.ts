import { pageType } from './values.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { PageTypeName } from '../kernel/memory/page-types.ts';
import { PAGE_SIZE } from '../kernel/memory/frames.ts';
import { hex } from '../abi/printable.ts';
import type { Given } from '../language/row.ts';
import { pfn, phys } from '../language/values.ts';
import type { Part } from '../language/write.ts';

/** Which page a command means. `any` draws one from all of the machine's memory. `phys` is a physical address, as hard_offline_page takes it. */
export type Target =
  | { readonly kind: 'any' }
  | { readonly kind: 'type'; readonly type: PageTypeName }
  | { readonly kind: 'pfn'; readonly pfn: number }
  | { readonly kind: 'phys'; readonly phys: number };

export const TARGET = { type: pageType, pfn, phys };
export const ONE_TARGET = ['type', 'pfn', 'phys'] as const;

export function target({ type, pfn, phys }: { readonly [N in keyof typeof TARGET]?: Given<typeof TARGET>[N] | undefined }): Target {
  if (type !== undefined) return { kind: 'type', type };
  if (pfn !== undefined) return { kind: 'pfn', pfn };
  return phys === undefined ? { kind: 'any' } : { kind: 'phys', phys };
}

export function writeTarget(target: Target): Part {
  switch (target.kind) {
    case 'any': return undefined;
    case 'type': return `type=${target.type}`;
    case 'pfn': return `pfn=${hex(target.pfn)}`;
    case 'phys': return `phys=${hex(target.phys)}`;
  }
}

export function writeCount(count: number | undefined): Part {
  return count !== undefined && `count=${count}`;
}

/** The frame a target means. Undefined: no page of the type is left, or there is no room to keep the state of one more page. */
export function pfnOf(kernel: Kernel, target: Target): number | undefined {
  if (!kernel.memory.hasRoom()) return undefined;
  switch (target.kind) {
    case 'pfn': return target.pfn;
    case 'phys': return Math.floor(target.phys / PAGE_SIZE);
    case 'type': return kernel.memory.pick(target.type, kernel.random)?.pfn;
    case 'any': return kernel.memory.pickAny(kernel.random)?.pfn;
  }
}
