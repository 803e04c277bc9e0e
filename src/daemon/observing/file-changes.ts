import { type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';

/** How often is looked without a change, in milliseconds: for what inotify(7) does not tell, as that a mount has gone, or where it cannot be had. */
const INTERVAL = 500;

/** Changes of a file, and of what has its name: the directory reports them, so a file that takes its place is seen too. */
export class FileChanges {
  readonly #watcher: FSWatcher | undefined;
  readonly #timer: NodeJS.Timeout;
  #changed = false;
  #wake: (() => void) | undefined;

  constructor(path: string, interval: number = INTERVAL) {
    const tell = (): void => {
      this.#changed = true;
      this.#wake?.();
    };
    this.#watcher = watched(path, tell);
    this.#timer = setInterval(tell, interval);
  }

  /** Settles at the next change, or at once when there was one since this settled last. */
  async next(): Promise<void> {
    if (!this.#changed) await new Promise<void>((resolve) => { this.#wake = resolve; });
    this.#changed = false;
  }

  close(): void {
    this.#watcher?.close();
    clearInterval(this.#timer);
  }
}

/** undefined where no watch is to be had (fs.inotify.max_user_watches). */
function watched(path: string, tell: () => void): FSWatcher | undefined {
  try {
    return watch(dirname(path), tell).on('error', () => undefined);
  } catch {
    return undefined;
  }
}
