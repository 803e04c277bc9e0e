# What a test needs to know of the machine behind the other recordings.
values() { # of each file: name, mode, size if asked for, the first lines of its value with `|` for a newline
  for file in $2; do
    [ -f "$file" ] || continue
    echo "$file $(stat -c "$1" "$file") $(head -n 3 "$file" 2>/dev/null | tr '\n' '|')"
  done
}
echo '== version'
cat /proc/version
echo '== cmdline'
cat /proc/cmdline
echo '== iomem'
cat /proc/iomem
echo '== kpageflags histogram'
kpageflags
echo '== meminfo'
cat /proc/meminfo
echo '== vmstat'
cat /proc/vmstat
echo '== stat'
for file in iomem kpageflags kpagecount meminfo vmstat version uptime kmsg; do stat -c '%n %a %s %u %g' /proc/$file; done
echo '== sys/kernel'
cd /proc/sys/kernel && values %a "$(ls)"
echo '== memory'
cd /sys/devices/system/memory && values '%a %s' "$(find . -type f | sort | head -n 60)"
echo $(ls -d memory*) | sed 's/ /  /g'
echo '== node'
cd /sys/devices/system/node && values '%a %s' "$(find . -type f ! -path '*/power/*' | sort)"
echo '== hwpoison'
cd /sys/kernel/debug/hwpoison
for file in *; do echo "$file $(stat -c '%a %s' $file) $(cat $file 2>&1)"; done
echo '== dmesg head'
dmesg | head -n 60
echo END OF RECORDING
