devkmsg /dev/kmsg /proc/sys/kernel && echo END OF RECORDING
