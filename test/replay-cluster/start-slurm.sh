#!/usr/bin/env bash
# start-slurm.sh DIR: starts a Slurm of one node on this machine, with all it keeps in DIR, and prints the process ids of its daemons. It is
# ready when this returns. As root.
set -euo pipefail
mkdir -p "$1"
dir=$(cd "$1" && pwd)
host=$(hostname -s)
chmod 755 "$(dirname "$dir")" "$dir"
mkdir "$dir"/{state,spool}

dd if=/dev/urandom of="$dir/munge.key" bs=1024 count=1 status=none
chmod 400 "$dir/munge.key"
munged --force --foreground --key-file="$dir/munge.key" --socket="$dir/munge.socket" --pid-file="$dir/munge.pid" --log-file="$dir/munge.log" \
  --seed-file="$dir/munge.seed" >/dev/null 2>&1 &
echo $!

# Nothing of control groups, accounting or limits: only the queue is wanted.
cat >"$dir/slurm.conf" <<CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CryptoType=crypto/munge
AuthInfo=socket=$dir/munge.socket
SlurmctldPort=26817
SlurmdPort=26818
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.pid
SlurmctldLogFile=$dir/slurmctld.log
SlurmdLogFile=$dir/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
SwitchType=switch/none
ReturnToService=2
SchedulerParameters=sched_interval=1,batch_sched_delay=0
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=test Nodes=$host Default=YES MaxTime=10:00 State=UP
CONF
# Until 23.02 there is no way to say that there shall be none; the old kind asks for nothing as long as nothing uses it.
printf 'CgroupPlugin=%s\n' "$(ls /usr/lib/*/slurm*/cgroup_v1.so >/dev/null 2>&1 && echo cgroup/v1 || echo disabled)" >"$dir/cgroup.conf"
export SLURM_CONF="$dir/slurm.conf"

for _ in $(seq 100); do [ -S "$dir/munge.socket" ] && break; sleep 0.1; done
slurmctld -D -i >/dev/null 2>&1 &
echo $!
slurmd -D >/dev/null 2>&1 &
echo $!
for _ in $(seq 100); do
  if sinfo -h -o %T 2>/dev/null | grep -qx idle; then exit 0; fi
  sleep 0.2
done
echo "Slurm did not come up:" >&2
tail -n 5 "$dir"/slurmctld.log "$dir"/slurmd.log >&2
exit 1
