import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MAIN } from './support/daemon.ts';
import { PATIENCE } from './support/exec.ts';
import { describeMount } from './support/mounts.ts';
import { sh, type ShellResult } from './support/shell.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** Bash under exec: a value of the machine that the host need not have, and whether a sysctl of the host's can be reached by its other file. */
const COMMAND = 'cat /proc/sys/vm/panic_on_unrecoverable_memory_failure; echo 9 > /sys/module/kernel/parameters/panic; cat /proc/sys/kernel/panic';
const EXEC = [process.execPath, MAIN, 'exec', '--', 'bash', '-c', COMMAND];
const CONTAINED = '0\n9\n';

/** Bash: a chroot in $1 whose root is not a mount point, in a mount namespace of its own. The rest runs there. */
const IN_CHROOT = `root=$1; shift
  for path in /*; do
    if [ -L "$path" ]; then ln -s "$(readlink "$path")" "$root$path"; elif [ -d "$path" ]; then mkdir "$root$path" && mount --rbind "$path" "$root$path"; fi
  done
  exec chroot "$root" "$@"`;

/** Bash: a mount on /proc/cpuinfo whose source is deleted, as systemd-nspawn leaves one on /proc/kmsg. */
const WITH_DELETED = `hides=$1/hides; shift; touch "$hides"; mount --bind "$hides" /proc/cpuinfo; rm "$hides"; exec "$@"`;

/** Bash: a filesystem of the kernel that was mounted with the source `none`, as many scripts do. */
const WITH_NONE = 'mkdir "$1/connections"; mount -t fusectl none "$1/connections"; shift; exec "$@"';

/**
 * Bash: a container on this root directory, with the options $1. crun refuses a mix of both versions of cgroups, as some hosts have it, so this namespace has
 * the second alone.
 */
const IN_CONTAINER = `options=$1; shift
  umount -R /sys/fs/cgroup; mount -t cgroup2 cgroup2 /sys/fs/cgroup
  exec podman --cgroup-manager=cgroupfs run --rm --runtime crun --network none --cgroups disabled --log-driver none -v ${ROOT}:${ROOT}:ro $options --rootfs /:O "$@"`;

/** Runs exec by a script, in a mount namespace of its own. */
function within(script: string, first: string): Promise<ShellResult> {
  return sh('exec unshare --mount bash -c "$@"', [script, 'bash', first, ...EXEC], { timeout: PATIENCE });
}

let directory: string;
let panicBefore: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vmsysctld-surroundings-'));
  panicBefore = (await sh('cat /proc/sys/kernel/panic')).stdout;
});
afterAll(async () => {
  await rm(directory, { recursive: true });
  expect((await sh('cat /proc/sys/kernel/panic')).stdout).toBe(panicBefore);
});

describeMount('exec', () => {
  it('runs in a chroot whose root is not a mount point, where Linux gives nobody a user namespace', async () => {
    const { status, stdout, stderr } = await within(IN_CHROOT, await mkdtemp(join(directory, 'root-')));
    expect({ status, stdout }).toEqual({ status: 0, stdout: CONTAINED });
    expect(stderr).toBe('vmsysctld: no user namespace can be made here (Operation not permitted): CMD keeps its user but few capabilities, and cannot mount\n');
  });

  it('runs where something is mounted below /proc whose source is deleted', async () => {
    expect(await within(WITH_DELETED, directory)).toEqual({ status: 0, stdout: CONTAINED, stderr: '' });
  });

  it('runs where a filesystem of the kernel is mounted whose source is called none', async () => {
    expect(await within(WITH_NONE, await mkdtemp(join(directory, 'none-')))).toEqual({ status: 0, stdout: CONTAINED, stderr: '' });
  });

  it('runs where no program gains capabilities, and says what CMD lacks', async () => {
    const { status, stdout, stderr } = await sh('exec setpriv --no-new-privs "$@"', EXEC, { timeout: PATIENCE });
    expect({ status, stdout }).toEqual({ status: 0, stdout: CONTAINED });
    expect(stderr).toMatch(/^vmsysctld: hostname\(1\) is missing, or may not set the name here: [^\n]*\n$/);
  });
});

const lacking = ['podman', 'crun'].filter((name) => spawnSync(name, ['--version']).error !== undefined);
if (lacking.length > 0) console.warn(`SKIPPED: exec in a container: there is no ${lacking.join(', no ')}`);

describeMount('exec in a container', () => {
  it.skipIf(lacking.length > 0).each(['--device /dev/fuse', '--device /dev/fuse --cap-add SYS_ADMIN'])('runs with %s', async (options) => {
    expect(await within(IN_CONTAINER, options)).toEqual({ status: 0, stdout: CONTAINED, stderr: '' });
  });

  it.skipIf(lacking.length > 0)('says in one line what it lacks without', async () => {
    const { status, stdout, stderr } = await within(IN_CONTAINER, '--cap-add SYS_ADMIN');
    expect({ status, stdout }).toEqual({ status: 125, stdout: '' });
    expect(stderr).toBe('vmsysctld: /dev/fuse does not exist: run modprobe fuse, or in a container add --device /dev/fuse\n');
  });
});
