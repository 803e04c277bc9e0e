import type { Race } from './races.ts';
import type { Via } from './via.ts';

/** One call of memory_failure(): which frame, how the error came, and what happens meanwhile. */
export interface Injection {
  readonly pfn: number;
  readonly via: Via;
  readonly race?: Race;
}
