# What the files of memory below /proc and /sys/kernel/mm show and take, and those of /sys/module that are sysctls by another name.
for file in zoneinfo buddyinfo pagetypeinfo slabinfo meminfo vmstat swaps loadavg stat; do
  echo "== $file $(stat -c '%a %s' /proc/$file)"
  cat /proc/$file
done
echo "== kpagecgroup $(stat -c '%a %s' /proc/kpagecgroup)"
# How many pages there are of each word of kpageflags (in the order of memory) and kpagecgroup.
for file in kpageflags kpagecgroup; do hexdump -v -e '8/1 "%02x" "\n"' /proc/$file >/tmp/$file; done
paste -d ' ' /tmp/kpageflags /tmp/kpagecgroup | sort | uniq -c
echo '== list'
attributes list /sys/kernel/mm /sys/module/kernel/parameters /sys/module/printk/parameters /sys/module/page_alloc/parameters
echo '== writes'
mm=/sys/kernel/mm
huge=$mm/transparent_hugepage
attributes write $huge/defrag $huge/enabled $huge/shmem_enabled $huge/use_zero_page $huge/shrink_underused $huge/khugepaged \
  $huge/hugepages-64kB $huge/hugepages-2048kB
attributes write /sys/module/kernel/parameters /sys/module/printk/parameters
attributes write $mm/ksm $mm/lru_gen $mm/numa $mm/swap $mm/mempolicy
attributes write $mm/hugepages
echo '== dmesg'
dmesg | tail -n 8
echo '== swaps on'
mkswap /dev/vdb >/dev/null
swapon /dev/vdb
cat /proc/swaps
echo END OF RECORDING
