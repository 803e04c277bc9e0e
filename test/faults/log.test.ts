import { chmod, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type Daemon, daemonsBy, startDaemon as startAnyDaemon } from '../e2e/support/daemon.ts';
import { exec } from '../e2e/support/exec.ts';
import { describeDaemon, describeMount, makePlace } from '../e2e/support/mounts.ts';
import { sh } from '../e2e/support/shell.ts';
import { withSmallDisk } from './support/small-disk.ts';

/** A log whose records have numbers, so that a missing one is noticed. */
const KMSG = ['--log-format', 'kmsg', '--profile', '7.3'];
/** The daemon checks each second whether its log still has a name. After this many milliseconds the next write checks it. */
const LOOKED_AGAIN = 1100;
const TOTAL = 'sys/devices/system/node/node0/memory_failure/total';

/** Writes of every kind, as a shell makes them. */
const WRITES = [
  'echo 7 > proc/sys/vm/swappiness',
  'echo 1 > proc/sys/vm/drop_caches',
  "echo 'inject type=free' > control",
  "echo 'reboot' > control",
  'echo 0x2000000 > sys/devices/system/memory/hard_offline_page',
  'echo 0x2000 > sys/kernel/debug/hwpoison/corrupt-pfn',
  'echo c > proc/sysrq-trigger',
  'echo 1 > proc/sys/kernel/panic',
];

/** The state of the machine: its control file without the time, and some of its files. */
async function stateOf(daemon: Daemon): Promise<string> {
  const { stdout } = await daemon.sh(`grep -v uptime control; cat ${TOTAL} proc/sys/vm/swappiness proc/sys/kernel/panic proc/kpageflags | sha1sum`);
  expect(stdout).toContain('# machine');
  return stdout;
}

/** Writes lines until one is refused. Returns the message of the shell. */
async function writeUntilRefused(daemon: Daemon): Promise<string> {
  const { stderr } = await daemon.sh('for i in $(seq 5000); do echo "log a line of some length, number $i" > control || break; done');
  return stderr.replace('bash: line 1: echo: write error: ', '').trim();
}

/** Tries every write, and checks that it fails with this error and changes nothing. */
async function expectRefused(daemon: Daemon, error: string): Promise<void> {
  const before = await stateOf(daemon);
  for (const write of WRITES) {
    expect({ write, ...(await daemon.sh(write)) }).toEqual({ write, status: 1, stdout: '', stderr: `bash: line 1: echo: write error: ${error}\n` });
  }
  expect(await stateOf(daemon)).toBe(before);
}

/** The lines of a log in format kmsg. Each boot is numbered without a gap. */
async function wholeLines(log: string): Promise<string[]> {
  const lines = (await readFile(log, 'latin1')).split('\n');
  expect(lines.pop()).toBe('');
  let next = 0;
  for (const line of lines) {
    const [, sequence = '', text = ''] = /^\d+,(\d+),\d+,-;(.*)$/.exec(line) ?? [];
    if (sequence === '0' && text.startsWith('Linux version')) next = 0;
    expect({ line, sequence }).toEqual({ line, sequence: String(next) });
    next += 1;
  }
  return lines;
}

/** How many of the lines belong to an injection. */
function injectionsIn(lines: readonly string[]): number {
  return lines.filter((line) => line.includes('recovery action')).length;
}

