import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PROFILE_NAMES } from '../../src/kernel/profiles/names.ts';
import { list } from '../../src/language/words.ts';
import { type Daemon, MAIN, startDaemon } from './support/daemon.ts';
import { describeDaemon, describeMount, describeTransports, makePlace, mountsBelow, type Place, type TestTransport } from './support/mounts.ts';
import { sh } from './support/shell.ts';

/** A line of the daemon's own log. */
interface Line {
  readonly level: number;
  readonly msg: string;
  readonly reason?: string;
  readonly options?: readonly string[];
  readonly path?: string;
  readonly errno?: string;
}

/** The daemon's own log from a position on. */
function lines(daemon: Daemon, from = 0): Line[] {
  return daemon.output.stderr.slice(from).split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Line);
}

/** Sends SIGHUP, and waits for a line of the daemon's own log. Returns what was logged until then. */
async function hangUp(daemon: Daemon, message: string): Promise<Line[]> {
  const from = daemon.output.stderr.length;
  const said = new Promise<void>((resolve) => {
    daemon.process.stderr?.on('data', () => { if (lines(daemon, from).some(({ msg }) => msg === message)) resolve(); });
  });
  daemon.process.kill('SIGHUP');
  await said;
  return lines(daemon, from);
}

const REOPENED = 'the log was reopened';
const RESTART = 'these options have changed and need a restart: the daemon continues with the old values';
const CANNOT_OPEN = 'the log could not be reopened: it continues in its old file';
const REFUSED = 'the configuration is refused: none of it is applied';
/** The message for the last kind of change, if there is one of each kind. */
const AT_ONCE = 'changed options take effect at once';
const NEXT_BOOT = 'changed options take effect at the next boot';

/** Runs `body` with a daemon whose configuration file has this text. */
async function withConfig(
  transport: TestTransport, text: string, options: readonly string[], body: (daemon: Daemon, config: string, place: Place) => Promise<void>,
): Promise<void> {
  const place = await makePlace();
  try {
    const config = join(place.directory, 'my.conf');
    await writeFile(config, text);
    const daemon = await startDaemon(place, { transport, options: ['--config', config, ...options] });
    try {
      await body(daemon, config, place);
    } finally {
      expect(await daemon.stop()).toBe(0);
    }
    expect(await mountsBelow(place.directory)).toEqual([]);
  } finally {
    await place.remove();
  }
}

// How an order reaches the serving thread depends on the transport.
describeTransports('SIGHUP and a configuration file', (transport) => {
  it('applies the format of the log and the level of the own log at once', async () => {
    await withConfig(transport, 'log-format: dmesg\n', [], async (daemon, config) => {
      await writeFile(config, 'log-format: raw\nverbose: true\n');
      expect(await hangUp(daemon, AT_ONCE)).toMatchObject([{ msg: REOPENED }, { msg: AT_ONCE, options: ['log-format', 'verbose'] }]);
      await daemon.sh('echo "log a word" > control');
      expect(await readFile(daemon.log, 'utf8')).toMatch(/\n<\d>\[ *\d+\.\d{6}\] a word\n$/);
      expect(lines(daemon).some(({ level, msg }) => level === 20 && msg === 'write')).toBe(true);
    });
  });
});

