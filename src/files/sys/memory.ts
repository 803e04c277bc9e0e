import { ERRNO } from '../../abi/errno.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { attributeFile, choiceFile, constantFile, kstrtobool, lineOf, powerDirectory, storedFile, ueventFile } from './sysfs-file.ts';
import { kstrtoull } from '../../kernel/kstrtoull.ts';
import { inject } from '../../kernel/ras/inject.ts';
import { softOfflinePage } from '../../kernel/memory-failure/soft-offline.ts';
import { PAGE_SHIFT } from '../../kernel/memory/frames.ts';
import { directory, type DirectoryNode, type FileNode, symlink } from '../../vfs/node.ts';
import { withNumbered } from '../../vfs/numbered.ts';

const DEVICES = '/devices/system/memory';

/** The words of `state`: mhp_online_type_to_str[] (drivers/base/memory.c). */
const ONLINE_TYPES = ['offline', 'online', 'online_kernel', 'online_movable'];

/** /sys/devices/system/memory: injection by physical address, and the memory blocks. Source: drivers/base/memory.c. */
export function memoryDirectory(kernel: Kernel): DirectoryNode {
  const entries = {
    auto_online_blocks: choiceFile(kernel, `${DEVICES}/auto_online_blocks`, ONLINE_TYPES, kernel.profile.sysfs.autoOnlineBlocks),
    block_size_bytes: attributeFile(() => `${kernel.memoryBlocks.blockSize.toString(16)}\n`),
    ...(kernel.profile.sysfs.crashHotplug && { crash_hotplug: constantFile('0') }),
    hard_offline_page: injectionFile((pfn) => inject(kernel, { pfn, via: 'hard' })),
    power: powerDirectory(kernel, DEVICES),
    soft_offline_page: injectionFile((pfn) => softOfflinePage(kernel, pfn)),
    uevent: ueventFile(kernel, DEVICES, ' memory'),
  };
  const children = withNumbered(entries, {
    prefix: 'memory',
    has: (block) => kernel.memoryBlocks.has(block),
    numbers: () => kernel.memoryBlocks.numbers(),
    make: (block) => blockDirectory(kernel, block),
    directories: true,
  });
  return { kind: 'directory', children };
}

/** A physical address written to a file that only root writes. Whatever kstrtoull() refuses is EINVAL here (recorded): {hard,soft}_offline_page_store(). */
function injectionFile(act: (pfn: number) => number): FileNode {
  return storedFile({
    mode: 0o200,
    store(data) {
      const address = kstrtoull(data);
      return typeof address === 'number' ? -ERRNO.EINVAL : act(Number(address >> BigInt(PAGE_SHIFT)));
    },
  });
}

/** One memory block. */
function blockDirectory(kernel: Kernel, block: number): DirectoryNode {
  const name = `memory${block}`;
  const blocks = kernel.memoryBlocks;
  return directory({
    node0: symlink('../../node/node0'),
    online: storedFile({
      mode: 0o644,
      show: () => `${blocks.isOnline(block) ? 1 : 0}\n`,
      store(data) {
        const wanted = kstrtobool(kernel, lineOf(data));
        if (wanted === undefined) return -ERRNO.EINVAL;
        return Math.min(0, wanted ? blocks.online(block) : blocks.offline(block));
      },
    }),
    phys_device: constantFile('0'),
    phys_index: attributeFile(() => `${block.toString(16).padStart(8, '0')}\n`),
    power: powerDirectory(kernel, `${DEVICES}/${name}`),
    removable: constantFile('1'),
    state: storedFile({
      mode: 0o644,
      show: () => `${blocks.isOnline(block) ? 'online' : 'offline'}\n`,
      store(data) {
        const wanted = lineOf(data);
        if (!ONLINE_TYPES.includes(wanted)) return -ERRNO.EINVAL;
        const result = wanted === 'offline' ? blocks.offline(block) : blocks.online(block, wanted === 'online_movable');
        return result > 0 ? -ERRNO.EINVAL : result;
      },
    }),
    subsystem: symlink('../../../../bus/memory'),
    uevent: ueventFile(kernel, `${DEVICES}/${name}`, `memory ${name}`),
    valid_zones: attributeFile(() => `${blocks.validZones(block)}\n`),
  });
}
