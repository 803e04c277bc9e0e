import { type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';

/** How often a change is assumed, in milliseconds: inotify(7) does not report that a mount ended, and may be unavailable. */
const INTERVAL = 500;

/** Changes of a file and of its name. They are changes of its directory, so a file that replaces it counts too. */
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

  /** Settles at the next change, or at once if there was one since it last settled. */
  async next(): Promise<void> {
    if (!this.#changed) await new Promise<void>((resolve) => { this.#wake = resolve; });
    this.#changed = false;
  }

  close(): void {
    this.#watcher?.close();
    clearInterval(this.#timer);
  }
}

/** Watches the directory of a file. Undefined if no watch is available (fs.inotify.max_user_watches). */
function watched(path: string, tell: () => void): FSWatcher | undefined {
  try {
    return watch(dirname(path), tell).on('error', () => undefined);
  } catch {
    return undefined;
  }
}
