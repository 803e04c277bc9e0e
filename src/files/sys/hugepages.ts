import { ERRNO } from '../../abi/errno.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { kstrtoull, U64_MAX } from '../../kernel/kstrtoull.ts';
import { census } from '../../kernel/memory/census.ts';
import { settleHugePages } from '../../kernel/sysctl/memory-sizes.ts';
import { isOlder } from '../../kernel/version.ts';
import { directory, type DirectoryNode, type FileNode } from '../../vfs/node.ts';
import { attributeFile, constantFile, lineOf, numberFile, storedFile } from './sysfs-file.ts';

const OVERCOMMIT = 'vm.nr_overcommit_hugepages';
const PATH = '/kernel/mm/hugepages';

/** /sys/kernel/mm/hugepages: the pools of huge pages, by size. Source: mm/hugetlb_sysfs.c. */
export function hugePagesDirectory(kernel: Kernel): DirectoryNode {
  return directory({
    'hugepages-1048576kB': directory({
      ...giganticPages(),
      nr_hugepages_mempolicy: noGiganticPages(),
      nr_overcommit_hugepages: giganticOvercommit(kernel),
      resv_hugepages: constantFile('0'),
    }),
    'hugepages-2048kB': directory({
      ...hugePages(kernel),
      nr_hugepages_mempolicy: nrHugePages(kernel),
      nr_overcommit_hugepages: nrOvercommit(kernel),
      resv_hugepages: constantFile('0'),
    }),
  });
}

/** Before 7.2 no number is taken. Mirrors nr_overcommit_hugepages_store() (mm/hugetlb.c). */
function giganticOvercommit(kernel: Kernel): FileNode {
  if (isOlder(kernel.profile.version, '7.2')) return storedFile({ mode: 0o644, show: () => '0\n', store: () => -ERRNO.EINVAL });
  return numberFile(kernel, `${PATH}/hugepages-1048576kB/nr_overcommit_hugepages`, 0, UNSIGNED_LONG);
}

const UNSIGNED_LONG = { base: 10, most: U64_MAX, overflow: 'ERANGE' } as const;

/** /sys/devices/system/node/node0/hugepages: the same pools, as far as they are on the node. */
export function nodeHugePages(kernel: Kernel): DirectoryNode {
  return directory({ 'hugepages-1048576kB': directory(giganticPages()), 'hugepages-2048kB': directory(hugePages(kernel)) });
}

/** Huge pages of 2 MiB: the sysctl by another name. */
function hugePages(kernel: Kernel): Record<string, FileNode> {
  const counts = (): ReturnType<typeof kernel.hugetlbPool.counts> => kernel.hugetlbPool.counts(census(kernel.memory));
  return {
    free_hugepages: attributeFile(() => `${counts().free}\n`),
    nr_hugepages: nrHugePages(kernel),
    surplus_hugepages: attributeFile(() => `${counts().surplus}\n`),
  };
}

function nrHugePages(kernel: Kernel): FileNode {
  return storedFile({
    mode: 0o644,
    show: () => `${kernel.hugetlbPool.counts(census(kernel.memory)).total}\n`,
    store(data) {
      const wanted = kstrtoull(data, 10);
      if (typeof wanted === 'number') return wanted;
      const settled = settleHugePages(kernel, wanted, BigInt(kernel.hugetlbPool.persistent));
      kernel.hugetlbPool.setPersistent(Number(settled));
      return 0;
    },
  });
}

function nrOvercommit(kernel: Kernel): FileNode {
  return storedFile({
    mode: 0o644,
    show: () => `${String(kernel.values.get(OVERCOMMIT) ?? 0)}\n`,
    store(data) {
      const wanted = kstrtoull(data, 10);
      if (typeof wanted === 'number') return wanted;
      kernel.values.set(OVERCOMMIT, [wanted]);
      return 0;
    },
  });
}

/** A number of huge pages of 1 GiB: a write of any number succeeds, and none is allocated. */
function number(data: Uint8Array): number {
  const wanted = kstrtoull(data, 10);
  return typeof wanted === 'number' ? wanted : 0;
}

function noGiganticPages(): FileNode {
  return storedFile({ mode: 0o644, show: () => '0\n', store: number });
}

function giganticPages(): Record<string, FileNode> {
  return {
    demote: storedFile({ mode: 0o200, store: number }),
    demote_size: storedFile({
      mode: 0o644,
      show: () => '2048kB\n',
      store: (data) => (/^(?:2m|2048k|2097152)/i.test(lineOf(data)) ? 0 : -ERRNO.EINVAL),
    }),
    free_hugepages: constantFile('0'),
    nr_hugepages: noGiganticPages(),
    surplus_hugepages: constantFile('0'),
  };
}
