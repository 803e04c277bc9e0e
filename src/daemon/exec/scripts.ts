import { MOUNT_TYPE, mountOptions } from '../../fuse/dev-fuse/mount-command.ts';

/** The descriptors that the scripts have beside the standard ones, all below 10, for no more is had of a POSIX shell. */
export const DESCRIPTOR = { stderr: 7, fuse: 8, channel: 9 } as const;

/** Names in the scratch filesystem. */
export const SCRATCH = {
  tree: 'vmsysctld', log: 'log', fstab: 'fstab', procFstab: 'fstab-proc', proc: 'proc', socket: 'socket',
} as const;

/** Words from the keeper of the mount namespace and from init, with the rest of the line where there is one. */
export const KEEPER_SAYS = { scratch: 'scratch', placed: 'placed', ended: 'ended', failed: 'failed' } as const;

/** Signals that are CMD's business: whoever stands between it and exec lets them pass, and its launcher gives it back their defaults. */
const PASSED = 'HUP INT QUIT USR1 USR2 PIPE ALRM TERM';

const COMMON = `
trap '' ${PASSED}
say() { printf '%s\\n' "$*" >&${DESCRIPTOR.channel}; }
fail() { say ${KEEPER_SAYS.failed} "$(printf %s "$1" | tr '\\n' ' ')"; exit 1; }
scratch=$1; shift
`;

/**
 * Runs in the new mount namespace and keeps it, from boot to boot of the machine. Arguments: the place of the scratch filesystem, then the
 * command line that runs a boot. It is told to go on with the next, a line each time, on its channel, and ends when that is closed.
 */
export const KEEPER = `${COMMON}
# What the shell and unshare(1) have to say, as that a process was killed, is nobody's business: CMD's standard error is kept apart.
exec ${DESCRIPTOR.stderr}>&2 2>/dev/null
why=$(mount -i -t tmpfs -o mode=0755,nosuid,nodev vmsysctld "$scratch" 2>&1) || fail "$why"
mkdir "$scratch/${SCRATCH.tree}" || fail "no directory can be made in $scratch"
why=$(mount -i -t ${MOUNT_TYPE} -o '${mountOptions({ allowOther: true, descriptor: DESCRIPTOR.fuse })}' vmsysctld "$scratch/${SCRATCH.tree}" 2>&1) || fail "$why"
# A process that had it open would keep the connection alive without anybody who answers.
exec ${DESCRIPTOR.fuse}>&-
say ${KEEPER_SAYS.scratch} $$
while read -r word <&${DESCRIPTOR.channel}; do
  "$@"
  say ${KEEPER_SAYS.ended} $?
done
`;

/**
 * The init of one boot's pid namespace: runs the launcher of CMD, and takes in orphans meanwhile; the emulated files are put in their places
 * when they are served, which is waited for while the launcher starts. Arguments: the scratch filesystem, then the launcher's command line. A proc of the namespace's own is not to
 * be had in a container that hides parts of its proc; the one there is does too, only the ids in it are of the namespace outside.
 */
export const INIT = `${COMMON}
read -r init rest </proc/self/stat
# Before anything else is started, which needs the one proc or the other.
if mount -i -t proc -o nosuid,nodev,noexec proc "$scratch/${SCRATCH.proc}"; then
  # The last not by the table: mount(8) takes one proc for the other, and would have it mounted already.
  why=$({ mount -i -a -T "$scratch/${SCRATCH.procFstab}" && mount --rbind "$scratch/${SCRATCH.proc}" /proc; } 2>&1) || fail "$why"
fi
{ read -r word <&${DESCRIPTOR.channel} || exit; if why=$(mount -i -a -T "$scratch/${SCRATCH.fstab}" 2>&1); then say ${KEEPER_SAYS.placed}; else fail "$why"; fi; } &
NODE_OPTIONS= "$@" "$scratch/${SCRATCH.socket}" "$init" 2>&${DESCRIPTOR.stderr} ${DESCRIPTOR.stderr}>&- ${DESCRIPTOR.channel}>&-
`;
