sysseq /sys/devices/system/memory </memory && sysseq /sys/kernel/debug/hwpoison </hwpoison && echo END OF RECORDING
