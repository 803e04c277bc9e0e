import { spawn } from 'node:child_process';
import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { daemonsBy, exited, MAIN, runMain } from './support/daemon.ts';
import { describeDaemon, describeMount, makePlace, mountsBelow } from './support/mounts.ts';
import { sh } from './support/shell.ts';

const SHELLS = 4;
const INJECTIONS = 4000;

describeDaemon('kill -9 in the middle of injections from several shells', (transport) => {
  const { startDaemon } = daemonsBy(transport);

  it('loses none whose write returned, and the next start takes over', async () => {
    const place = await makePlace();
    try {
      const daemon = await startDaemon(place, { options: ['--memory', '32G', '--profile', '7.3'] });
      const acknowledged: string[] = [];
      // Each shell prints the frames whose injection was acknowledged. Frames from 0x200000 on are free on this machine.
      const shells = Array.from({ length: SHELLS }, (_, n) => {
        const first = 0x200000 + n * 0x10000;
        const loop =
          'i=0; while [ $i -lt $3 ]; do pfn=$(($2 + i)); { echo "inject pfn=$pfn" > "$1/control"; } 2>/dev/null && echo $pfn || exit; i=$((i + 1)); done';
        const child = spawn('bash', ['--norc', '-c', loop, 'bash', place.mountPoint, String(first), String(INJECTIONS / SHELLS)], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        createInterface(child.stdout).on('line', (line) => {
          acknowledged.push(line);
          if (acknowledged.length === INJECTIONS / 2) daemon.process.kill('SIGKILL');
        });
        return child;
      });
      await Promise.all(shells.map(exited));
      await exited(daemon.process);
      expect(daemon.process.signalCode).toBe('SIGKILL');
      expect(acknowledged.length).toBeGreaterThanOrEqual(INJECTIONS / 2);
      expect(acknowledged.length).toBeLessThan(INJECTIONS);
      const log = await readFile(daemon.log, 'utf8');
      const missing = acknowledged.filter(
        (pfn) => !log.includes(`Memory failure: 0x${Number(pfn).toString(16)}: recovery action for free buddy page: Recovered\n`),
      );
      expect(missing).toEqual([]);

      // kill -9 leaves a mount that answers ENOTCONN. A new start is enough to repair that.
      const next = await startDaemon(place);
      expect((await next.sh('cat proc/sys/vm/swappiness')).stdout).toBe('60\n');
      expect(await next.stop()).toBe(0);
      expect(await mountsBelow(place.directory)).toEqual([]);
      expect((await readFile(daemon.log, 'utf8')).startsWith(log)).toBe(true);
    } finally {
      await place.remove();
    }
  });
});

describeDaemon('signals', (transport) => {
  const { startDaemon, withDaemon } = daemonsBy(transport);

  it.each(['SIGTERM', 'SIGINT'] as const)('%s unmounts and ends with 0, also while files are open', async (signal) => {
    const place = await makePlace();
    try {
      const daemon = await startDaemon(place);
      const holder = spawn('bash', ['--norc', '-c', 'exec 3< "$1/proc/sys/vm/swappiness"; echo open; read -r', 'bash', place.mountPoint], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      await new Promise((resolve) => holder.stdout.once('data', resolve));
      expect(await daemon.stop(signal)).toBe(0);
      expect(await mountsBelow(place.directory)).toEqual([]);
      holder.stdin.end('\n');
      await exited(holder);
    } finally {
      await place.remove();
    }
  });

  it('a reader that closes the pipe after the ready line ends nothing', async () => {
    const place = await makePlace();
    try {
      // The hints are written to a pipe that has lost its reader.
      const { stdout } = await sh(
        '"$1" "$2" mount "$3" --log "$4" --hints > >(head -n 1) 2>"$4.err" & until [ -e "$3/control" ]; do sleep 0.05; done; ' +
          'cat "$3/proc/sys/vm/swappiness" && echo "log still there" > "$3/control"; kill -TERM $!; wait $!; echo $?',
        [process.execPath, MAIN, place.mountPoint, `${place.directory}/log`],
      );
      expect(stdout.replace(/^ready: .*\n/m, '')).toBe('60\n0\n');
      expect(await readFile(`${place.directory}/log`, 'utf8')).toMatch(/\] still there\n$/);
      expect(await mountsBelow(place.directory)).toEqual([]);
    } finally {
      await place.remove();
    }
  });

  it('a failure of the daemon itself leaves no mount behind', async () => {
    const place = await makePlace();
    try {
      const daemon = await startDaemon(place, {
        environment: { NODE_OPTIONS: `--import ${new URL('support/fail-on-usr2.mjs', import.meta.url).pathname}` },
      });
      expect(await daemon.stop('SIGUSR2')).toBe(1);
      expect(daemon.output.stderr).toContain('the daemon failed, and ends');
      expect(await mountsBelow(place.directory)).toEqual([]);
    } finally {
      await place.remove();
    }
  });

  it('SIGHUP reopens the log, as logrotate asks for', async () => {
    await withDaemon({}, async (daemon) => {
      await daemon.sh("echo 'log before' > control");
      await rename(daemon.log, `${daemon.log}.1`);
      const reopened = new Promise<void>((resolve) =>
        daemon.process.stderr?.on('data', () => daemon.output.stderr.includes('the log was reopened') && resolve()),
      );
      daemon.process.kill('SIGHUP');
      await reopened;
      await daemon.sh("echo 'log after' > control");
      expect(await readFile(`${daemon.log}.1`, 'utf8')).toMatch(/\] before\n$/);
      expect(await readFile(daemon.log, 'utf8')).toMatch(/^\[ *\d+\.\d{6}\] after\n$/);
      expect((await stat(daemon.log)).mode & 0o777).toBe(0o640);
    });
  });
});

