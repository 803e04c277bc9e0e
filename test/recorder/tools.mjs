// The programs that a recording needs, and their Debian packages.
import { accessSync, constants, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where programs are searched: also in root's directories, which the PATH of other users may lack. */
const DIRECTORIES = [...new Set([...(process.env.PATH ?? '').split(':').filter(Boolean), '/usr/sbin', '/sbin'])];

/** The environment that programs run in. */
export const ENVIRONMENT = { ...process.env, PATH: DIRECTORIES.join(':'), LC_ALL: 'C' };

export const RECORD_TOOLS = [
  ['qemu-system-x86_64', 'qemu-system-x86'],
  ['busybox', 'busybox-static'],
  ['modprobe', 'kmod'],
  ['cpio', 'cpio'],
  ['mkfs.ext4', 'e2fsprogs'],
  ['xz', 'xz-utils'],
  ['gcc', 'gcc libc6-dev'],
];

export const FETCH_TOOLS = [
  ['apt-get', 'apt'],
  ['dpkg', 'dpkg'],
  ['depmod', 'kmod'],
];

/** The path of a program, or undefined. */
export function findTool(name) {
  return DIRECTORIES.map((directory) => join(directory, name)).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** A busybox that needs a C library cannot run where there is none. */
function isMissing(name) {
  const path = findTool(name);
  return path === undefined || (name === 'busybox' && readFileSync(path).includes('/lib64/ld-linux'));
}

/** Throws one line that names the missing programs and the command that installs them. */
export function requireTools(tools) {
  const missing = tools.filter(([name]) => isMissing(name));
  if (missing.length === 0) return;
  const names = missing.map(([name]) => (name === 'busybox' ? 'a static busybox' : name)).join(', ');
  const packages = [...new Set(missing.map(([, packageName]) => packageName))].join(' ');
  throw new Error(`missing: ${names}; install with: apt-get install --no-install-recommends ${packages}`);
}
