# For each file its value, and then for each text: what `echo` exits with, and the value afterwards.
cd /proc/sys/kernel
echo ==taint
cat tainted
for bit in 128 16; do
  echo $bit >tainted
  cat tainted
done
long=abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk
for file in panic panic_on_oops panic_on_warn panic_print printk sysctl_writes_strict ostype osrelease version hostname domainname tainted \
  dmesg_restrict oops_limit warn_limit panic_on_io_nmi panic_on_rcu_stall max_rcu_stall_to_panic panic_on_unrecovered_nmi printk_ratelimit \
  printk_ratelimit_burst printk_delay printk_devkmsg sysrq kptr_restrict hung_task_panic softlockup_panic hardlockup_panic unknown_nmi_panic \
  panic_sys_info kexec_load_disabled perf_event_paranoid; do
  [ -e $file ] || continue
  echo "== $file"
  cat $file
  old=$(cat $file)
  for text in '' 0 1 2 -1 -2 3 8 99 abc $long '1 2' '1 2 3 4' on ratelimit 2147483647 2147483648 4294967296 0x10; do
    # What that mode changes is told by the recording of positions.
    if [ "$file $text" = 'sysctl_writes_strict 0' ]; then continue; fi
    (echo "$text" >$file) 2>/dev/null
    echo "$text -> $? [$(tr '\t\n' ' |' <$file)]"
  done
  # Some are told by others: panic_sys_info has what panic_print says.
  (echo "$old" >$file) 2>/dev/null
done
echo END OF RECORDING
