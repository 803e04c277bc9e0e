import type { Kernel } from '../../kernel/kernel.ts';
import { census } from '../../kernel/memory/census.ts';

/** Of one cache: see SLAB_CACHES. */
type SlabCacheRow = readonly [size: number, objects: number, pages: number, slabs?: number, active?: number];

/**
 * The slab caches of the recorded machine, in their order, by name: bytes of an object, objects of a slab, pages of a slab, slabs, and objects
 * in use. What is left out at the end is 0.
 */
const SLAB_CACHES: Readonly<Record<string, SlabCacheRow>> = {
  ext4_fc_dentry_update: [104, 39, 1], ext4_inode_cache: [1048, 15, 4], ext4_allocation_context: [168, 24, 1],
  ext4_prealloc_space: [112, 36, 1], ext4_io_end_vec: [32, 128, 1], ext4_io_end: [64, 64, 1], ext4_verity_work: [48, 85, 1, 3, 180],
  extent_status: [40, 102, 1], jbd2_transaction_s: [192, 21, 1], jbd2_journal_handle: [56, 73, 1], jbd2_journal_head: [120, 34, 1],
  jbd2_revoke_table_s: [16, 256, 1], jbd2_revoke_record_s: [32, 128, 1], 'bio-136': [192, 21, 1, 3, 60], fsverity_info: [336, 12, 1],
  fscrypt_inode_info: [128, 32, 1], MPTCPv6: [2176, 15, 8], request_sock_subflow_v6: [400, 20, 2], 'ip6-frags': [184, 22, 1],
  ip6_dst_cache: [256, 16, 1], PINGv6: [1408, 23, 8], RAWv6: [1408, 23, 8, 1, 12], UDPv6: [1472, 22, 8], tw_sock_TCPv6: [272, 15, 1],
  request_sock_TCPv6: [328, 12, 1], TCPv6: [2560, 12, 8], io_kiocb: [256, 16, 1], mqueue_inode_cache: [896, 18, 4, 2, 28],
  fuse_request: [176, 23, 1], fuse_inode: [832, 19, 4], kioctx: [576, 14, 2], aio_inode_cache: [584, 14, 2, 2, 28],
  fanotify_perm_event: [112, 36, 1], dio: [640, 12, 2], userfaultfd_ctx_cache: [192, 21, 1], zs_handle: [8, 512, 1],
  pid_namespace: [640, 12, 2], 'ip4-frags': [200, 20, 1], MPTCP: [2048, 16, 8], request_sock_subflow_v4: [400, 20, 2],
  xfrm_dst: [320, 12, 1], xfrm_state: [832, 19, 4], ip_fib_trie: [48, 85, 1], ip_fib_alias: [56, 73, 1], PING: [1088, 15, 4],
  RAW: [1216, 13, 4, 1, 12], UDP: [1344, 12, 4, 1, 12], tw_sock_TCP: [272, 15, 1], request_sock_TCP: [328, 12, 1], TCP: [2432, 13, 8],
  hugetlbfs_inode_cache: [584, 14, 2, 2, 28], dquot: [256, 16, 1], 'bio-288': [320, 12, 1, 7, 84], 'bio-264': [320, 12, 1, 3, 28],
  ep_head: [24, 170, 1], eventpoll_epi: [128, 32, 1], bpf_fs_inode_cache: [592, 13, 2], dax_cache: [768, 21, 4, 2, 28],
  request_queue: [936, 17, 4, 2, 28], 'bio-200': [256, 16, 1, 4, 56], 'biovec-max': [4096, 8, 8, 10, 80],
  'biovec-128': [2048, 16, 8, 1, 12], 'biovec-16': [256, 16, 1, 2, 28], 'msg_msg-8k': [8192, 4, 8], 'msg_msg-4k': [4096, 8, 8],
  'msg_msg-2k': [2048, 16, 8], 'msg_msg-1k': [1024, 16, 4], 'msg_msg-512': [512, 16, 2], 'msg_msg-256': [256, 16, 1],
  'msg_msg-128': [128, 32, 1], 'msg_msg-64': [64, 64, 1], 'msg_msg-32': [32, 128, 1], 'msg_msg-16': [16, 256, 1],
  'msg_msg-8': [8, 512, 1], 'msg_msg-192': [192, 21, 1], 'msg_msg-96': [96, 42, 1], 'memdup_user-8k': [8192, 4, 8],
  'memdup_user-4k': [4096, 8, 8], 'memdup_user-2k': [2048, 16, 8], 'memdup_user-1k': [1024, 16, 4], 'memdup_user-512': [512, 16, 2],
  'memdup_user-256': [256, 16, 1], 'memdup_user-128': [128, 32, 1], 'memdup_user-64': [64, 64, 1], 'memdup_user-32': [32, 128, 1],
  'memdup_user-16': [16, 256, 1, 1, 60], 'memdup_user-8': [8, 512, 1, 1, 120], 'memdup_user-192': [192, 21, 1],
  'memdup_user-96': [96, 42, 1], user_namespace: [960, 17, 4], uid_cache: [128, 32, 1, 2, 60], iommu_iova_magazine: [1024, 16, 4, 1, 12],
  'dmaengine-unmap-256': [2112, 15, 8, 1, 12], 'dmaengine-unmap-128': [1088, 15, 4, 1, 12], 'dmaengine-unmap-2': [64, 64, 1, 1, 60],
  sock_inode_cache: [832, 19, 4, 3, 56], skbuff_small_head: [704, 23, 4, 3, 56], skbuff_head_cache: [256, 16, 1, 4, 59],
  tracefs_inode_cache: [600, 13, 2, 11, 140], debugfs_inode_cache: [584, 14, 2, 20, 280], file_lease_cache: [160, 25, 1],
  file_lock_cache: [192, 21, 1, 3, 60], fsnotify_inode_mark_connector: [40, 102, 1, 2, 180], fsnotify_mark_connector: [24, 170, 1],
  buffer_head: [96, 42, 1, 2, 60], task_delay_info: [368, 22, 2], taskstats: [688, 23, 4], mem_cgroup_per_node: [1984, 16, 8, 1, 12],
  mem_cgroup: [1600, 20, 8, 1, 12], pidfs_attr_cache: [64, 64, 1], proc_dir_entry: [192, 21, 1, 20, 420],
  pde_opener: [40, 102, 1, 1, 60], proc_inode_cache: [640, 12, 2, 5, 56], seq_file: [112, 36, 1, 4, 120], sigqueue: [80, 51, 1, 3, 120],
  bdev_cache: [1600, 20, 8, 2, 24], shmem_inode_cache: [696, 23, 4, 19, 420], kernfs_node_cache: [136, 30, 1, 470, 14100],
  mnt_cache: [384, 21, 2, 3, 56], bfilp: [256, 16, 1], filp: [192, 21, 1, 6, 120], inode_cache: [568, 14, 2, 12, 168],
  dentry: [192, 21, 1, 46, 960], names_cache: [192, 21, 1, 6, 120], net_namespace: [5056, 6, 8], ima_iint_cache: [96, 42, 1],
  lsm_inode_cache: [88, 46, 1, 23, 1020], key_jar: [256, 16, 1, 4, 56], uts_namespace: [768, 21, 4], nsproxy: [72, 56, 1, 2, 60],
  vm_area_struct: [192, 21, 1, 9, 180], files_cache: [704, 23, 4, 2, 28], task_exec_state: [32, 128, 1, 1, 120],
  signal_cache: [1152, 14, 4, 7, 96], sighand_cache: [2112, 15, 8, 7, 96], task_struct: [9024, 3, 8, 28, 84],
  anon_vma_chain: [64, 64, 1, 3, 180], anon_vma: [96, 42, 1, 3, 120], pid: [192, 21, 1, 12, 240], 'Acpi-State': [80, 51, 1, 5, 240],
  shared_policy_node: [48, 85, 1, 5, 360], numa_policy: [288, 14, 1, 2, 28], perf_event: [1320, 12, 4, 1, 12],
  trace_event_file: [96, 42, 1, 43, 1800], ftrace_event_field: [56, 73, 1, 71, 5179], pool_workqueue: [512, 16, 2, 11, 168],
  radix_tree_node: [584, 14, 2, 26, 364], task_group: [768, 21, 4], maple_node: [256, 16, 1, 19, 300], mm_struct: [1792, 18, 8, 2, 24],
  vmap_area: [72, 56, 1, 34, 1891], kmalloc_buckets: [112, 36, 1, 2, 60], 'kmalloc-cg-8k': [8192, 4, 8, 1, 4],
  'kmalloc-cg-4k': [4096, 8, 8, 3, 24], 'kmalloc-cg-2k': [2048, 16, 8, 2, 24], 'kmalloc-cg-1k': [1024, 16, 4, 2, 24],
  'kmalloc-cg-512': [512, 16, 2, 4, 56], 'kmalloc-cg-256': [256, 16, 1, 4, 56], 'kmalloc-cg-128': [128, 32, 1, 4, 120],
  'kmalloc-cg-64': [64, 64, 1, 2, 120], 'kmalloc-cg-32': [32, 128, 1, 2, 180], 'kmalloc-cg-16': [16, 256, 1, 1, 120],
  'kmalloc-cg-8': [8, 512, 1, 1, 120], 'kmalloc-cg-192': [192, 21, 1, 6, 120], 'kmalloc-cg-96': [96, 42, 1, 3, 120],
  'dma-kmalloc-8k': [8192, 4, 8], 'dma-kmalloc-4k': [4096, 8, 8], 'dma-kmalloc-2k': [2048, 16, 8], 'dma-kmalloc-1k': [1024, 16, 4],
  'dma-kmalloc-512': [512, 16, 2], 'dma-kmalloc-256': [256, 16, 1], 'dma-kmalloc-128': [128, 32, 1], 'dma-kmalloc-64': [64, 64, 1],
  'dma-kmalloc-32': [32, 128, 1], 'dma-kmalloc-16': [16, 256, 1], 'dma-kmalloc-8': [8, 512, 1], 'dma-kmalloc-192': [192, 21, 1],
  'dma-kmalloc-96': [96, 42, 1], 'kmalloc-rcl-8k': [8192, 4, 8], 'kmalloc-rcl-4k': [4096, 8, 8], 'kmalloc-rcl-2k': [2048, 16, 8],
  'kmalloc-rcl-1k': [1024, 16, 4], 'kmalloc-rcl-512': [512, 16, 2], 'kmalloc-rcl-256': [256, 16, 1], 'kmalloc-rcl-128': [128, 32, 1],
  'kmalloc-rcl-64': [64, 64, 1], 'kmalloc-rcl-32': [32, 128, 1], 'kmalloc-rcl-16': [16, 256, 1], 'kmalloc-rcl-8': [8, 512, 1],
  'kmalloc-rcl-192': [192, 21, 1], 'kmalloc-rcl-96': [96, 42, 1], 'kmalloc-8k': [8192, 4, 8, 5, 20], 'kmalloc-4k': [4096, 8, 8, 5, 36],
  'kmalloc-2k': [2048, 16, 8, 12, 180], 'kmalloc-1k': [1024, 16, 4, 19, 300], 'kmalloc-512': [512, 16, 2, 43, 681],
  'kmalloc-256': [256, 16, 1, 38, 608], 'kmalloc-128': [128, 32, 1, 16, 497], 'kmalloc-64': [64, 64, 1, 43, 2707],
  'kmalloc-32': [32, 128, 1, 16, 1320], 'kmalloc-16': [16, 256, 1, 7, 1680], 'kmalloc-8': [8, 512, 1, 4, 1740],
  'kmalloc-192': [192, 21, 1, 23, 481], 'kmalloc-96': [96, 42, 1, 63, 2640], kmem_cache_node: [64, 64, 1, 4, 206],
  kmem_cache: [256, 16, 1, 13, 206],
};

