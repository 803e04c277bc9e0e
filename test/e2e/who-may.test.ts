import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Daemon, daemonsBy, MAIN } from './support/daemon.ts';
import { execScript } from './support/exec.ts';
import { describeMount, describeTransports } from './support/mounts.ts';
import { sh, type ShellResult } from './support/shell.ts';

const NOBODY = 'setpriv --reuid 65534 --regid 65534 --clear-groups -- bash --norc -c';

/** Runs a bash command as another user, in a daemon's mount if this user may enter it. */
async function asNobody(daemon: Daemon, command: string): Promise<ShellResult> {
  await sh('chmod 755 "$(dirname "$1")"', [daemon.mountPoint]);
  return sh(`exec ${NOBODY} "$1" "$2" "$2"`, [command, daemon.mountPoint]);
}

/** What a user may do with a file, as the shell finds it: `rw`, `r-`, … */
const ACCESS = 'for f in "$@"; do a=; head -c 1 "$f" >/dev/null 2>&1 && a=r || a=-; { : >> "$f"; } 2>/dev/null && a=${a}w || a=$a-; echo "$a $f"; done';
const FILES = [
  'control', 'proc/sys/vm/swappiness', 'proc/sys/vm/mmap_rnd_bits', 'proc/sys/vm/drop_caches', 'proc/sys/vm/stat_refresh', 'proc/sys/kernel/panic',
  'proc/kpageflags', 'proc/iomem', 'proc/meminfo', 'proc/sysrq-trigger', 'sys/devices/system/memory/hard_offline_page', 'sys/devices/system/memory/memory1/state',
  'sys/devices/system/node/node0/memory_failure/total',
];
/** debugfs itself lets only root in (0700). */
const HIDDEN = ['sys/kernel/debug/hwpoison/corrupt-pfn'];
const FOR_OTHERS = `-- control
r- proc/sys/vm/swappiness
-- proc/sys/vm/mmap_rnd_bits
-- proc/sys/vm/drop_caches
-- proc/sys/vm/stat_refresh
r- proc/sys/kernel/panic
-- proc/kpageflags
r- proc/iomem
r- proc/meminfo
-- proc/sysrq-trigger
-- sys/devices/system/memory/hard_offline_page
r- sys/devices/system/memory/memory1/state
r- sys/devices/system/node/node0/memory_failure/total
`;

describeTransports('who may do what', (transport) => {
  const { withDaemon } = daemonsBy(transport);

  it('without --allow-other: root and who mounted, and nobody else looks, lists, reads or writes', async () => {
    await withDaemon({}, async (daemon) => {
      const other = await asNobody(daemon, 'stat "$1"; stat "$1/control"; ls "$1"; cat "$1/proc/sys/vm/swappiness"; cd "$1"; echo 1 > "$1/proc/sys/vm/swappiness"');
      expect(other.stdout).toBe('');
      const complaints = other.stderr.trim().split('\n');
      expect(complaints).toHaveLength(6);
      for (const complaint of complaints) expect(complaint).toMatch(/Permission denied$/);
      expect(await daemon.sh('stat -c %a . control; cat proc/sys/vm/swappiness')).toMatchObject({ status: 0, stdout: '555\n600\n60\n' });
    });
  });

  it('with it: others what the mode of each file lets others do, as on Linux', async () => {
    await withDaemon({ options: ['--allow-other'] }, async (daemon) => {
      const { stdout } = await asNobody(daemon, `cd "$1"; set -- ${FILES.join(' ')}; ${ACCESS}`);
      expect(stdout).toBe(FOR_OTHERS);
      const modes = await daemon.sh(`stat -c '%a %n' ${FILES.join(' ')}`);
      for (const line of modes.stdout.trim().split('\n')) {
        const [mode = '', path = ''] = line.split(' ');
        const other = Number.parseInt(mode, 8) & 7;
        const may = `${other & 4 ? 'r' : '-'}${other & 2 ? 'w' : '-'} ${path}`;
        expect(FOR_OTHERS).toContain(`${may}\n`);
      }
      const hidden = await asNobody(daemon, `cd "$1"; cat ${HIDDEN.join(' ')}; echo 1 > ${HIDDEN.join(' ')}`);
      expect(hidden.stderr.match(/Permission denied/g)).toHaveLength(2);
      expect((await daemon.sh('cat proc/sys/vm/swappiness')).stdout).toBe('60\n');
    });
  });

  it('others cannot read the log, 0640 whatever the umask, nor write to it, nor see anything beside it', async () => {
    await withDaemon({ options: ['--allow-other'] }, async (daemon) => {
      const { stdout, stderr } = await asNobody(daemon, 'cat "$1/../log"; echo x >> "$1/../log"');
      expect(stdout).toBe('');
      expect(stderr.match(/Permission denied/g)).toHaveLength(2);
      expect((await stat(daemon.log)).mode & 0o7777).toBe(0o640);
      expect((await sh('ls -A "$(dirname "$1")"', [daemon.mountPoint])).stdout).toBe('log\nmnt\n');
    });
  });
});

describeMount('an ordinary user', () => {
  it('who runs exec gives no rights away: his log is his, 0640, and what he may not read stays so', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'vmsysctld-test-'));
    try {
      await sh('chown 65534:65534 "$1"', [directory]);
      const script = 'cat /etc/shadow; id -u; echo 7 > /proc/sys/vm/swappiness && cat /proc/sys/vm/swappiness';
      // With a /dev/fuse that this user may open, in a mount namespace of the test.
      const prepare = 'mount -t tmpfs -o dev dev /media; mknod -m 666 /media/fuse c 10 229; mount --bind /media/fuse /dev/fuse; cd /';
      const { stdout, stderr } = await sh(`exec unshare --mount bash -c '${prepare}; exec ${NOBODY.replace(' bash --norc -c', '')} "$@"' bash "$@"`, [
        process.execPath, MAIN, 'exec', '--log', join(directory, 'log'), '--', 'bash', '-c', script,
      ], { environment: { HOME: '/nonexistent' } });
      expect(stderr).toMatch(/\/etc\/shadow: Permission denied/);
      expect(stdout).toBe('65534\n7\n');
      const log = await stat(join(directory, 'log'));
      expect([log.uid, log.mode & 0o7777]).toEqual([65534, 0o640]);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});

describeMount('exec is not a sandbox', () => {
  it('its command does to the host what its user may, but for the files that are emulated', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'vmsysctld-test-'));
    try {
      const swappiness = (await sh('cat /proc/sys/vm/swappiness')).stdout;
      const { stdout } = await execScript(`echo out > "${directory}/out"; echo 7 > /proc/sys/vm/swappiness; cat /proc/sys/vm/swappiness; hostname`);
      expect(stdout).toBe(`7\n${(await sh('hostname')).stdout}`);
      expect((await sh('cat "$1/out"; cat /proc/sys/vm/swappiness', [directory])).stdout).toBe(`out\n${swappiness}`);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
