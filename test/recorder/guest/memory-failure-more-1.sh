# Sub pages of a huge page, killing early by sysctl, the filters of corrupt-pfn.
mount -t tmpfs t /tmp
mount -t ext4 /dev/vda /mnt
echo 32 >/proc/sys/vm/nr_hugepages
mfcases hard hugetlb-subpages
printf '\n==early\n'
mfcases hard earlykill-sysctl
echo ==filters
mfcases hard filters
echo END OF RECORDING