describeDaemon('SIGHUP and a configuration file', (transport) => {
  it('starts with what the file says, the command line first', async () => {
    await withConfig(transport, 'profile: 7.3\nmemory: 2G\nlog-format: kmsg\nsysctl: [vm.swappiness=7, kernel.panic=3]\nlog: other\n', ['--memory', '256M', '--sysctl', 'vm.swappiness=8'], async (daemon) => {
      const { stdout } = await daemon.sh('cat proc/sys/kernel/osrelease proc/sys/vm/swappiness proc/sys/kernel/panic; grep MemTotal proc/meminfo; cat proc/cmdline');
      expect(stdout).toMatch(/^7\.3-amd64\n8\n3\nMemTotal: +2\d{5} kB\nconsole=ttyS0 sysctl\.vm\.swappiness=7 sysctl\.kernel\.panic=3 sysctl\.vm\.swappiness=8\n$/);
      expect(await readFile(daemon.log, 'utf8')).toMatch(/^5,0,0,-;Linux version/);
    });
  });

  it('takes up another log file, at once; where that cannot be opened, nothing changes', async () => {
    const place = await makePlace();
    try {
      const config = join(place.directory, 'my.conf');
      await writeFile(config, 'log: first\n');
      const [first, second] = [join(place.directory, 'first'), join(place.directory, 'new', 'second')];
      const daemon = await startDaemon(place, { transport, options: ['--config', config], log: first, logConfigured: true });
      try {
        expect(daemon.ready).toContain(`, log ${first}`);
        await writeFile(config, 'log: .\nlog-format: raw\n');
        expect(await hangUp(daemon, CANNOT_OPEN)).toMatchObject([{ level: 50, msg: CANNOT_OPEN, path: place.directory, errno: 'EISDIR' }]);
        await daemon.sh('echo "log once" > control');
        expect(await readFile(first, 'utf8')).toMatch(/\n\[ *\d+\.\d{6}\] once\n$/);
        await writeFile(config, 'log: mnt/log\n');
        const [within] = await hangUp(daemon, REOPENED);
        expect(within).toMatchObject({ level: 50, msg: REFUSED, reason: expect.stringContaining(`lies below ${place.mountPoint}`) as string });
        await writeFile(config, 'log: new/second\n');
        expect(await hangUp(daemon, AT_ONCE)).toMatchObject([{ msg: REOPENED, path: second }, { msg: AT_ONCE, options: ['log'] }]);
        await daemon.sh('echo "log twice" > control');
        expect(await readFile(second, 'utf8')).toMatch(/^\[ *\d+\.\d{6}\] twice\n$/);
        expect(await readFile(first, 'utf8')).not.toContain('twice');
      } finally {
        expect(await daemon.stop()).toBe(0);
      }
    } finally {
      await place.remove();
    }
  });

  it('has new sysctls hold from the next boot of the machine on', async () => {
    await withConfig(transport, 'sysctl: [vm.swappiness=7]\n', [], async (daemon, config) => {
      await writeFile(config, 'sysctl: [vm.swappiness=9, kernel.panic=-1]\n');
      expect(await hangUp(daemon, NEXT_BOOT)).toMatchObject([{ msg: REOPENED }, { msg: NEXT_BOOT, options: ['sysctl'] }]);
      const look = 'cat proc/sys/vm/swappiness proc/sys/kernel/panic proc/cmdline';
      expect((await daemon.sh(look)).stdout).toBe('7\n0\nconsole=ttyS0 sysctl.vm.swappiness=7\n');
      expect((await daemon.sh(`echo reboot > control; ${look}`)).stdout).toBe('9\n-1\nconsole=ttyS0 sysctl.vm.swappiness=9 sysctl.kernel.panic=-1\n');
      expect((await daemon.sh(`echo 5 > proc/sys/vm/swappiness; echo reset > control; ${look}`)).stdout).toMatch(/^9\n-1\n/);
    });
  });

  it('names what needs a restart each time, and does without it', async () => {
    await withConfig(transport, 'profile: v4\nseed: 1\n', ['--memory', '256M'], async (daemon, config) => {
      await writeFile(config, 'profile: 7.3\nseed: 2\nmemory: 2G\nsubtree: proc/sys/vm\n');
      // The memory size is that of the command line.
      for (let time = 0; time < 2; time++) {
        expect(await hangUp(daemon, RESTART)).toMatchObject([{ msg: REOPENED }, { level: 40, msg: RESTART, options: ['profile', 'seed', 'subtree'] }]);
      }
      expect((await daemon.sh('echo reset > control; cat proc/sys/kernel/osrelease')).stdout).toBe('7.3.0-rc7-v4\n');
    });
  });

  it('refuses a wrong file as a whole, and reopens the log all the same', async () => {
    await withConfig(transport, 'log-format: dmesg\n', [], async (daemon, config) => {
      await writeFile(config, 'log-format: raw\nsysctl:\n  - vm.swappiness=9\n  - vm.swappines=9\n');
      await rename(daemon.log, `${daemon.log}.1`);
      const said = await hangUp(daemon, REOPENED);
      expect(said).toMatchObject([
        { level: 50, msg: REFUSED, reason: `${config}:4: sysctl: unknown sysctl 'vm.swappines', did you mean 'vm.swappiness'?` }, { msg: REOPENED },
      ]);
      await daemon.sh('echo "log a word" > control');
      expect(await readFile(daemon.log, 'utf8')).toMatch(/^\[ *\d+\.\d{6}\] a word\n$/);
      expect((await daemon.sh('echo reset > control; cat proc/sys/vm/swappiness')).stdout).toBe('60\n');
      await rm(config);
      expect(await hangUp(daemon, REOPENED)).toMatchObject([{ msg: REFUSED, reason: `--config: cannot read ${config}: it does not exist` }, { msg: REOPENED }]);
    });
  });
});

describeMount('/etc/vmsysctld.conf', () => {
  it('is read by mount and exec where no other is named', async () => {
    const place = await makePlace();
    try {
      // An /etc of its own, only in this mount namespace.
      const script = `cp -a /etc "$1/etc" && printf '%s\\n' 'profile: 7.3' 'memory: 256M' 'log: /proc/nowhere' > "$1/etc/vmsysctld.conf" && mount --bind "$1/etc" /etc || exit
        "$2" "$3" exec -- cat /proc/sys/kernel/osrelease; "$2" "$3" exec --profile v4 -- cat /proc/sys/kernel/osrelease
        "$2" "$3" exec --config /dev/null -- cat /proc/sys/kernel/osrelease
        echo 'profile: v5' > /etc/vmsysctld.conf; "$2" "$3" mount "$4"; echo $?; "$2" "$3" exec -- true; echo $?
        chmod 600 /etc/vmsysctld.conf; setpriv --reuid 65534 --regid 65534 --clear-groups "$2" "$3" mount /nonexistent/place; echo $?`;
      const { stdout, stderr } = await sh('exec unshare -m bash --norc -c "$0" bash "$@"'.replace('"$0"', '"$5"'), [place.directory, process.execPath, MAIN, place.mountPoint, script]);
      expect(stdout).toBe('7.3-amd64\n7.3.0-rc7-v4\n7.3.0-rc7-v4\n2\n125\n1\n');
      const wrong = `vmsysctld: /etc/vmsysctld.conf:1: profile takes ${list(PROFILE_NAMES, 'or')}, not 'v5'\n`;
      expect(stderr).toBe(`${wrong}${wrong}vmsysctld: /nonexistent/place does not exist: create it first, mkdir -p /nonexistent/place\n`);
    } finally {
      await place.remove();
    }
  });
});
