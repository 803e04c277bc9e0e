import { closeSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Logger } from 'pino';

/** Descriptors that are open at once at most while the program's modules are loaded and its threads begin. */
const NEEDED = 64;

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

/** O_CLOEXEC of include/uapi/asm-generic/fcntl.h, as /proc/PID/fdinfo shows it. */
const O_CLOEXEC = 0o2000000;
/** What Node.js opens for itself before it runs a program. */
const OF_NODE = /^(?:anon_inode:|pipe:|\/dev\/null$)/;

interface OpenDescriptor {
  readonly descriptor: number;
  readonly target: string;
  readonly closesOnExec: boolean;
}

function openDescriptors(): OpenDescriptor[] {
  return readdirSync('/proc/self/fd').flatMap((name): OpenDescriptor[] => {
    try {
      const flags = /^flags:\t([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${name}`, 'latin1'))?.[1] ?? '0';
      return [{ descriptor: Number(name), target: readlinkSync(`/proc/self/fd/${name}`), closesOnExec: (parseInt(flags, 8) & O_CLOEXEC) !== 0 }];
    } catch {
      // The one by which the directory was read.
      return [];
    }
  }).sort((a, b) => a.descriptor - b.descriptor);
}

/**
 * Descriptors from 3 on that this process was given by the one that started it. To be called before the program opens any. Node.js marks them to be closed
 * as it does its own, so they are known by this: Node.js opens pipes in pairs, takes the lowest free number each time, and begins with an epoll.
 */
export function inheritedDescriptors(): number[] {
  let open: OpenDescriptor[];
  try {
    open = openDescriptors();
  } catch {
    return [];
  }
  const numbers = new Set(open.map(({ descriptor }) => descriptor));
  const first = open.find(({ descriptor, target }) => descriptor > 2 && target.startsWith('anon_inode:[eventpoll]'))?.descriptor ?? 3;
  let gap = 3;
  while (numbers.has(gap)) gap++;
  return open.filter(({ descriptor, target, closesOnExec }) => {
    if (descriptor < 3) return false;
    const isSingle = target.startsWith('pipe:') && open.filter((other) => other.target === target).length === 1;
    return descriptor < first || descriptor > gap || !closesOnExec || !OF_NODE.test(target) || isSingle;
  }).map(({ descriptor }) => descriptor);
}
