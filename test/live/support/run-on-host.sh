#!/bin/bash
# Runs a script of sysseq.c on the running kernel's own sysctls and puts the values back, whatever becomes of who started it: it has a session
# of its own, so no terminal's signal comes here, and it goes on to its end when its parent is killed. Should it be killed itself, the values
# stay in KEPT, and the next run begins with them.
# Arguments: KEPT; or KEPT, values to put back (a line `NAME VALUE` each), the compiled sysseq, its script, where the answers go, and how many
# seconds it may take.
set -u
trap '' HUP INT TERM PIPE
kept=$1
exec 9>"$kept.lock"
flock -w 120 9 || { echo "another run on this machine holds $kept.lock" >&2; exit 75; }
restore() {
  while read -r name value; do printf '%s\n' "$value" >"/proc/sys/vm/$name"; done <"$kept" 2>/dev/null
  rm -f "$kept"
}
if [ -s "$kept" ]; then echo "putting back the values that a killed run left in $kept" >&2; restore; fi
[ $# -gt 1 ] || exit 0
values=$2 sysseq=$3 script=$4 answers=$5 seconds=$6
cp "$values" "$kept.new" && mv "$kept.new" "$kept" || exit 73
timeout -s KILL "$seconds" "$sysseq" /proc/sys/vm <"$script" >"$answers"
status=$?
restore
exit "$status"