describeDaemon('the log, when its disk is full', (transport) => {
  const { startDaemon } = daemonsBy(transport);

  it('has every write refused with ENOSPC, which is not done, until there is room: then it is, and no line is missing', async () => {
    await withSmallDisk(async ({ place, log, fill, free }) => {
      const daemon = await startDaemon(place, { log, options: KMSG });
      await daemon.sh("echo 'page pfn=0x2000 type=free' > control");
      await fill();
      expect(await writeUntilRefused(daemon)).toBe('No space left on device');
      await expectRefused(daemon, 'No space left on device');
      expect((await daemon.sh('cat proc/sys/vm/swappiness')).stdout).toBe('60\n');
      await free();
      expect(await daemon.sh(WRITES.slice(0, 3).join(' && '))).toEqual({ status: 0, stdout: '', stderr: '' });
      expect((await daemon.sh(`cat proc/sys/vm/swappiness ${TOTAL}`)).stdout).toBe('7\n1\n');
      expect(injectionsIn(await wholeLines(log))).toBe(1);
      expect(await daemon.stop()).toBe(0);
      // The failure is logged once, and its end once, not by the write.
      expect(daemon.output.stderr.match(/the log cannot be written/g)).toHaveLength(1);
      expect(daemon.output.stderr.match(/the log can be written again/g)).toHaveLength(1);
    });
  });

  it('ends a batch amid its injections: what was injected is in the log, to the last line, and goes on from there', async () => {
    await withSmallDisk(async ({ place, directory, log, fill, free }) => {
      const daemon = await startDaemon(place, { log, options: [...KMSG, '--memory', '32G'] });
      for (const command of ['inject type=free count=100000', 'inject type=free\n'.repeat(50_000)]) {
        const input = { input: `${command}\n` };
        expect((await daemon.sh('cat > control', [], input)).stderr).toBe('cat: write error: No space left on device\n');
        const done = Number((await daemon.sh(`cat ${TOTAL}`)).stdout);
        const lines = await wholeLines(log);
        expect(done).toBeGreaterThan(1000);
        expect(injectionsIn(lines)).toBe(done);
        // Room for the second, through a new log.
        await rename(log, `${directory}/before`);
        await fill();
        await rm(`${directory}/before`);
        daemon.process.kill('SIGHUP');
        await free();
        await expect.poll(() => daemon.output.stderr).toContain('the log was reopened');
        daemon.output.stderr = '';
        await daemon.sh("echo reboot > control");
      }
      expect(await daemon.stop()).toBe(0);
    });
  });

  it('is refused at the start, in one line', async () => {
    await withSmallDisk(async ({ place, log, fill }) => {
      await fill();
      const failed: unknown = await startDaemon(place, { log }).catch((error: unknown) => error);
      expect((failed as Error).message).toContain(`stderr: vmsysctld: the log ${log} cannot be opened: it has no room: its filesystem is full (ENOSPC); name another with --log FILE\n`);
    });
  });
});

describeDaemon('the log, when it may not grow (RLIMIT_FSIZE)', (transport) => {
  const { startDaemon } = daemonsBy(transport);

  it('has the write that meets it fail with EFBIG, and every later one, which is not done, until it may: no line is missing', async () => {
    const place = await makePlace();
    try {
      const daemon = await startDaemon(place, { options: KMSG });
      const limit = async (bytes: string): Promise<void> => { await sh('prlimit --pid "$1" --fsize="$2:"', [String(daemon.process.pid), bytes]); };
      await limit(`${(await stat(daemon.log)).size + 1000}`);
      expect(await writeUntilRefused(daemon)).toBe('File too large');
      expect((await stat(daemon.log)).size).toBeGreaterThan(1000);
      await expectRefused(daemon, 'File too large');
      await limit('unlimited');
      expect(await daemon.sh(WRITES[2] ?? '')).toEqual({ status: 0, stdout: '', stderr: '' });
      expect(injectionsIn(await wholeLines(daemon.log))).toBe(1);
      expect(await daemon.stop()).toBe(0);
    } finally {
      await place.remove();
    }
  });
});

describeDaemon('the log, when its disk fails', (transport) => {
  const { startDaemon } = daemonsBy(transport);

  it('has the write that meets it fail with EIO, and every later one, which is not done, until it can be written: no line is missing', async () => {
    // The file that fails belongs to another machine, whose control file makes it fail.
    const [failing, place] = [await makePlace('failing'), await makePlace()];
    try {
      const disk = await startAnyDaemon(failing, { transport: 'dev-fuse', options: ['--sysctl', 'kernel.printk_devkmsg=on'] });
      const daemon = await startDaemon(place, { log: `${disk.mountPoint}/dev/kmsg`, options: KMSG });
      expect(await daemon.sh("echo 'log before' > control")).toMatchObject({ status: 0 });
      await disk.sh("echo 'fail /dev/kmsg op=write errno=EIO' > control");
      expect((await daemon.sh("echo 'log owed' > control")).stderr).toBe('bash: line 1: echo: write error: Input/output error\n');
      await expectRefused(daemon, 'Input/output error');
      await disk.sh('echo reset > control');
      // No write is needed: pending lines are retried.
      await expect.poll(() => daemon.output.stderr).toContain('the log can be written again');
      expect(await daemon.sh("echo 'log after' > control")).toMatchObject({ status: 0 });
      const lines = (await readFile(disk.log, 'latin1')).split('\n').filter((line) => /\] \d+,\d+,/.test(line)).map((line) => line.replace(/^.*?\] \d+,(\d+),\d+,-;/, '$1 '));
      expect(lines.slice(-3)).toEqual(['2 before', '3 owed', '4 after']);
      expect(await daemon.stop()).toBe(0);
      expect(await disk.stop()).toBe(0);
    } finally {
      await place.remove();
      await failing.remove();
    }
  });
});

