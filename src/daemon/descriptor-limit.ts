import { closeSync, openSync, readFileSync } from 'node:fs';
import type { Logger } from 'pino';

/** Descriptors that are open at once at most while the program's modules are loaded and its threads begin. */
const NEEDED = 64;

/** What is wrong then, and what would be right. */
export const TOO_FEW_DESCRIPTORS = 'too few files may be open: allow more, ulimit -n 256';

/**
 * Whether this process may open too few files for the program to be loaded, which Node.js would tell of in its own words wherever it runs
 * out of them. Node.js raises the soft limit to the hard one before: what is read here is what there is.
 */
export function tooFewDescriptors(): boolean {
  try {
    const limit = /^Max open files +(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return Number(limit) < NEEDED;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EMFILE';
  }
}

/** How often the watch below looks, in milliseconds. */
const INTERVAL = 1000;
const NONE_LEFT: readonly string[] = ['EMFILE', 'ENFILE'];
const NO_FILES = 'no more files can be opened: the mount is served, but cannot be unmounted; allow more, prlimit --nofile';

/** Why no file can be opened now, or undefined. `open` opens a file and returns its descriptor. */
function noneLeft(open: () => number): string | undefined {
  try {
    closeSync(open());
    return undefined;
  } catch (error) {
    return NONE_LEFT.find((code) => code === (error as NodeJS.ErrnoException).code);
  }
}

/**
 * Logs once when this process, or the machine, can open no more files, and once when it can again. The files of the mount are served
 * meanwhile. What takes a descriptor fails: to unmount, to reopen the log, to notify the service manager. Returns what ends the watch.
 */
export function watchDescriptors(log: Logger, open: () => number = () => openSync('/', 'r')): () => void {
  let reported: string | undefined;
  const timer = setInterval(() => {
    const found = noneLeft(open);
    if (found === reported) return;
    if (found === undefined) log.info('files can be opened again');
    else log.error({ errno: found }, NO_FILES);
    reported = found;
  }, INTERVAL).unref();
  return () => { clearInterval(timer); };
}
