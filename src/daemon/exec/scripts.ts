import { MOUNT_TYPE, mountOptions } from '../../fuse/dev-fuse/mount-command.ts';

/** The descriptors that the scripts have beside the standard ones, all below 10, for no more is had of a POSIX shell. */
export const DESCRIPTOR = { fuse: 8, channel: 9 } as const;

/** Names in the scratch filesystem. */
export const SCRATCH = {
  tree: 'vmsysctld', log: 'log', fstab: 'fstab', procFstab: 'fstab-proc', proc: 'proc', socket: 'socket',
} as const;

/** Words from the keeper of the mount namespace, with the rest of the line where there is one. */
export const KEEPER_SAYS = { scratch: 'scratch', mounted: 'mounted', ended: 'ended', failed: 'failed' } as const;

/** Signals that are CMD's business: whoever stands between it and exec lets them pass, and its launcher gives it back their defaults. */
const PASSED = 'HUP INT QUIT USR1 USR2 PIPE ALRM TERM';

const COMMON = `
trap '' ${PASSED}
# What the shell itself has to say, as that a process was killed, is nobody's business.
exec 7>&2 2>/dev/null
`;

/**
 * Runs in the new mount namespace and keeps it, from boot to boot of the machine. Arguments: the place of the scratch filesystem, then the
 * command line that runs a boot. It is told what to do, a word a line, on its channel, and ends when that is closed.
 */
export const KEEPER = `${COMMON}
scratch=$1; shift
say() { printf '%s\\n' "$*" >&${DESCRIPTOR.channel}; }
fail() { say ${KEEPER_SAYS.failed} "$(printf %s "$1" | tr '\\n' ' ')"; exit 1; }
why=$(mount -i -t tmpfs -o mode=0755,nosuid,nodev vmsysctld "$scratch" 2>&1) || fail "$why"
mkdir "$scratch/${SCRATCH.tree}" || fail "no directory can be made in $scratch"
say ${KEEPER_SAYS.scratch} $$
read -r word <&${DESCRIPTOR.channel} || exit
why=$(mount -i -t ${MOUNT_TYPE} -o '${mountOptions({ allowOther: true, descriptor: DESCRIPTOR.fuse })}' vmsysctld "$scratch/${SCRATCH.tree}" 2>&1) || fail "$why"
# A process that had it open would keep the connection alive without anybody who answers.
exec ${DESCRIPTOR.fuse}>&-
say ${KEEPER_SAYS.mounted}
while read -r word <&${DESCRIPTOR.channel}; do
  "$@" 2>&7 7>&- ${DESCRIPTOR.channel}>&-
  say ${KEEPER_SAYS.ended} $?
done
`;

/**
 * The init of one boot's pid namespace: puts the emulated files in their places, runs the launcher of CMD, and takes in orphans meanwhile.
 * Arguments: the scratch filesystem, then the launcher's command line. A proc of the namespace's own is not to be had in a container
 * that hides parts of its proc; the one there is does too, only the ids in it are of the namespace outside.
 */
export const INIT = `${COMMON}
scratch=$1; shift
read -r init rest </proc/self/stat
fail() { printf 'vmsysctld: the files cannot be put in their places: %s\\n' "$(printf %s "$1" | tr '\\n' ' ')" >&7; exit 125; }
if mount -i -t proc -o nosuid,nodev,noexec proc "$scratch/${SCRATCH.proc}"; then
  why=$(mount -i -a -T "$scratch/${SCRATCH.procFstab}" 2>&1) || fail "$why"
fi
why=$(mount -i -a -T "$scratch/${SCRATCH.fstab}" 2>&1) || fail "$why"
NODE_OPTIONS= "$@" "$scratch/${SCRATCH.socket}" "$init" 2>&7 7>&-
`;
