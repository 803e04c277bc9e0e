#!/bin/bash
# boot.sh ROOT LAYER NAME: boots systemd in namespaces of its own. Its root is ROOT, which it cannot change, with memory on top, where what is
# in LAYER is to begin with.
# To be run in a private mount namespace. Says "init PID" first, the pid of systemd here; whoever kills that ends everything.
set -eu
root=$1 layer=$2 name=$3
place=$layer.machine
mkdir -p "$place"
mount -t tmpfs machine "$place"
cd "$place"
mkdir upper work root cgroup
cp -a "$layer/." upper/

# A control group, whatever the machine makes of the unified hierarchy; it is the root of all that the namespaces have of it.
mount -t cgroup2 cgroup2 cgroup
mkdir -p "cgroup/$name"
echo $$ >"cgroup/$name/cgroup.procs"
umount cgroup

mount -t overlay -o "lowerdir=$root,upperdir=$place/upper,workdir=$place/work" root root
export place
# What is to be known of the clock, the modules and the log of the machine's own kernel is none of this systemd's business.
exec setpriv --pdeathsig KILL --bounding-set=-sys_time,-sys_module,-syslog,-wake_alarm -- \
  unshare --pid --uts --ipc --net --cgroup --fork --kill-child=KILL -- bash -eu -c '
  read -r pid _ </proc/self/stat
  echo "init $pid"
  cd "$place/root"
  mount -t proc proc proc
  mount -t sysfs -o ro sysfs sys
  mount -t cgroup2 cgroup2 sys/fs/cgroup
  # Sysctls belong to the machine, most of them.
  for shared in proc/sys proc/sysrq-trigger; do
    [ -e "$shared" ] || continue
    mount --bind "$shared" "$shared"
    mount -o remount,bind,ro "$shared"
  done
  mount -t tmpfs -o mode=755 dev dev
  mkdir dev/pts dev/shm
  for device in null zero full random urandom tty; do
    touch "dev/$device"
    mount --bind "/dev/$device" "dev/$device"
  done
  # As udev makes it.
  mknod -m 666 dev/fuse c 10 229
  mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts
  ln -s pts/ptmx dev/ptmx
  ln -s /proc/self/fd dev/fd
  for n in 0 1 2; do ln -s "/proc/self/fd/$n" "dev/$(echo stdin stdout stderr | cut -d " " -f $((n + 1)))"; done
  mkdir -p run old
  mount -t tmpfs -o mode=755 run run
  pivot_root . old
  cd /
  umount -l /old
  hostname machine
  for init in /lib/systemd/systemd /usr/lib/systemd/systemd; do
    [ ! -x "$init" ] || exec env -i container=vmsysctld-test PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$init" --unit=basic.target
  done
'
