import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { beforeAll, expect, it } from 'vitest';
import { MAIN } from './support/daemon.ts';
import { exec, hostMounts } from './support/exec.ts';
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
  'what a program may do': 'mount -t tmpfs none /mnt && touch /mnt/a && chown 1:1 /mnt/a && stat -c %u:%g /mnt/a && umount /mnt && su -s /bin/sh nobody -c "id -un"',
} as const;
type Attempt = keyof typeof ATTEMPTS;

const SEPARATOR = '-- next attempt --';
const SCRIPT = Object.values(ATTEMPTS).map((attempt) => `( ${attempt} ) 2>&1; echo "status $?"; echo "${SEPARATOR}"\n`).join('');

/** What of the host the attempts aim at. */
const HOST = `for f in /proc/sys/fs/file-max /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages /sys/kernel/mm/transparent_hugepage/enabled \\
    /sys/module/kernel/parameters/panic /proc/sys/kernel/panic /proc/sys/kernel/printk /proc/sys/kernel/hostname /proc/sys/vm/swappiness; do
    [ ! -e $f ] || { echo $f; cat $f; }
  done; dmesg | head -n 1 | wc -l; stat -f -c %T /sys/kernel/debug /mnt`;

async function hostState(): Promise<string> {
  return [(await sh(HOST)).stdout, hostname(), await hostMounts(), await readFile('/proc/cmdline', 'utf8')].join('\n');
}

describeMount('what would change the host, under exec', () => {
  let before: string;
  const outcome = new Map<Attempt, string>();

  // All at once, for one start of exec takes longer than all of them.
  beforeAll(async () => {
    before = await hostState();
    const { stdout, stderr, status } = await exec(['--', 'bash', '-c', SCRIPT], {
      cwd: '/proc/sys/vm', environment: { LC_ALL: 'C', NODE: process.execPath, MAIN }, timeout: 150_000,
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

  it('leaves the host as it was', async () => {
    expect(await hostState()).toBe(before);
  });
});
