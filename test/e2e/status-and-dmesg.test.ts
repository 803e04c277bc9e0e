import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { LOG_FORMATS } from '../../src/kernel/printk/log-format.ts';
import { type Daemon, daemonsBy, exited, MAIN, runMain } from './support/daemon.ts';
import { describeDaemon, makePlace } from './support/mounts.ts';
import { sh } from './support/shell.ts';

const PANICS = "echo 'page pfn=0x3000 type=slab' > control; echo 1 > proc/sys/vm/panic_on_unrecoverable_memory_failure; echo 'inject pfn=0x3000' > control";

async function statusOf(daemon: Daemon): Promise<{ readonly exit: number | null; readonly json: Record<string, unknown> }> {
  const { status, stdout, stderr } = await runMain(['status', '--json', daemon.mountPoint]);
  expect(stderr).toBe('');
  return { exit: status, json: JSON.parse(stdout) as Record<string, unknown> };
}

describeDaemon('vmsysctld status', (transport) => {
  const { withDaemon, startDaemon } = daemonsBy(transport);

  it('tells of a machine, alive, dead and rebooted', async () => {
    await withDaemon({ options: ['--profile', '7.3', '--memory', '2G', '--seed', '7', '--log-format', 'kmsg'] }, async (daemon) => {
      await daemon.sh("echo 'fail proc/sys/vm/swappiness op=read errno=EIO count=3' > control; echo 'inject type=free' > control; echo injct > control");
      const running = await statusOf(daemon);
      expect(running.exit).toBe(0);
      expect(running.json).toMatchObject({
        mount: daemon.mountPoint, state: 'running', panic: null, reboot_in: null, profile: '7.3', release: '7.3-amd64', memory: 2 ** 31, seed: 7, boot: 1,
        pid: daemon.process.pid, transport: transport === 'auto' ? 'dev-fuse' : transport, subtree: null, log: daemon.log, log_format: 'kmsg',
        sysctls: { 'vm.panic_on_unrecoverable_memory_failure': 0, 'kernel.panic': 0 },
        memory_failures: { total: 1, ignored: 0, failed: 0, delayed: 0, recovered: 1 }, hardware_corrupted_kb: 4,
        faults: [{ rule: 'fail /proc/sys/vm/swappiness op=read errno=EIO', left: 3 }], refused: "control:1: unknown command 'injct', did you mean 'inject'?",
        commands: [{ boot: 1, command: 'fail /proc/sys/vm/swappiness op=read errno=EIO count=3', result: 'ok' }, { boot: 1, command: 'inject type=free', result: 'ok' }],
      });

      await daemon.sh(PANICS);
      const dead = await statusOf(daemon);
      expect(dead.exit).toBe(3);
      expect(dead.json).toMatchObject({ state: 'panicked', panic: 'Memory failure: 0x3000: unrecoverable page', reboot_in: null });
      const text = await runMain(['status', daemon.mountPoint]);
      expect(text).toMatchObject({ status: 3, stderr: '' });
      expect(text.stdout).toContain(`${daemon.mountPoint}: panicked, dead until it is rebooted\n  panic   Memory failure: 0x3000: unrecoverable page\n`);

      await daemon.sh(`echo reboot > control; echo 1000 > proc/sys/kernel/panic; ${PANICS}`);
      const rebooting = await statusOf(daemon);
      expect(rebooting.exit).toBe(3);
      expect(rebooting.json).toMatchObject({ state: 'rebooting', boot: 2 });
      expect(rebooting.json['reboot_in']).toBeGreaterThan(900);

      await daemon.sh('echo wait 1000000 > control');
      expect(await statusOf(daemon)).toMatchObject({ exit: 0, json: { state: 'running', boot: 3 } });
    });
  });

  it('finds the control file of a subtree', async () => {
    await withDaemon({ options: ['--subtree', 'proc/sys/vm'] }, async (daemon) => {
      expect(await statusOf(daemon)).toMatchObject({ exit: 0, json: { state: 'running', subtree: 'proc/sys/vm' } });
    });
  });

  it('tells where the log is now, when a reload has moved it', async () => {
    const place = await makePlace();
    try {
      const [config, log] = [`${place.directory}/conf`, `${place.directory}/first`];
      await writeFile(config, `log: ${log}\n`);
      const daemon = await startDaemon(place, { options: ['--config', config], logConfigured: true });
      try {
        expect((await statusOf(daemon)).json).toMatchObject({ log, log_format: 'dmesg' });
        await writeFile(config, `log: ${log}2\nlog-format: raw\n`);
        const opened = new Promise<void>((resolve) => daemon.process.stderr?.on('data', () => { if (daemon.output.stderr.includes('reopened')) resolve(); }));
        daemon.process.kill('SIGHUP');
        await opened;
        expect((await statusOf(daemon)).json).toMatchObject({ log: `${log}2`, log_format: 'raw' });
      } finally {
        await daemon.stop();
      }
    } finally {
      await place.remove();
    }
  });

  it('says in one line, with status 1, why it cannot', async () => {
    const place = await makePlace();
    try {
      const daemon = await startDaemon(place, { options: ['--allow-other'] });
      const look = async (path: string) => {
        const { status, stdout, stderr } = await runMain(['status', path]);
        expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
        return stderr.replaceAll(place.directory, '%');
      };
      expect(await look(`${place.mountPoint}/proc/sys`)).toBe('vmsysctld: %/mnt/proc/sys lies in the machine on %/mnt: name that\n');
      expect(await look(place.directory)).toMatch(/^vmsysctld: there is no machine on %: there is one on .*%\/mnt.*\n$/);
      expect(await look(`${place.directory}/none`)).toBe('vmsysctld: %/none does not exist: name the directory on which a machine is mounted\n');
      daemon.process.kill('SIGSTOP');
      expect(await look(place.mountPoint)).toBe('vmsysctld: the daemon of the machine on %/mnt does not answer: continue or kill it\n');
      daemon.process.kill('SIGKILL');
      await exited(daemon.process);
      expect(await look(place.mountPoint)).toBe('vmsysctld: %/mnt is on a mount whose server has died: mount one there again, or umount -l %/mnt\n');
    } finally {
      await place.remove();
    }
  });

  it('is for root and who mounted it', async () => {
    await withDaemon({ options: ['--allow-other'] }, async (daemon) => {
      const { status, stdout, stderr } = await sh(
        'chmod 755 "$(dirname "$2")"; exec setpriv --reuid 65534 --regid 65534 --clear-groups "$0" "$1" status "$2"'.replace('$0', process.execPath),
        [MAIN, daemon.mountPoint],
      );
      expect({ status, stdout, stderr }).toEqual({
        status: 1, stdout: '', stderr: `vmsysctld: ${daemon.mountPoint} is not accessible to this user: look as root, or as the user who mounted it\n`,
      });
    });
  });

  it('takes the only machine there is, and asks which where there are more', async () => {
    await withDaemon({}, async (first) => {
      await withDaemon({}, async (second) => {
        // In a mount namespace that has only these machines, and shows the first at two places. Machines of other tests may have any name, which
        // /proc/mounts spells with octal numbers, and may go meanwhile.
        const { status, stdout, stderr } = await sh(`exec unshare --mount bash --norc -ec '
          while read -r _ place type _; do
            printf -v place %b "\${place//\\\\/\\\\0}"
            if [ "$type" = fuse.vmsysctld ] && [ "$place" != "$3" ] && [ "$place" != "$4" ]; then umount -l "$place" 2>/dev/null || true; fi
          done < <(cat /proc/mounts)
          mkdir "$5"; mount --bind "$3" "$5"
          run() { "$1" "$2" status --json; }
          run "$@" || echo "status $?"
          umount -l "$4"; run "$@" | grep mount
          umount -l "$3"; umount -l "$5"; run "$@" || echo "status $?"
          ' x "$@"`, [process.execPath, MAIN, first.mountPoint, second.mountPoint, `${first.log}.bind`]);
        const several = [first.mountPoint, second.mountPoint].join(', ');
        expect({ status, stdout, stderr }).toEqual({
          status: 0, stdout: `status 2\n  "mount": "${first.mountPoint}",\nstatus 1\n`,
          stderr: `vmsysctld: status needs a MNT, because there are several: ${several}\nvmsysctld: no machine is mounted: vmsysctld mount MNT mounts one\n`,
        });
      });
    });
  });
});

