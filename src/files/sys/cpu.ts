// A file of its own, as each directory of /sys/devices/system has.
import { CPUS } from '../../kernel/cpus.ts';
import { type FileNode, shownFile } from '../../vfs/node.ts';

const PAGE_SIZE = 4096;

/** The lists of CPUs in /sys/devices/system/cpu, from which sysconf(3) counts them. Source: drivers/base/cpu.c. */
export function cpuFiles(): Record<string, FileNode> {
  const all = `0-${CPUS - 1}\n`;
  return Object.fromEntries(['online', 'possible', 'present'].map((name) => [name, shownFile(() => all, PAGE_SIZE)]));
}