describeDaemon('the log, when it is removed', (transport) => {
  const { startDaemon } = daemonsBy(transport);

  it('with its directory, is recreated with what was written since, and SIGHUP after a rename works as ever', async () => {
    const place = await makePlace();
    try {
      const log = `${place.directory}/logs/log`;
      const daemon = await startDaemon(place, { log });
      // The daemon has just checked when the line is there.
      await delay(LOOKED_AGAIN);
      await daemon.sh("echo 'log one' > control");
      await rm(`${place.directory}/logs`, { recursive: true });
      expect(await daemon.sh('until [ -e "$1" ]; do echo "log two" > control || exit; done; echo "log three" > control', [log])).toMatchObject({ status: 0 });
      expect((await readFile(log, 'utf8')).replace(/^\[.*?\] /gm, '')).toMatch(/^one\n(?:two\n)+three\n$/);
      expect((await stat(log)).mode & 0o7777).toBe(0o640);
      await rename(log, `${log}.1`);
      // A renamed log is not recreated, no matter how late the next write is.
      await delay(LOOKED_AGAIN);
      await daemon.sh("echo 'log four' > control");
      daemon.process.kill('SIGHUP');
      await expect.poll(() => daemon.output.stderr).toContain('the log was reopened');
      await daemon.sh("echo 'log five' > control");
      expect(await readFile(`${log}.1`, 'utf8')).toMatch(/\] four\n$/);
      expect(await readFile(log, 'utf8')).toMatch(/^\[.*\] five\n$/);
      expect(await daemon.stop()).toBe(0);
    } finally {
      await place.remove();
    }
  });

  it('and cannot be recreated, has every write refused with EIO until it can', async () => {
    const place = await makePlace();
    try {
      const log = `${place.directory}/logs/log`;
      const daemon = await startDaemon(place, { log, options: KMSG });
      await rm(`${place.directory}/logs`, { recursive: true });
      await writeFile(`${place.directory}/logs`, 'in the way');
      await delay(LOOKED_AGAIN);
      await expectRefused(daemon, 'Input/output error');
      await rm(`${place.directory}/logs`);
      expect(await daemon.sh(WRITES[0] ?? '')).toEqual({ status: 0, stdout: '', stderr: '' });
      expect((await daemon.sh('cat proc/sys/vm/swappiness')).stdout).toBe('7\n');
      expect(await daemon.stop()).toBe(0);
    } finally {
      await place.remove();
    }
  });
});

describeDaemon('the log, when its directory becomes read-only', (transport) => {
  const { startDaemon } = daemonsBy(transport);

  it('goes on in the file it has, says why it is not reopened, and is where nothing can be started', async () => {
    const place = await makePlace();
    const logs = `${place.directory}/logs`;
    const readOnly = await sh('mkdir "$1" && mount --bind "$1" "$1" && mount --make-private "$1"', [logs]);
    try {
      expect(readOnly.status).toBe(0);
      const daemon = await startDaemon(place, { log: `${logs}/log` });
      expect((await sh('mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"', [logs])).status).toBe(0);
      expect(await daemon.sh("echo 'log one' > control")).toMatchObject({ status: 0 });
      daemon.process.kill('SIGHUP');
      await expect.poll(() => daemon.output.stderr).toContain('"errno":"EROFS","msg":"the log could not be reopened');
      expect(await daemon.sh("echo 'log two' > control")).toMatchObject({ status: 0 });
      expect((await readFile(`${logs}/log`, 'utf8')).replace(/^\[.*?\] /gm, '')).toMatch(/\none\ntwo\n$/);
      expect(await daemon.stop()).toBe(0);
      await expect(startDaemon(place, { log: `${logs}/log` })).rejects.toThrow(`the log ${logs}/log cannot be opened: it lies on a read-only filesystem (EROFS); name another with --log FILE`);
    } finally {
      await sh('umount "$1"; umount "$1"', [logs]);
      await place.remove();
    }
  });
});

describeMount('the log of exec, when its disk is full', () => {
  it('has the writes of the command refused with ENOSPC, which are not done, until there is room', async () => {
    await withSmallDisk(async ({ place, directory, log }) => {
      await chmod(place.directory, 0o755);
      const script = `
        head -c 4M /dev/zero > "$1/filler" 2>/dev/null
        i=0; while [ $i -lt 5000 ] && echo 1 > /proc/sys/vm/drop_caches; do i=$((i + 1)); done 2>/dev/null
        echo 7 2>/dev/null > /proc/sys/vm/swappiness; echo "$?"
        cat /proc/sys/vm/swappiness
        rm "$1/filler"
        echo 7 > /proc/sys/vm/swappiness; cat /proc/sys/vm/swappiness
        echo $i > "$1/written"`;
      const { status, stdout, stderr } = await exec(['--log', log, '--', 'bash', '-c', script, 'bash', directory]);
      expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '1\n60\n7\n', stderr: expect.any(String) as string });
      const written = Number(await readFile(`${directory}/written`, 'utf8'));
      expect(written).toBeLessThan(5000);
      expect((await readFile(log, 'utf8')).match(/drop_caches: 1\n/g)).toHaveLength(written);
    });
  });
});
