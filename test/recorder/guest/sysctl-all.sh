# The machine: two interfaces besides lo, and the modules. The plan and where to go on from are files.
for module in /more-modules/*.ko; do insmod "$module"; done
ip link add dummy0 type dummy 2>/dev/null
ip link add eth0.100 type dummy
[ "$(cat /start)" = 0 ] && printf 'kernel\t%s\n' "$(cat /proc/sys/kernel/version)"
sysctl-all /plan "$(cat /start)" && echo END OF RECORDING
