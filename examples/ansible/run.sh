#!/bin/sh
# Applies playbook.yml to an emulated machine, twice. The second run must change nothing. Your own sysctls and /etc stay as they are.
#   sh run.sh [PROFILE]
set -eu
cd "$(dirname "$0")"
exec vmsysctld exec --profile "${1:-7.3}" -- sh -euc '
  file=$(mktemp); trap "rm -f $file" EXIT
  play() { ansible-playbook -i localhost, -c local -e sysctl_file="$file" playbook.yml; }
  play
  play | grep "changed=0 .*failed=0"
  sysctl vm.panic_on_unrecoverable_memory_failure kernel.panic'
