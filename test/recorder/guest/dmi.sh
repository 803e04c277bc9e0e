# The names in the tables of SMBIOS: `NAME MODE TEXT`; and the tables: `NAME HEX`.
cd /sys/class/dmi/id
for f in *; do [ ! -f $f ] || echo "$f $(stat -c %a $f) $(cat $f)" | sed 's/ *$//'; done
for f in DMI smbios_entry_point; do echo "$f $(hexdump -v -e '1/1 "%02x"' /sys/firmware/dmi/tables/$f)"; done
echo END OF RECORDING
