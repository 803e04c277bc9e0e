import { closeSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { whyNoWork } from '../abi/errno-words.ts';
import type { OperationalLog } from './operational-log.ts';

/** More descriptors are never open at once while the program loads its modules and starts its threads. */
const NEEDED = 64;

/**
 * Why the program cannot be loaded, in one line, if this process may open too few files; else undefined. Without this check Node.js would
 * fail somewhere, with an error of its own. Node.js has already raised the soft limit to the hard one.
 */
export function tooFewDescriptors(): string | undefined {
  const why = whyNoWork({ code: 'EMFILE' });
  try {
    const limit = /^Max open files +(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return Number(limit) < NEEDED ? why : undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EMFILE' ? why : undefined;
  }
}

/** How often the watch below checks, in milliseconds. */
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
 * meanwhile. What needs a descriptor fails: unmounting, reopening the log, notifying the service manager. Returns a function that ends the
 * watch.
 */
export function watchDescriptors(log: OperationalLog, open: () => number = () => openSync('/', 'r')): () => void {
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
/** The files that Node.js opens for itself before it runs a program. */
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
      // The descriptor that reads this directory.
      return [];
    }
  }).sort((a, b) => a.descriptor - b.descriptor);
}

/**
 * The descriptors from 3 on that this process inherited. Call it before the program opens any. Node.js sets O_CLOEXEC on inherited
 * descriptors too, so they are recognized in another way: Node.js opens an epoll first, then pipes in pairs, and each gets the lowest free
 * number.
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
