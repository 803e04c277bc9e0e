#!/usr/bin/env bash
# Shows that vmsysctld replay spreads over many machines with the tools there are: GNU parallel, and a Slurm array job, each of which has to come
# to exactly the summary of one run over everything. By hand, not in npm test: it needs Debian's packages parallel, slurmctld, slurmd,
# slurm-client and munge, and for Slurm, which it starts on this machine for the time of the test, root.
#
#   test/replay-cluster/run.sh [parallel|slurm]...      both without arguments
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/vmsysctld-cluster.XXXXXX")

cleanup() {
  local pids=()
  [ -f "$work/slurm.pids" ] && mapfile -t pids <"$work/slurm.pids"
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done; done
  rm -rf "$work"
}
trap cleanup EXIT

need() {
  for command in "$@"; do
    command -v "$command" >/dev/null || { echo "SKIPPED: $command is not there: apt-get install parallel slurmctld slurmd slurm-client munge" >&2; exit 77; }
  done
}

node "$root/scripts/setup.mjs"
# What the commands below call vmsysctld: the program of this checkout.
mkdir "$work/bin"
printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$(command -v node)" "$root/dist/main.js" >"$work/bin/vmsysctld"
chmod +x "$work/bin/vmsysctld"
export PATH="$work/bin:$PATH"

cd "$work"
node "$here/make-logs.mjs" logs 16 20000
vmsysctld replay logs --summary whole.json >whole.txt
head -n 1 whole.txt

same() {
  cmp whole.json "$1.json"
  diff whole.txt "$1.txt"
  echo "$1: the parts add up to the whole, byte by byte"
}

# A job for every four files, as many at a time as there are cores.
with_parallel() {
  need parallel
  mkdir -p parts
  find logs -type f | sort | parallel --will-cite -N 4 vmsysctld replay {} --summary parts/{#}.json --csv '>' /dev/null
  vmsysctld replay --merge parts/*.json --summary parallel.json >parallel.txt
  same parallel
}

# A task for every host.
with_slurm() {
  need munged slurmctld slurmd sbatch
  "$here/start-slurm.sh" "$work/slurm" >"$work/slurm.pids"
  export SLURM_CONF="$work/slurm/slurm.conf"
  mkdir -p tasks
  cat >replay.sbatch <<'JOB'
#!/bin/bash
#SBATCH --job-name=replay --ntasks=1 --output=tasks/%a.out
hosts=(logs/*)
vmsysctld replay "${hosts[SLURM_ARRAY_TASK_ID]}" --summary "tasks/$SLURM_ARRAY_TASK_ID.json"
JOB
  hosts=(logs/*)
  sbatch --wait --array="0-$((${#hosts[@]} - 1))" replay.sbatch
  vmsysctld replay --merge tasks/*.json --summary slurm.json >slurm.txt
  same slurm
}

for engine in "${@:-parallel slurm}"; do
  for each in $engine; do "with_$each"; done
done