describeDaemon('the log', (transport) => {
  const { startDaemon, withDaemon } = daemonsBy(transport);

  it.each([
    ['dmesg', /^\[ +\d+\.\d{6}\] Memory failure: 0x2000: recovery action for free buddy page: Recovered$/],
    ['raw', /^<3>\[ +\d+\.\d{6}\] Memory failure: 0x2000: recovery action for free buddy page: Recovered$/],
    [
      'syslog',
      /^[A-Z][a-z]{2} [ 123]\d \d\d:\d\d:\d\d web1 kernel: \[ +\d+\.\d{6}\] Memory failure: 0x2000: recovery action for free buddy page: Recovered$/,
    ],
    ['kmsg', /^3,2,\d+,-;Memory failure: 0x2000: recovery action for free buddy page: Recovered$/],
  ])('in format %s', async (format, line) => {
    await withDaemon({ options: ['--log-format', format, '--sysctl', 'kernel.hostname=web1'] }, async (daemon) => {
      await daemon.sh("echo 'page pfn=0x2000 type=free' > control; echo 'inject pfn=0x2000' > control");
      const lines = (await readFile(daemon.log, 'utf8')).trimEnd().split('\n');
      expect(lines).toHaveLength(3);
      expect(lines[2]).toMatch(line);
    });
  });

  it('is in the file before the write that caused it returns', async () => {
    await withDaemon({}, async (daemon) => {
      const { stdout } = await daemon.sh(
        'for i in $(seq 200); do echo "log line $i" > control; tail -n 1 "$1" | grep -c "\\] line $i$"; done | sort | uniq -c',
        [daemon.log],
      );
      expect(stdout.trim()).toBe('200 1');
    });
  });

  it('when it is full a write is refused, and not done; when there is room it is', async () => {
    const place = await makePlace();
    const small = `${place.directory}/small`;
    try {
      await sh('mkdir "$1" && mount -t tmpfs -o size=1m none "$1"', [small]);
      const daemon = await startDaemon(place, { log: `${small}/log` });
      await sh('head -c 2M /dev/zero > "$1/filler"', [small]);
      // The reserve of the log takes the lines of the write that finds the disk full. The rest of it takes some more lines.
      const full = await daemon.sh('for i in $(seq 200); do echo "log a line of some length, number $i" > control || break; done; echo 7 > proc/sys/vm/swappiness');
      expect(full.stderr).toBe('bash: line 1: echo: write error: No space left on device\n'.repeat(2));
      expect((await daemon.sh('cat proc/sys/vm/swappiness')).stdout).toBe('60\n');
      await sh('rm "$1/filler"', [small]);
      expect(await daemon.sh('echo \'log there is room again\' > control && tail -n 1 "$1"', [daemon.log])).toMatchObject({
        status: 0,
        stderr: '',
      });
      expect(await readFile(daemon.log, 'utf8')).toMatch(/\] there is room again\n$/);
      expect(await daemon.stop()).toBe(0);
    } finally {
      await sh('umount -l "$1"', [small]);
      await place.remove();
    }
  });

  it.each([
    ['MNT/log', 'lies below MNT, where the files are to be mounted'], ['MNT/a/b/log', 'lies below MNT'], ['link/log', 'lies below MNT'],
    ['/proc/x/y/log', 'does not exist, and its directory cannot be made (ENOENT)'], ['.', 'is a directory (EISDIR)'], ['symlink', 'is a symbolic link'],
    ['fifo', 'is a FIFO that nobody reads'],
  ])('at %s is refused at the start, in one line, and nobody waits', async (name, why) => {
    const place = await makePlace();
    try {
      await sh('cd "$1"; mkfifo fifo; ln -s /etc/passwd symlink; ln -s mnt link', [place.directory]);
      const log = resolve(place.directory, name.replace('MNT', place.mountPoint));
      const { status, stdout, stderr } = await runMain(['mount', place.mountPoint, '--log', log, '--transport', transport]);
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      expect(stderr.match(/^vmsysctld: .*$/gm)).toEqual([expect.stringContaining(why.replace('MNT', place.mountPoint))]);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
      expect(await mountsBelow(place.directory)).toEqual([]);
    } finally {
      await place.remove();
    }
  });

  it('that cannot be written at all is refused at the start', async () => {
    const place = await makePlace();
    try {
      expect(await runMain(['mount', place.mountPoint, '--log', '/dev/full'])).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(
          /^vmsysctld: the log \/dev\/full cannot be written \(ENOSPC\): name another with --log FILE$/m,
        ) as string,
      });
      expect(await mountsBelow(place.directory)).toEqual([]);
    } finally {
      await place.remove();
    }
  });
});

