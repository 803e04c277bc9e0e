# Pinned pages, soft-offline and unpoison of more kinds, pages of ramfs.
mount -t tmpfs t /tmp
mount -t ext4 /dev/vda /mnt
mount -t ramfs r /ram
echo 32 >/proc/sys/vm/nr_hugepages
for kind in pin-anon pin-file pin-shmem pin-thp pin-thp-early pin-huge soft-pin soft-huge soft-more ramfs dirty-unmapped two-early unpoison-more; do
  mfmore hard $kind
done
echo END OF RECORDING
