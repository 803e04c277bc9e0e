import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { beforeAll, expect, it } from 'vitest';
import buildOnce from '../e2e/support/build-once.ts';
import { type Daemon, daemonsBy } from '../e2e/support/daemon.ts';
import { describeMount, describeTransports, makePlace } from '../e2e/support/mounts.ts';
import { sh } from '../e2e/support/shell.ts';
import { compileRecorded } from '../support/compile.ts';
import { WHOLE } from '../support/whole.ts';
import { kernelsWith, recording } from '../support/recording.ts';

const { startDaemon, withDaemon } = daemonsBy('dev-fuse');
const PROFILE = ['--profile', '7.3'];

/** A reader that follows /dev/kmsg: its lines as they are written, one for each record. */
function follow(daemon: Daemon, command: string): { next(count: number): Promise<string[]>; end(): Promise<void> } {
  const child = spawn('bash', ['--norc', '-c', command], { cwd: daemon.mountPoint, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    async next(count) {
      const taken: string[] = [];
      while (taken.length < count) {
        const line = await lines.next();
        if (line.done === true) throw new Error(`no more lines after ${taken.join('\n')}`);
        taken.push(line.value);
      }
      return taken;
    },
    async end() {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
      const exit = once(child, 'exit');
      process.kill(-child.pid, 'SIGTERM');
      await exit;
    },
  };
}

const textOf = (line: string): string => line.slice(line.indexOf(';') + 1);

describeMount('/dev/kmsg', () => {
  beforeAll(buildOnce);

  // The others differ in a record or none, which devkmsg-kernels.test.ts compares.
  it.each(kernelsWith('devkmsg.KERNEL.txt').filter((kernel) => WHOLE || kernel === '7.3' || kernel === '6.1'))('answers every call as Linux %s did', async (kernel) => {
    const program = await compileRecorded('devkmsg.c');
    if (program === undefined) {
      console.warn('SKIPPED: no C compiler to make devkmsg of: apt-get install gcc libc6-dev');
      return;
    }
    const place = await makePlace();
    try {
      await chmod(place.directory, 0o755);
      const daemon = await startDaemon(place, { options: ['--profile', kernel, '--allow-other'] });
      const { stdout, stderr } = await daemon.sh('exec "$1" dev/kmsg proc/sys/kernel', [program.path]);
      await daemon.stop();
      expect({ stdout, stderr }).toEqual({ stdout: recording(`devkmsg.${kernel}.txt`), stderr: '' });
    } finally {
      await place.remove();
      await program.remove();
    }
  });

  it('has what the log has, and what is written to it is in the log', async () => {
    await withDaemon({ options: [...PROFILE, '--log-format', 'kmsg'] }, async (daemon) => {
      await daemon.sh("echo '<13>from a user' > dev/kmsg; echo 'inject type=slab' > control; echo 4 > proc/sys/vm/drop_caches");
      const { stdout } = await daemon.sh('dd if=dev/kmsg bs=8192 iflag=nonblock status=none 2>/dev/null');
      expect(stdout).toBe(await readFile(daemon.log, 'utf8'));
      const lines = stdout.trimEnd().split('\n').slice(2);
      expect(lines.map((line) => line.replace(/,\d+,-;/, ',T,-;').replaceAll(/0x[0-9a-f]+/g, 'PFN').replace(/\(\d+\)/, '(PID)'))).toEqual([
        '13,2,T,-;from a user',
        '3,3,T,-;Memory failure: PFN: unhandlable page.',
        '3,4,T,-;Memory failure: PFN: recovery action for reserved kernel page: Ignored',
        '6,5,T,-;bash (PID): drop_caches: 4',
      ]);
    });
  });

  it('gives head -1 its line and ends', async () => {
    await withDaemon({ options: PROFILE }, async (daemon) => {
      expect((await daemon.sh('head -n 1 dev/kmsg')).stdout).toMatch(/^5,0,0,-;Linux version 7\.3-amd64 .*\n$/);
    });
  });

  it('wakes several readers at once, none of which holds up anything, and lets signals end them', async () => {
    await withDaemon({ options: PROFILE }, async (daemon) => {
      const readers = ['exec cat dev/kmsg', 'while read -r line; do echo "$line"; done < dev/kmsg', "exec perl -e '$|=1; sysopen(K, q(dev/kmsg), 0); print while sysread(K, $_, 8192)'"]
        .map((command) => follow(daemon, command));
      try {
        for (const reader of readers) expect((await reader.next(2)).map(textOf)[1]).toMatch(/^Command line: /);
        expect((await daemon.sh('cat proc/sys/vm/swappiness; echo one > dev/kmsg; echo two > dev/kmsg')).stdout).toBe('60\n');
        for (const reader of readers) expect((await reader.next(2)).map(textOf)).toEqual(['one', 'two']);
      } finally {
        for (const reader of readers) await reader.end();
      }
    });
  });

  it('tells readers of a reboot by EPIPE, goes on with the new boot, and is EIO on a dead machine', async () => {
    await withDaemon({ options: [...PROFILE, '--sysctl', 'vm.panic_on_unrecoverable_memory_failure=1'] }, async (daemon) => {
      const loop = "exec perl -e '$|=1; sysopen(K, q(dev/kmsg), 0); for (;;) { my $n = sysread(K, $_, 8192); print defined $n ? $_ : qq(;$!\\n); exit if $!{EIO} }'";
      const reader = follow(daemon, loop);
      try {
        await reader.next(2);
        await daemon.sh('echo reboot > control');
        expect((await reader.next(3)).map(textOf)).toEqual(['Broken pipe', expect.stringMatching(/^Linux version/), expect.stringMatching(/^Command line/)]);
        await daemon.sh('echo "inject type=reserved" > control');
        expect((await reader.next(1)).map(textOf)).toEqual(['Input/output error']);
      } finally {
        await reader.end();
      }
    });
  });
});

describeTransports('the caller', (transport) => {
  it('is known by name and number, or is called bash', async () => {
    await daemonsBy(transport).withDaemon({ options: PROFILE }, async (daemon) => {
      const { stdout } = await daemon.sh('perl -e \'$0 = "a name"; open(F, ">", "proc/sys/vm/drop_caches"); syswrite(F, "1"); print $$\'');
      const line = (await readFile(daemon.log, 'utf8')).trimEnd().split('\n').at(-1)?.replace(/^\[.*?\] /, '');
      expect(line).toBe(transport === 'dev-fuse' ? `a name (${stdout}): drop_caches: 1` : 'bash (117): drop_caches: 1');
    });
  });
});

describeMount('a user namespace', () => {
  it('is enough for dev-fuse, which auto takes there', async () => {
    const place = await makePlace();
    try {
      const script = 'node=$1; shift; "$node" "$@" > out 2> err & until grep -qs ^ready out; do sleep 0.05; done; '
        + 'cat mnt/proc/sys/vm/swappiness; echo 7 > mnt/proc/sys/vm/swappiness; cat mnt/proc/sys/vm/swappiness; stat -c "%u %A" mnt/control; kill $!; wait $!; echo $?; grep -o "transport.:.[a-z-]*" err';
      const main = new URL('../../dist/main.js', import.meta.url).pathname;
      const { stdout, stderr } = await sh('unshare -Urm bash --norc -c "$@"', [script, 'bash', process.execPath, main, 'mount', 'mnt', '--log', 'log'], { cwd: place.directory });
      expect({ stdout, stderr }).toEqual({ stdout: '60\n7\n0 -rw-------\n0\ntransport":"dev-fuse\n', stderr: '' });
    } finally {
      await place.remove();
    }
  });
});
