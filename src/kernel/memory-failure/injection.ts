import type { Race } from './races.ts';
import type { Via } from './via.ts';

/** One call of memory_failure(): the frame, the entry of the error, and the race that happens during the call. */
export interface Injection {
  readonly pfn: number;
  readonly via: Via;
  readonly race?: Race;
}
