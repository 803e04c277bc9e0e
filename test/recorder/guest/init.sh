#!/bin/busybox sh
# The first process of the recording machine: makes it ready, runs the script with its output on the second serial line, and turns it off.
/bin/busybox --install -s /bin
export PATH=/bin:/
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t debugfs debug /sys/kernel/debug
for module in /modules/*.ko; do insmod "$module"; done
stty -F /dev/ttyS1 raw
sh /script >/dev/ttyS1 2>&1
sync
sleep 1
poweroff -f
