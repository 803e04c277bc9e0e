printf 'kernel\t%s\n' "$(cat /proc/sys/kernel/version)"
sysctl-writes /proc/sys/vm </writes && echo END OF RECORDING
