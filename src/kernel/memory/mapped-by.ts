import { FrameSet } from './frame-set.ts';
import type { Frames } from './frames.ts';

/** The frames that each process maps, by pid, for when it ends. Most processes map one range, which needs no set. */
export class MappedBy {
  readonly #frames = new Map<number, Frames | FrameSet>();

  /** The ranges a process maps, in order. */
  of(pid: number): readonly Frames[] {
    const known = this.#frames.get(pid);
    if (known === undefined) return [];
    return known instanceof FrameSet ? [...known] : [known];
  }

  add(pid: number, first: number, last: number): void {
    if (this.#frames.has(pid)) this.#setOf(pid).add(first, last);
    else this.#frames.set(pid, { first, last });
  }

  remove(pid: number, first: number, last: number): void {
    const known = this.#frames.get(pid);
    if (known === undefined) return;
    const rest = known instanceof FrameSet || first > known.first || last < known.last ? this.#setOf(pid) : undefined;
    rest?.remove(first, last);
    if ((rest?.pages ?? 0) === 0) this.#frames.delete(pid);
  }

  /** The process no longer maps anything. */
  delete(pid: number): void {
    this.#frames.delete(pid);
  }

  #setOf(pid: number): FrameSet {
    const known = this.#frames.get(pid);
    if (known instanceof FrameSet) return known;
    const set = new FrameSet();
    if (known) set.add(known.first, known.last);
    this.#frames.set(pid, set);
    return set;
  }
}
