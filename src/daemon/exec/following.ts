import { spawnSync } from 'node:child_process';
import type { Filesystem } from '../../fuse/filesystem.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { hostInterfaces, interfaceNames } from './host-interfaces.ts';
import { toolEnvironment } from './namespace.ts';

/** Sysctls that a namespace of CMD keeps as well, by path, with the programs that print and set what it keeps. */
const NAMES = {
  '/proc/sys/kernel/hostname': { sysctl: 'kernel.hostname', get: ['uname', '-n'], set: ['hostname', '--'] },
  '/proc/sys/kernel/domainname': { sysctl: 'kernel.domainname', get: ['domainname'], set: ['domainname', '--'] },
} as const;
const isName = (path: string): path is keyof typeof NAMES => Object.hasOwn(NAMES, path);

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
 * opening one of the two sysctls reads the name, and writing it sets the name. A new network interface uses no file either, so each look at
 * files of interfaces reads which interfaces exist.
 */
export function following(files: Filesystem, kernel: Kernel, options: FollowingOptions): Filesystem {
  const named = options.ownNames ? withNames(files, kernel, options.init) : files;
  return options.hostInterfaces ? withInterfaces(named, kernel) : named;
}

function withNames(files: Filesystem, kernel: Kernel, initOf: () => number): Filesystem {
  const handles = new Map<number, (typeof NAMES)[keyof typeof NAMES]>();
  const inNamespace = (...command: string[]): string | undefined => {
    const init = initOf();
    if (init === 0) return undefined;
    const { status, stdout } = spawnSync('nsenter', [`--target=${init}`, '--user', '--preserve-credentials', '--uts', '--', ...command], {
      encoding: 'latin1', stdio: ['ignore', 'pipe', 'ignore'], env: toolEnvironment(), cwd: '/',
    });
    return status === 0 ? stdout : undefined;
  };
  return {
    ...files,
    open(path, flags, caller) {
      const names = isName(path) ? NAMES[path] : undefined;
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
  let known = interfaceNames().join('/');
  const look = (path: string): void => {
    if (!OF_INTERFACES.test(path)) return;
    const names = interfaceNames().join('/');
    if (names === known) return;
    known = names;
    const there = hostInterfaces();
    for (const { name } of kernel.interfaces) if (!there.some((other) => other.name === name)) kernel.removeInterface(name);
    for (const each of there) if (!kernel.interfaces.some(({ name }) => name === each.name)) kernel.addInterface(each);
  };
  return {
    ...files,
    getattr(path) {
      look(path);
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
