import { spawnSync } from 'node:child_process';
import type { Filesystem } from '../../fuse/filesystem.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { hostInterfaces, interfaceReader } from './host-interfaces.ts';
import { tool } from './launcher.ts';
import { toolEnvironment } from './namespace.ts';

/** Sysctls that a namespace of CMD keeps as well, by path, with the programs that print and set what it keeps. */
const NAMES = new Map<string, NameFile>([
  ['/proc/sys/kernel/hostname', { sysctl: 'kernel.hostname', get: ['uname', '-n'], set: ['hostname', '--'] }],
  ['/proc/sys/kernel/domainname', { sysctl: 'kernel.domainname', get: ['domainname'], set: ['domainname', '--'] }],
]);

interface NameFile {
  readonly sysctl: string;
  readonly get: readonly [program: string, ...args: string[]];
  readonly set: readonly [program: string, ...args: string[]];
}

/** Directories with a directory for each network interface, and what is below them. */
const OF_INTERFACES = /^\/proc\/sys\/net\/[^/]+\/(?:conf|neigh)(?:\/|$)/;

export interface FollowingOptions {
  /** Init of the boot that runs; 0 while none does. */
  readonly init: () => number;
  /** Whether the names of CMD's UTS namespace are those of the machine. */
  readonly ownNames: boolean;
  /** Whether the machine has the network interfaces that this process and CMD see. */
  readonly hostInterfaces: boolean;
}

/**
 * The files of the machine, together with what system calls change in CMD's namespaces. sethostname(2) and setdomainname(2) use no file, so
 * opening one of the two sysctls reads the name, and writing it sets the name. A new network interface uses no file either, so each request for
 * files of interfaces reads which interfaces exist.
 */
export function following(files: Filesystem, kernel: Kernel, options: FollowingOptions): Filesystem {
  const named = options.ownNames ? withNames(files, kernel, options.init) : files;
  return options.hostInterfaces ? withInterfaces(named, kernel) : named;
}

function withNames(files: Filesystem, kernel: Kernel, initOf: () => number): Filesystem {
  const handles = new Map<number, NameFile>();
  /** Runs a program. By its path: a search through the directories of PATH, twice, takes a sixth of the time. */
  const inNamespace = (program: string, ...args: string[]): string | undefined => {
    const init = initOf();
    if (init === 0) return undefined;
    const { status, stdout } = spawnSync(tool('nsenter'), [`--target=${init}`, '--user', '--preserve-credentials', '--uts', '--', tool(program), ...args], {
      encoding: 'latin1', stdio: ['ignore', 'pipe', 'ignore'], env: toolEnvironment(), cwd: '/',
    });
    return status === 0 ? stdout : undefined;
  };
  return {
    ...files,
    open(path, flags, caller) {
      const names = NAMES.get(path);
      const name = names && inNamespace(...names.get);
      if (names !== undefined && name !== undefined) kernel.values.set(names.sysctl, name.replace(/\n$/, ''));
      const handle = files.open(path, flags, caller);
      if (handle >= 0 && names !== undefined) handles.set(handle, names);
      return handle;
    },
    write(handle, position, bytes, caller) {
      const answer = files.write(handle, position, bytes, caller);
      const names = handles.get(handle);
      if (typeof answer === 'number' && answer >= 0 && names !== undefined) inNamespace(...names.set, String(kernel.values.get(names.sysctl)));
      return answer;
    },
    release(handle) {
      handles.delete(handle);
      return files.release(handle);
    },
  };
}

function withInterfaces(files: Filesystem, kernel: Kernel): Filesystem {
  const readInterfaces = interfaceReader();
  let known = readInterfaces();
  const look = (path: string): void => {
    if (!OF_INTERFACES.test(path)) return;
    const names = readInterfaces();
    if (names === known) return;
    known = names;
    const there = hostInterfaces();
    for (const { name } of kernel.interfaces) if (!there.some((other) => other.name === name)) kernel.netInterfaces.remove(name);
    for (const each of there) if (!kernel.interfaces.some(({ name }) => name === each.name)) kernel.netInterfaces.add(each);
  };
  return {
    ...files,
    getattr(path, listed) {
      if (listed !== true) look(path);
      return files.getattr(path);
    },
    readdir(path) {
      look(path);
      return files.readdir(path);
    },
    open(path, flags, caller) {
      look(path);
      return files.open(path, flags, caller);
    },
  };
}