const HEADER = 'slabinfo - version: 2.1\n'
  + '# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : tunables <limit> <batchcount> <sharedfactor>'
  + ' : slabdata <active_slabs> <num_slabs> <sharedavail>\n';

const RECORDED_PAGES = Object.values(SLAB_CACHES).reduce((sum, [, , pages, slabs = 0]) => sum + pages * slabs, 0);
/** The cache that takes what the others leave: its slabs have one page. */
const REST = 'kmalloc-64';

/**
 * The text of /proc/slabinfo: the caches of the recorded machine, with as many slabs altogether as there are slab pages. Mirrors slabinfo_show()
 * (mm/slab_common.c).
 */
export function slabinfo(kernel: Kernel): string {
  const all = census(kernel.memory).slab;
  const slabs = new Map<string, number>();
  let rest = all;
  for (const [name, [, , pages, recorded = 0]] of Object.entries(SLAB_CACHES)) {
    // Rounding up must not exceed what is left.
    const count = name === REST ? 0 : Math.min(Math.round((recorded * all) / RECORDED_PAGES), Math.floor(rest / pages));
    slabs.set(name, count);
    rest -= count * pages;
  }
  slabs.set(REST, rest);
  return HEADER + Object.entries(SLAB_CACHES).map(([name, row]) => line(name, row, slabs.get(name) ?? 0)).join('');
}

function line(name: string, [size, perSlab, pages, recorded = 0, active = 0]: SlabCacheRow, slabs: number): string {
  const objects = slabs * perSlab;
  const used = recorded === 0 ? 0 : Math.round((objects * active) / (recorded * perSlab));
  const pad = (value: number, width = 6): string => String(value).padStart(width);
  return `${name.padEnd(17)} ${pad(used)} ${pad(objects)} ${pad(size)} ${pad(perSlab, 4)} ${pad(pages, 4)} : tunables    0    0    0`
    + ` : slabdata ${pad(slabs)} ${pad(slabs)} ${pad(0)}\n`;
}
