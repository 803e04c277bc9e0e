# Waits for the machine checks of /names, which come from outside, and prints the log and the trace events of each. The kernel polls for them.
mount -t tracefs tracefs /sys/kernel/tracing
echo 1 >/sys/kernel/tracing/events/ras/enable
echo 1 >/sys/kernel/tracing/events/mce/enable
echo 1 >/sys/devices/system/machinecheck/machinecheck0/check_interval
dmesg -c >/dev/null
while IFS= read -r name; do
  echo >/sys/kernel/tracing/trace
  echo "== $name"
  usleep 4500000
  dmesg -r -c
  grep -v '^#' /sys/kernel/tracing/trace
done </names
echo END OF RECORDING
