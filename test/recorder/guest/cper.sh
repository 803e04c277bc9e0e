# Reports each record of /cases as the firmware would, and prints its bytes, the log, the trace events and the counters that changed.
mount -t tracefs tracefs /sys/kernel/tracing
echo uptime >/sys/kernel/tracing/trace_clock
echo 1 >/sys/kernel/tracing/events/ras/enable
echo 1 >/sys/kernel/tracing/events/mce/enable
[ ! -e /ghes_edac.ko ] || insmod /ghes_edac.ko
edac=/sys/devices/system/edac/mc
poke() { dd if=/$1 of=/dev/mem bs=1 skip=$2 seek=$((0x30000100 + $2)) count=$3 conv=notrunc 2>/dev/null; }
# The kernel clears the status of a record that it has read.
status() { dd if=/dev/mem bs=4 skip=$((0x30000100 / 4)) count=1 2>/dev/null | hexdump -e '1/4 "%d"'; }
report() {
  poke $1 4 100000
  poke $1 0 4
  while [ "$(status)" != 0 ]; do usleep 20000; done
}
counts() { [ ! -d $edac/mc0 ] || (cd $edac/mc0 && grep . ce_count ue_count ce_noinfo_count ue_noinfo_count */dimm_ce_count */dimm_ue_count); }
dmesg -c >/dev/null
while IFS='	' read -r records name; do
  echo "== $name"
  echo >/sys/kernel/tracing/trace
  for record in $records; do
    echo "record $(hexdump -v -e '1/1 "%02x"' /$record)"
  done
  for record in $records; do report $record; done
  usleep 2500000
  dmesg -r -c
  grep -v '^#' /sys/kernel/tracing/trace
  counts
done </cases
echo "== reset"
[ ! -d $edac/mc0 ] || { echo 1 >$edac/mc0/reset_counters; counts; }
echo END OF RECORDING
