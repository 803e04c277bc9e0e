// The shell scripts that make the namespaces of exec, from the outermost to the innermost: KEEPER, BOOT, OWNER, INIT. namespace.ts starts the
// first and talks with all of them.
import { MOUNT_TYPE } from '../../fuse/dev-fuse/mount-command.ts';

/**
 * Names in the scratch filesystem: the mount of the machine, its log, the two mount tables (with a proc of its own, or with the existing
 * one), and the beginnings of the names of directories: of copies, and of additions to directories of the host.
 */
export const SCRATCH = {
  tree: 'vmsysctld', log: 'log', proc: 'proc', fstab: 'fstab', sharedFstab: 'fstab-shared', empty: 'empty', graft: 'graft-', added: 'added-',
} as const;

/**
 * The descriptors of the scripts: lines to and from exec, the gate of init, /dev/fuse, and the order to put the files in their places. All
 * are inherited. None is open in init when CMD starts.
 */
export const DESCRIPTOR = { channel: 3, gate: 4, fuse: 5, place: 6 } as const;
/**
 * The order to continue, at the gate of init and before the files are put in their places. Every other word, and a closed channel, is the
 * order to end.
 */
export const GO = 'go';
export const END = 'end';

/**
 * The words at the beginning of the scripts' lines, besides `failed` and `unnamed`. `ended` (of init) and `over` (of all scripts of a boot)
 * may come at any time. Every other line is an error message of a program.
 */
export type Word = 'scratch' | 'init' | 'placed' | 'ready' | 'ended' | 'over';

/**
 * The beginning of every helper's command line: Linux kills it when its parent ends for any reason. If the parent ended before that, the
 * channel closes or exec misses it.
 */
export const DIES_WITH_PARENT = ['setpriv', '--pdeathsig', 'KILL', '--'] as const;
const DIES = DIES_WITH_PARENT.join(' ');

const COMMON = `
trap '' HUP INT QUIT USR1 USR2 PIPE ALRM TERM
say() { printf '%s\\n' "$*" >&${DESCRIPTOR.channel}; }
fail() { say failed "$(printf %s "$1" | tr '\\n' ' ')"; exit 1; }
`;

/**
 * Runs in the first mount namespace and keeps it. It mounts the scratch filesystem and the machine, then runs one BOOT after another. For
 * each it reads two lines: the options of unshare(1), and the program with which init takes a mount namespace of its own. It ends when exec
 * closes the channel.
 */
export const KEEPER = `${COMMON}
exec 2>&${DESCRIPTOR.channel}
scratch=$1 source=$2 options=$3 boot=$4; shift 4
why=$(mount -i -t tmpfs -o mode=0755,nosuid,nodev "$source" "$scratch" 2>&1) || fail "$why"
why=$(mount -i -t ${MOUNT_TYPE} -o "X-mount.mkdir,$options" "$source" "$scratch/${SCRATCH.tree}" 2>&1) || fail "$why"
# A process that had it open would keep the connection alive without anybody who answers.
exec ${DESCRIPTOR.fuse}>&-
say scratch $$
while read -r options <&${DESCRIPTOR.channel} && read -r inner <&${DESCRIPTOR.channel}; do
  ${DIES} unshare --mount --propagation unchanged -- sh -c "$boot" boot "$scratch" "$options" "$inner" "$@"
  say over
done
`;

/**
 * One boot of the machine, in a copy of the keeper's mount namespace. It starts OWNER in the new namespaces, mounts a proc of the new pid
 * namespace, waits for the order, and puts all files in their places. It does so outside the new user namespace, so no process inside can
 * unmount them.
 */
export const BOOT = `${COMMON}
scratch=$1 options=$2 inner=$3 owner=$4 init=$5
# shellcheck disable=SC2086 # the options are words
${DIES} unshare --pid $options -- sh -c "$owner" owner "$init" "$inner" ${DESCRIPTOR.place}<&- | {
  read -r pid || exit
  table=${SCRATCH.fstab}
  nsenter --pid="/proc/$pid/ns/pid" -- mount -i -t proc -o X-mount.mkdir,nosuid,nodev,noexec proc "$scratch/${SCRATCH.proc}" 2>/dev/null || table=${SCRATCH.sharedFstab}
  # Until here, the machine may not be there.
  read -r word <&${DESCRIPTOR.place} && [ "$word" = ${GO} ] || exit
  why=$(mount -i -a -T "$scratch/$table" 2>&1)
  # What stands at its place by now is not to be seen here as well.
  set -- "$scratch/${SCRATCH.graft}"*
  [ ! -d "$1" ] || umount -l "$@"
  # Last: the programs of mounts look into /proc for themselves, which the new one does not show.
  [ $table = ${SCRATCH.sharedFstab} ] || why=$why$(mount --move "$scratch/${SCRATCH.proc}" /proc 2>&1)
  [ -z "$why" ] || why=$(printf %s "$why" | tr '\\n' ' ')
  say placed $table "$why"
}
`;

/**
 * The owner of a boot's namespaces, outside its pid namespace, so that CMD cannot reach it. It kills init on request, or when exec is gone.
 */
export const OWNER = `${COMMON}
# The first child becomes init of the pid namespace.
${DIES} sh -c "$1" init "$2" </dev/null >/dev/null &
say init $! $$
echo $!
exec >&-
read -r _ <&${DESCRIPTOR.channel}
kill -KILL $! 2>/dev/null
wait $!
say ended $?
`;

/** With this, init takes a mount namespace that belongs to its user namespace. */
export const OWN_MOUNTS = 'unshare --mount --propagation unchanged --';

/**
 * Init of the pid namespace. It waits at the gate until the ids are set and the files are in their places, names the machine, takes a mount
 * namespace that belongs to its user namespace, and then only reaps. It holds no descriptor of exec's by then.
 */
export const INIT = `${COMMON}
read -r word name <&${DESCRIPTOR.gate} && [ "$word" = ${GO} ] || exit
[ -z "$name" ] || hostname -- "$name" 2>/dev/null || say unnamed
# Again: Linux takes the signal back from a process that gains capabilities, as this one does once its ids are set.
# shellcheck disable=SC2086 # what $1 has are words
exec ${DIES} $1 sh -c '
trap "" HUP INT QUIT USR1 USR2 PIPE ALRM TERM
echo ready >&${DESCRIPTOR.channel}
exec 2>/dev/null ${DESCRIPTOR.channel}>&- ${DESCRIPTOR.gate}>&-
while :; do sleep 2147483647; done' init
`;

/** In a chroot whose root is not a mount point, mounts can be made private only from the real root of the namespace. */
export const FROM_ROOT = 'nsenter --mount=/proc/self/ns/mnt -- mount --make-rprivate / >&2 || exit; exec "$@"';
