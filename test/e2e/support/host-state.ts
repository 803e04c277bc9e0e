import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { hostMounts } from './exec.ts';
import { sh } from './shell.ts';

/** Sysctls that count events, or that change at each read. */
const VOLATILE = /^\/proc\/sys\/(?:fs\/(?:aio-nr|dentry-state|file-nr|inode-nr|inode-state)|kernel\/(?:ns_last_pid|pty\/nr|random\/(?:uuid|entropy_avail))|net\/netfilter\/nf_conntrack_count)$/;
/** Of devices: values that their sleep changes, and shares of the free memory. */
const OF_DEVICES = /\/wakeup_count$|\/bdi\/[^/]*\/(?:min|max)_bytes$/;

/** Each file below a directory, on its filesystem only, that its owner may write. */
function writableBelow(directory: string, found: string[] = [], device = lstatSync(directory).dev): string[] {
  let names: string[] = [];
  try {
    names = readdirSync(directory);
  } catch {
    // It is gone, or must not be listed.
  }
  for (const name of names) {
    const path = join(directory, name);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined || stats.dev !== device) continue;
    if (stats.isDirectory()) writableBelow(path, found, device);
    else if (stats.isFile() && (stats.mode & 0o200) !== 0) found.push(path);
  }
  return found;
}

function contents(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

/**
 * What root could change on the host through files of the kernel and system calls: by path, the values of all files of /proc/sys and /sys
 * that can be written, and other values by name.
 */
export async function hostState(): Promise<ReadonlyMap<string, string>> {
  const files = ['/proc/sys', '/sys'].flatMap((directory) => writableBelow(directory)).filter((path) => !VOLATILE.test(path) && !OF_DEVICES.test(path));
  const { stdout } = await sh('domainname; dmesg | head -n 1; stat -f -c %T /sys/kernel/debug /mnt; cat /proc/cmdline /proc/mtrr /proc/swaps');
  return new Map([...files.map((path) => [path, contents(path)] as const), ['hostname', hostname()], ['mounts', await hostMounts()], ['more', stdout]]);
}

/** The names whose values differ in two states, with both values. A name in only one of them came or went with a mount or a device. */
export function differences(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...before].flatMap(([name, value]) => {
    const now = after.get(name) ?? value;
    return now === value || [now, value].includes('ENOENT') ? [] : [`${name}: ${value} -> ${now}`];
  });
}
