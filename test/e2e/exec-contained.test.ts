import { readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { MAIN } from './support/daemon.ts';
import { exec } from './support/exec.ts';
import { differences, hostState } from './support/host-state.ts';
import { describeMount } from './support/mounts.ts';
import { sh } from './support/shell.ts';

/** What a tool tries, by a name: one line of bash each. `$NODE $MAIN` is exec itself. */
const ATTEMPTS = {
  'file-max': 'sysctl -qw fs.file-max=123456; cat /proc/sys/fs/file-max',
  'huge pages': 'echo 3 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages; cat /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages /proc/sys/vm/nr_hugepages',
  'transparent huge pages': 'echo never > /sys/kernel/mm/transparent_hugepage/enabled; cat /sys/kernel/mm/transparent_hugepage/enabled',
  'module parameter': 'echo 9 > /sys/module/kernel/parameters/panic; cat /sys/module/kernel/parameters/panic /proc/sys/kernel/panic',
  hostname: 'hostname emulated; hostname; uname -n; cat /proc/sys/kernel/hostname; sysctl -n kernel.hostname',
  'console level': 'dmesg -n 1',
  'clear the log': 'dmesg -C',
  debugfs: 'mount -t debugfs none /sys/kernel/debug',
  'debugfs elsewhere': 'mount -t debugfs none /mnt',
  hwpoison: 'stat -f -c %T /sys/kernel/debug/hwpoison/corrupt-pfn',
  directory: 'pwd; stat -f -c %T swappiness; echo 7 > swappiness; cat /proc/sys/vm/swappiness',
  'exec in exec': '$NODE $MAIN exec -- sh -c "sysctl -n vm.swappiness; sysctl -qw vm.swappiness=11; cat /proc/sys/vm/swappiness"; cat /proc/sys/vm/swappiness',
  'a new proc': 'unshare --fork --pid --mount-proc cat /proc/sys/vm/swappiness',
  'a new sysfs': 'unshare --net --mount mount -t sysfs sysfs /sys',
  // MADV_HWPOISON is 100. The numbers are those of mmap(2) and madvise(2) on x86-64, and on arm64.
  'poisoned memory': `perl -e '($mmap, $madvise) = $ARGV[0] eq "x86_64" ? (9, 28) : (222, 233);
    $page = syscall($mmap, 0, 4096, 3, 0x22, -1, 0); print syscall($madvise, $page, 4096, 100), " $!\n"' $(uname -m)`,
  'ip netns': 'mount -t tmpfs none /run && ip netns add inner && ip netns exec inner cat /proc/sys/vm/swappiness',
  'every file': `$NODE ${join(import.meta.dirname, 'support/write-everywhere.mjs')} $HOST_USER_NAMESPACE`,
  'what a program may do': 'mount -t tmpfs none /mnt && touch /mnt/a && chown 1:1 /mnt/a && stat -c %u:%g /mnt/a && umount /mnt && su -s /bin/sh nobody -c "id -un"',
} as const;
type Attempt = keyof typeof ATTEMPTS;

const SEPARATOR = '-- next attempt --';
const SCRIPT = Object.values(ATTEMPTS).map((attempt) => `( ${attempt} ) 2>&1; echo "status $?"; echo "${SEPARATOR}"\n`).join('');

describeMount('what would change the host, under exec', () => {
  let before: ReadonlyMap<string, string>;
  const outcome = new Map<Attempt, string>();

  // All at once, because one start of exec takes longer than all of them.
  beforeAll(async () => {
    before = await hostState();
    const { stdout, stderr, status } = await exec(['--', 'bash', '-c', SCRIPT], {
      cwd: '/proc/sys/vm', environment: { LC_ALL: 'C', NODE: process.execPath, MAIN, HOST_USER_NAMESPACE: readlinkSync('/proc/self/ns/user') }, timeout: 150_000,
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const parts = stdout.split(`${SEPARATOR}\n`);
    Object.keys(ATTEMPTS).forEach((name, index) => outcome.set(name as Attempt, parts[index] ?? ''));
  }, 180_000);

  it.each<[Attempt, RegExp]>([
    ['console level', /Operation not permitted\nstatus 1\n$/],
    ['clear the log', /Operation not permitted\nstatus 1\n$/],
    ['debugfs', /permission denied\.\n(?:.*\n)*status 32\n$/],
    ['debugfs elsewhere', /permission denied\.\n(?:.*\n)*status 32\n$/],
    ['a new proc', /mount \/proc failed: Operation not permitted\nstatus 1\n$/],
    ['a new sysfs', /permission denied\.\n(?:.*\n)*status 32\n$/],
    // A kernel without memory failures does not know this advice.
    ['poisoned memory', /^-1 (?:Operation not permitted|Invalid argument)\nstatus 0\n$/],
    // It cannot return to the network namespace that it comes from. If it could not be installed, the set-up has printed that.
    ['ip netns', /(?:setns: Operation not permitted\nstatus 1|ip: command not found\nstatus 127)\n$/],
  ])('is refused: %s', (name, refusal) => {
    expect(outcome.get(name)).toMatch(refusal);
  });

  it.each<[Attempt, string]>([
    ['hostname', 'emulated\nemulated\nemulated\nemulated\nstatus 0\n'],
    ['file-max', '123456\nstatus 0\n'],
    ['huge pages', '3\n3\nstatus 0\n'],
    ['transparent huge pages', 'always madvise [never]\nstatus 0\n'],
    ['module parameter', '9\n9\nstatus 0\n'],
    ['hwpoison', 'fuseblk\nstatus 0\n'],
    ['directory', '/proc/sys/vm\nfuseblk\n7\nstatus 0\n'],
    ['exec in exec', '60\n11\n7\nstatus 0\n'],
    ['what a program may do', '1:1\nnobody\nstatus 0\n'],
  ])('is done to the machine alone: %s', (name, output) => {
    expect(outcome.get(name)).toBe(output);
  });

  it('is a write to any file of /proc and /sys: the machine takes it, or it fails', () => {
    const [json = '', status] = outcome.get('every file')?.split('\nstatus ') ?? [];
    expect(status).toBe('0\n');
    const { files, written, leaks, hostSwappiness } = JSON.parse(json) as { files: number; written: number; leaks: string[]; hostSwappiness: string[] };
    expect({ leaks, hostSwappiness }).toEqual({ leaks: [], hostSwappiness: [] });
    expect(files).toBeGreaterThan(3000);
    expect(written).toBeGreaterThan(1000);
  });

  it('leaves the host as it was', async () => {
    expect(differences(before, await hostState())).toEqual([]);
  });
});

describeMount('exec in a chroot whose root is not a mount point, as of sbuild and mock', () => {
  /**
   * A root made of the host's directories, in a mount namespace of the test. What is tried there changes nothing: a fault must not reach
   * the host.
   */
  const IN_CHROOT = `root=$(mktemp -d); trap 'umount -l $root/* 2>/dev/null; rm -rf --one-file-system $root' EXIT
    for path in /*; do
      if [ -L $path ]; then cp -P $path $root; elif [ -d $path ]; then mkdir $root$path; mount --rbind $path $root$path; fi
    done
    touch $root/inside; chroot $root "$@"`;

  it.each([['contained', []], ['privileged', ['--privileged']]] as const)('keeps its command there, among the emulated files: %s', async (_how, options) => {
    const script = 'ls -d /inside; stat -f -c %T /proc/sys/vm /proc/sys/kernel/panic; cat /proc/sys/kernel/osrelease';
    const { stdout, status } = await sh('exec unshare --mount bash -c "$@"', [IN_CHROOT, 'bash', process.execPath, MAIN, 'exec', '--profile', '7.3', ...options, '--', 'sh', '-c', script], {
      cwd: '/',
    });
    expect(stdout).toBe('/inside\nfuseblk\nfuseblk\n7.3-amd64\n');
    expect(status).toBe(0);
  });
});
