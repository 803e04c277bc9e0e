# What two interfaces and the modules add to the files.
sysctl-list >/before
for module in /more-modules/*.ko; do insmod "$module"; done
ip link add dummy0 type dummy 2>/dev/null # the module makes one of this name
ip link add eth0.100 type dummy
cut -d ' ' -f 2 /before >/names
sysctl-list | awk 'NR == FNR { had[$1] = 1; next } !($2 in had)' /names -
echo END OF RECORDING
