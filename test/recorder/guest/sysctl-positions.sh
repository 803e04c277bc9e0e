# A process per section, and what was logged meanwhile.
dmesg -c >/dev/null
for section in /section-*; do
  sysseq /proc/sys <$section
  dmesg -r -c | sed 's/^/log /'
done
echo END OF RECORDING