describeDaemon('other users', (transport) => {
  const { withDaemon } = daemonsBy(transport);

  const asNobody = 'setpriv --reuid 65534 --regid 65534 --clear-groups bash --norc -c';
  it('do not get in without --allow-other', async () => {
    await withDaemon({}, async (daemon) => {
      await sh('chmod 755 "$(dirname "$1")"', [daemon.mountPoint]);
      expect((await sh(`${asNobody} 'cat "$1"/proc/sys/vm/swappiness' x "$1"`, [daemon.mountPoint])).stderr).toContain('Permission denied');
    });
  });

  it('with it read what the modes allow, and no more', async () => {
    await withDaemon({ options: ['--allow-other'] }, async (daemon) => {
      await sh('chmod 755 "$(dirname "$1")"', [daemon.mountPoint]);
      const { stdout, stderr } = await sh(
        `${asNobody} 'cd "$1"; cat proc/sys/vm/swappiness; echo 1 > proc/sys/vm/swappiness; cat control; cat proc/sys/vm/mmap_rnd_bits' x "$1"`,
        [daemon.mountPoint],
      );
      expect(stdout).toBe('60\n');
      expect(stderr.replaceAll(/^.*?: line \d+: /gm, '')).toBe(
        'proc/sys/vm/swappiness: Permission denied\ncat: control: Permission denied\ncat: proc/sys/vm/mmap_rnd_bits: Permission denied\n',
      );
    });
  });
});

describeMount('what cannot be mounted on', () => {
  it('is refused in one line, with exit status 1', async () => {
    const place = await makePlace();
    try {
      await writeFile(`${place.mountPoint}/kept`, 'here before');
      for (const [mountPoint, says] of [
        [place.mountPoint, /not empty/],
        [`${place.directory}/nosuch`, /does not exist|missing/],
        [`${place.mountPoint}/kept`, /not a directory/],
      ] as const) {
        const { status, stderr, stdout } = await runMain(['mount', mountPoint, '--log', `${place.directory}/log`]);
        expect({ mountPoint, status, stdout }).toEqual({ mountPoint, status: 1, stdout: '' });
        expect(stderr.trimEnd().split('\n')).toHaveLength(1);
        expect(stderr).toMatch(says);
      }
    } finally {
      await place.remove();
    }
  });
});