/** A running `vmsysctld dmesg`: its lines as they come. */
function follow(...args: string[]) {
  const child = spawn(process.execPath, [MAIN, 'dmesg', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  const output = createInterface(child.stdout).on('line', (line) => { lines.push(line); });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => { stderr += text; });
  return {
    child, lines,
    /** Settles when a line that contains this has come. */
    async shows(text: string): Promise<void> {
      while (!lines.some((line) => line.includes(text))) await once(output, 'line', { signal: AbortSignal.timeout(100_000) });
    },
    async end() {
      const [status, signal] = child.exitCode === null && child.signalCode === null ? await once(child, 'close') as [number, string] : [child.exitCode, child.signalCode];
      return { end: signal ?? status, stderr };
    },
  };
}

describeDaemon('vmsysctld dmesg', (transport) => {
  const { withDaemon, startDaemon } = daemonsBy(transport);

  it.each(Object.keys(LOG_FORMATS))('shows the boot there is, of a log of the format %s, of a dead machine too', async (format) => {
    await withDaemon({ options: ['--log-format', format, '--profile', '7.3'] }, async (daemon) => {
      await daemon.sh("echo 'log of the boot before' > control; echo reboot > control; echo 'log ä of this boot' > control");
      await daemon.sh(PANICS);
      const { status, stdout, stderr } = await runMain(['dmesg', daemon.mountPoint]);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      const lines = stdout.trimEnd().split('\n');
      expect(lines[0]).toMatch(/^\[ {4}0\.000000\] Linux version 7\.3-amd64 /);
      expect(stdout).toContain('] ä of this boot\n');
      expect(stdout).not.toContain('of the boot before');
      expect(lines.at(-1)).toMatch(/^\[ +\d+\.\d{6}\] ---\[ end Kernel panic - not syncing: Memory failure: 0x3000: unrecoverable page \]---$/);
      expect((await runMain(['dmesg', '-a', daemon.mountPoint])).stdout).toContain('] of the boot before\n');
      // Levels, if the format has them.
      const errors = await runMain(['dmesg', '-l', 'err', daemon.mountPoint]);
      if (format === 'raw' || format === 'kmsg') expect(errors.stdout.split('\n')[0]).toMatch(/Memory failure: 0x3000: unhandlable page\.$/);
      else expect(errors).toMatchObject({ status: 1, stdout: '', stderr: `vmsysctld: --level: the log ${daemon.log} has no levels in its lines: mount with --log-format raw or kmsg\n` });
    });
  });

  it('-w shows lines as they come, over boots and a rotation, to the end of the mount', async () => {
    await withDaemon({}, async (daemon) => {
      const following = follow('-w', daemon.mountPoint);
      try {
        await following.shows('Linux version');
        await daemon.sh("echo 'log first' > control");
        await following.shows('] first');
        await rename(daemon.log, `${daemon.log}.1`);
        await daemon.sh("echo 'log into the old file' > control");
        await following.shows('] into the old file');
        daemon.process.kill('SIGHUP');
        // The signal is handled at some time. What is logged is in one file or the other.
        for (let n = 0; (await readFile(daemon.log, 'utf8').catch(() => '')) === ''; n += 1) await daemon.sh(`echo 'log turn ${n}' > control`);
        await daemon.sh("echo 'reboot' > control; echo 'log last' > control");
        await following.shows('] last');
        expect(await daemon.stop()).toBe(0);
        expect(await following.end()).toEqual({ end: 0, stderr: '' });
        const all = `${await readFile(`${daemon.log}.1`, 'utf8')}${await readFile(daemon.log, 'utf8')}`;
        expect(`${following.lines.join('\n')}\n`).toBe(all);
      } finally {
        following.child.kill('SIGKILL');
      }
    });
  });

  it('-w ends when the daemon is killed, and says so', async () => {
    const place = await makePlace();
    try {
      const daemon = await startDaemon(place);
      const following = follow('-w', '--json', daemon.mountPoint);
      try {
        await following.shows('Linux version');
        daemon.process.kill('SIGKILL');
        await exited(daemon.process);
        expect(await following.end()).toEqual({
          end: 1, stderr: `vmsysctld: ${place.mountPoint} is on a mount whose server has died: mount one there again, or umount -l ${place.mountPoint}\n`,
        });
      } finally {
        following.child.kill('SIGKILL');
      }
    } finally {
      await place.remove();
    }
  });

  it('-w ends by Ctrl-C, and when nobody reads it any more, without a word', async () => {
    await withDaemon({}, async (daemon) => {
      const [interrupted, unread] = [follow('-w', daemon.mountPoint), follow('-w', daemon.mountPoint)];
      try {
        await Promise.all([interrupted.shows('Linux version'), unread.shows('Linux version')]);
        interrupted.child.kill('SIGINT');
        expect(await interrupted.end()).toEqual({ end: 'SIGINT', stderr: '' });
        unread.child.stdout.destroy();
        await daemon.sh("echo 'log unread' > control");
        expect(await unread.end()).toEqual({ end: 0, stderr: '' });
      } finally {
        interrupted.child.kill('SIGKILL');
        unread.child.kill('SIGKILL');
      }
    });
  });
});
