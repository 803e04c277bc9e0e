# A load on a mount: writes of every kind that leaves a line in the log, as fast as a shell can. What was answered is told on standard output, a line
# each, as the text that must be in the log. Ends when the mount does not answer any more. Arguments: the mount, a word of its own, its first frame.
cd "$1" || exit
word=$2 pfn=$3 n=0
# Answered are success and EBUSY, which is what a page that is not recovered comes to; anything else is the end of the daemon.
answered() {
  local said
  said=$({ eval "$1" > "$2"; } 2>&1) || [[ $said == *'Device or resource busy'* ]]
}
while :; do
  n=$((n + 1)) pfn=$((pfn + 1))
  answered 'echo "log $word $n"' control || exit; echo "$word $n"
  answered 'echo "inject pfn=$pfn"' control || exit; printf 'Memory failure: 0x%x: recovery action for free buddy page: Recovered\n' $pfn
  pfn=$((pfn + 1))
  answered 'echo $((pfn << 12))' sys/devices/system/memory/hard_offline_page || exit
  printf 'Memory failure: 0x%x: recovery action for free buddy page: Recovered\n' $pfn
  pfn=$((pfn + 1))
  answered 'printf "page pfn=%s type=slab\ninject pfn=%s\n" $pfn $pfn' control || exit
  printf 'Memory failure: 0x%x: recovery action for get hwpoison page: Ignored\n' $pfn
  if [ -e dev/kmsg ]; then answered 'echo "<4>$word kmsg $n"' dev/kmsg || exit; echo "$word kmsg $n"; fi
done
