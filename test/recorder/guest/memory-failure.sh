# Pages of every kind, by hard_offline_page, corrupt-pfn and madvise (which can only say its own pages: others go through the first).
mount -t tmpfs t /tmp
mount -t ext4 /dev/vda /mnt
echo 32 >/proc/sys/vm/nr_hugepages
mkswap /dev/vdb >/dev/null
swapon /dev/vdb
kinds='anon-dirty anon-mlocked anon-shared-fork zeropage file-clean file-clean-private file-dirty file-dirty-mlocked file-clean-mlocked
file-unmapped-clean shmem-dirty shmem-clean tmpfs-file thp thp-tail hugetlb-inuse hugetlb-free buddy buddy-inner slab slab-tail pgtable
reserved reserved-low beyond hole kernel-tail kernel-head kernel-order ksm early-kill'
for how in hard corrupt madv; do
  echo "HOW $how"
  for kind in $kinds; do mfcases $how $kind; done
done
echo 'HOW more'
for kind in soft-anon soft-anon-madv soft-buddy soft-slab soft-file soft-thp soft-reserved soft-nopage softoff-disabled unpoison-kinds swap; do
  mfcases hard $kind
done
echo END OF RECORDING
