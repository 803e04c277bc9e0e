# Of each module the files that appear when it is loaded, after those it depends on.
sysctl-list | cut -d ' ' -f 2 >/names
for module in /more-modules/*.ko; do
  echo "MODULE $(basename "$module" .ko | sed 's/^[0-9]*-//')$(insmod "$module" >/dev/null 2>/error || sed 's/.*: / !/' /error)"
  if [ "${module##*-}" = binfmt_misc.ko ]; then mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc; fi
  sysctl-list >/now
  awk 'NR == FNR { had[$1] = 1; next } !($2 in had)' /names /now
  cut -d ' ' -f 2 /now >/names
done
echo END OF RECORDING
