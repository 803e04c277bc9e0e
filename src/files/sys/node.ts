import { ERRNO } from '../../abi/errno.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { SIZE_UNITS } from '../../language/values.ts';
import { nodeMeminfo } from '../proc/meminfo.ts';
import { directory, type DirectoryNode, type FileNode, shownFile, symlink } from '../../vfs/node.ts';
import { withNumbered } from '../../vfs/numbered.ts';
import { nodeHugePages } from './hugepages.ts';
import { attributeFile, constantFile, lineOf, powerDirectory, SYSFS_SIZE, storedFile, ueventFile } from './sysfs-file.ts';
import { nodeVmstat, numastat } from '../proc/vmstat.ts';

const DEVICES = '/devices/system/node';
/** cpulist is a file of its own making, sized for the longest list. Source: CPULIST_FILE_MAX_BYTES (include/linux/cpumask.h), 8192 CPUs. */
const CPULIST_SIZE = 28_672;

/** /sys/devices/system/node: the machine has one. Source: drivers/base/node.c. */
export function nodesDirectory(kernel: Kernel): DirectoryNode {
  return directory({
    has_cpu: constantFile('0'),
    has_generic_initiator: constantFile(''),
    has_memory: constantFile('0'),
    has_normal_memory: constantFile('0'),
    node0: nodeDirectory(kernel),
    online: constantFile('0'),
    possible: constantFile('0'),
    power: powerDirectory(kernel, DEVICES),
    uevent: ueventFile(kernel, DEVICES, ' node'),
  });
}

function nodeDirectory(kernel: Kernel): DirectoryNode {
  const unreadable = kernel.profile.sysfs.nodeReclaim;
  const entries = {
    compact: storedFile({ mode: 0o200, store: () => 0 }),
    cpu0: symlink('../../cpu/cpu0'),
    cpu1: symlink('../../cpu/cpu1'),
    cpulist: shownFile(() => '0-1\n', CPULIST_SIZE),
    cpumap: constantFile('3'),
    distance: constantFile('10'),
    hugepages: nodeHugePages(kernel),
    meminfo: attributeFile(() => nodeMeminfo(kernel)),
    ...(kernel.profile.sysfs.failureCounters && { memory_failure: directory(memoryFailureStatFiles(kernel)) }),
    numastat: attributeFile(() => numastat(kernel)),
    power: powerDirectory(kernel, `${DEVICES}/node0`),
    ...(unreadable !== false && { reclaim: storedFile({ mode: 0o200, store: (data) => reclaim(lineOf(data), unreadable) }) }),
    subsystem: symlink('../../../../bus/node'),
    uevent: ueventFile(kernel, `${DEVICES}/node0`, 'node node0'),
    vmstat: attributeFile(() => nodeVmstat(kernel)),
    x86: directory({}),
  };
  const children = withNumbered(entries, {
    prefix: 'memory',
    has: (block) => kernel.memoryBlocks.has(block),
    numbers: () => kernel.memoryBlocks.numbers(),
    make: (block) => symlink(`../../memory/memory${block}`),
    directories: false,
  });
  return { kind: 'directory', children };
}

/** node0/memory_failure: how the failures ended. Source: mm/memory-failure.c (memory_failure_attr_group). */
function memoryFailureStatFiles(kernel: Kernel): Record<string, FileNode> {
  const names = ['total', 'ignored', 'failed', 'delayed', 'recovered'] as const;
  return Object.fromEntries(names.map((name) => [name, attributeFile(() => `${kernel.failures.stats[name]}\n`)]));
}


/**
 * Nothing can be reclaimed here: a request of less than a page succeeds, a larger one fails. Mirrors user_proactive_reclaim()
 * (mm/vmscan.c).
 */
function reclaim(request: string, unreadable: number): number {
  const [, digits, unit = ''] = /^(\d+)([kmgt]?)(?: swappiness=(?:\d+|max))*$/i.exec(request) ?? [];
  if (digits === undefined) return -unreadable;
  return Number(digits) * SIZE_UNITS[unit.toUpperCase() as keyof typeof SIZE_UNITS] < SYSFS_SIZE ? 0 : -ERRNO.EAGAIN;
}
