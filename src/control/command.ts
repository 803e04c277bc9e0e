import type { ErrnoName } from '../abi/errno.ts';
import type { LogLevel } from '../abi/log-level.ts';
import type { Race } from '../kernel/memory-failure/races.ts';
import type { Via } from '../kernel/memory-failure/via.ts';
import type { PageTypeName } from '../kernel/memory/page-type-names.ts';
import type { Process } from '../kernel/memory/processes.ts';

/** Which page a command means. `any` is one drawn from all of the machine's memory. */
export type Target =
  | { readonly kind: 'any' }
  | { readonly kind: 'type'; readonly type: PageTypeName }
  | { readonly kind: 'pfn'; readonly pfn: number }
  /** A physical address, as hard_offline_page takes it. */
  | { readonly kind: 'phys'; readonly phys: number };

/** One command of the control file, parsed. The grammar is in grammar.ts. */
export type Command =
  | { readonly kind: 'inject'; readonly target: Target; readonly count: number; readonly via: Via; readonly race?: Race }
  | { readonly kind: 'soft-offline'; readonly target: Target }
  | { readonly kind: 'unpoison'; readonly pfn: number }
  | {
      readonly kind: 'page'; readonly first: number; readonly last: number; readonly type: PageTypeName;
      /** Absent: as the type is by itself. */
      readonly mapped?: readonly Process[]; readonly earlyKill: boolean; readonly refs: number;
      /** The kernel cannot find where the processes map it. */
      readonly noAddress?: true;
    }
  | { readonly kind: 'access'; readonly pfn: number; readonly comm?: string; readonly pid?: number }
  /** `path` is absolute within the mount. `count` absent: until `reset`. */
  | { readonly kind: 'fail'; readonly path: string; readonly op: 'read' | 'write' | 'open'; readonly errno: ErrnoName; readonly count?: number }
  | { readonly kind: 'delay'; readonly path: string; readonly ms: number; readonly count?: number }
  | { readonly kind: 'log'; readonly level?: LogLevel; readonly text: string }
  | { readonly kind: 'panic'; readonly text?: string }
  | { readonly kind: 'reboot' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'keep-going' }
  | { readonly kind: 'wait'; readonly ms: number };

export type CommandOf<K extends Command['kind']> = Extract<Command, { kind: K }>;
