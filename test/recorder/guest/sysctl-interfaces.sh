# What the files of an interface begin with, and what becomes of them: each step, and then the files that it added, removed and changed.
for module in /more-modules/*.ko; do insmod "$module"; done
ip link add dummy0 type dummy 2>/dev/null # the module makes one of this name
cd /proc/sys

# differs LIST: what differs from it now; functions for this shell and another one.
cat >/functions <<'FUNCTIONS'
files() { sysctl-list | grep -E '^F (net|user)/'; }
differs() {
  files | awk '
    { line = $0; sub(/^F [^ ]+ [^ ]+ ?/, "", line) }
    NR == FNR { mode[$2] = $3; value[$2] = line; next }
    !($2 in mode) { print "+ " $2 " " $3 " " line }
    $2 in mode && value[$2] != line { print "~ " $2 " " value[$2] " -> " line }
    { delete mode[$2] }
    END { for (path in mode) print "- " path }' "$1" - | sort -k 2
}
FUNCTIONS
. /functions
# step TEXT: what differs from the step before.
step() {
  echo "== $1"
  differs /before
  files >/before
}
# other FILE: a value that it takes and does not have.
other() {
  old=$(cat "$1" 2>/dev/null)
  for value in 1 0 2 $((${old:-0} + 1)); do
    [ "$value" != "$old" ] && echo "$value" >"$1" && return
  done
}
# Not those that act on others or take the interfaces away.
others() {
  for file in "$1"/*; do
    case $file in
    */forwarding | */disable_ipv6 | */stable_secret | */mc_forwarding | */mtu) ;;
    *) other "$file" ;;
    esac
  done 2>/dev/null
}

files >/before
step 'nothing'
ip link add eth0.100 type dummy
step 'ip link add eth0.100 type dummy'
others net/ipv4/conf/default
others net/ipv6/conf/default
step 'another value in each file of conf/default'
others net/ipv4/neigh/default
others net/ipv6/neigh/default
step 'another value in each file of neigh/default'
ip link add dummy2 type dummy
step 'ip link add dummy2 type dummy'
others net/ipv4/conf/all
others net/ipv6/conf/all
step 'another value in each file of conf/all'
ip link add dummy3 type dummy
step 'ip link add dummy3 type dummy'
echo 1 >net/ipv4/conf/default/forwarding
echo 1 >net/ipv6/conf/default/forwarding
step 'echo 1 >conf/default/forwarding, of both'
ip link add dummy4 type dummy
step 'ip link add dummy4 type dummy'
echo 7 >net/ipv4/conf/dummy3/rp_filter
echo 9 >net/ipv6/neigh/dummy3/ucast_solicit
step 'values of dummy3'
ip link set dummy3 name renamed3
step 'ip link set dummy3 name renamed3'
ip link set renamed3 up
step 'ip link set renamed3 up'
ip link set renamed3 mtu 1400
step 'ip link set renamed3 mtu 1400'
ip link set renamed3 mtu 1000
step 'ip link set renamed3 mtu 1000'
ip link set renamed3 mtu 1500
step 'ip link set renamed3 mtu 1500'
ip link set renamed3 down
step 'ip link set renamed3 down'
ip link set lo up
step 'ip link set lo up'
ip link del renamed3
step 'ip link del renamed3'
ip link add all type dummy 2>/dev/null
step 'ip link add all type dummy'
ip link add default type dummy 2>/dev/null
step 'ip link add default type dummy'
# What a new network namespace has: the differences from this one.
for inherit in 0 1 2 3; do
  echo $inherit >net/core/devconf_inherit_init_net
  files >/before
  echo "== a new network namespace with devconf_inherit_init_net $inherit"
  unshare -n sh -c '. /functions; differs /before' 2>&1
done
echo END OF RECORDING
