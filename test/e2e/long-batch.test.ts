import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cannotNotify, receiveOn } from '../support/datagrams.ts';
import { daemonsBy } from './support/daemon.ts';
import { describeMount, describeTransports, makePlace, mountsBelow } from './support/mounts.ts';

/** More injections than are done during a test. */
const LONG = "echo 'inject type=slab count=1000000' > control";
const MACHINE = ['--profile', '7.3', '--memory', '64G'];
const cannot = cannotNotify();

describeTransports('a long batch on a mount', (transport) => {
  const { startDaemon } = daemonsBy(transport);

  it('has others served, and is stopped within a second of SIGTERM: the writer gets EINTR, the log says how much was done', async () => {
    const place = await makePlace();
    const daemon = await startDaemon(place, { options: MACHINE });
    try {
      const writer = daemon.sh(LONG);
      // The read is requested after the first lines arrive. When it is answered, the batch is running.
      await expect.poll(async () => (await readFile(daemon.log, 'utf8')).includes('recovery action'), { interval: 20 }).toBe(true);
      expect(await readFile(join(place.mountPoint, 'proc/sys/vm/swappiness'), 'utf8')).toBe('60\n');
      const begun = performance.now();
      daemon.process.kill('SIGTERM');
      const { status, stderr } = await writer;
      const answered = performance.now() - begun;
      expect(status).toBe(1);
      expect(stderr).toMatch(/Interrupted system call/);
      // A second on a quiet machine; this one may be busy.
      expect(answered).toBeLessThan(10_000);
      expect(await daemon.stop()).toBe(0);
      const log = await readFile(daemon.log, 'utf8');
      const [, done] = /control: interrupted: 0 of 1 commands were run, and (\d+) of 1000000 injections of the next\n$/.exec(log) ?? [];
      expect(Number(done)).toBeLessThan(1_000_000);
      expect(log.match(/recovery action for/g)?.length).toBe(Number(done));
    } finally {
      await daemon.stop('SIGKILL');
      await place.remove();
    }
    expect(await mountsBelow(place.directory)).toEqual([]);
  });

  it.skipIf(cannot !== undefined)('keeps the watchdog alive', async () => {
    const place = await makePlace();
    const receiver = await receiveOn(join(place.directory, 'socket'));
    try {
      const daemon = await startDaemon(place, { options: MACHINE, environment: { NOTIFY_SOCKET: receiver.socket, WATCHDOG_USEC: '1000000' } });
      try {
        const writer = daemon.sh(LONG);
        await expect.poll(async () => (await readFile(daemon.log, 'utf8')).includes('recovery action'), { interval: 20 }).toBe(true);
        const before = receiver.messages.length;
        await expect.poll(() => receiver.messages.slice(before).filter((message) => message.startsWith('WATCHDOG')).length).toBeGreaterThan(2);
        expect(await daemon.stop()).toBe(0);
        // Which of them ends it is not the subject here: libfuse may close the connection before it sends the reply.
        expect((await writer).stderr).toMatch(/Interrupted system call|Software caused connection abort/);
      } finally {
        await daemon.stop('SIGKILL');
      }
    } finally {
      await receiver.end();
      await place.remove();
    }
  });
});

describeMount('control on the real mount, by dev-fuse', () => {
  const { withDaemon } = daemonsBy('dev-fuse');

  it('has the writer in the lines of a panic', async () => {
    await withDaemon({ options: ['--profile', '7.3', '--sysctl', 'vm.panic_on_unrecoverable_memory_failure=1'] }, async (daemon) => {
      const { stdout } = await daemon.sh("echo $$; exec -a x perl -e 'open my $f, q(>), q(control); syswrite $f, qq(inject type=slab\\n); print $!'");
      const [pid, error] = stdout.split('\n');
      expect(error).toBe('Input/output error');
      expect(await readFile(daemon.log, 'utf8')).toContain(`UID: 0 PID: ${pid} Comm: perl `);
    });
  });

  it('has a signal for the writer end a long batch', async () => {
    await withDaemon({ options: MACHINE }, async (daemon) => {
      const writer = daemon.sh(`(${LONG}) & until grep -q 'recovery action' "$1"; do sleep 0.02; done; kill -TERM $!; wait $!; echo $?`, [daemon.log]);
      expect((await writer).stdout).toMatch(/^(?:1|143)\n$/);
      await expect.poll(async () => (await readFile(daemon.log, 'utf8')).split('\n').at(-2)).toMatch(/control: interrupted: /);
    });
  });

  it('has a batch go on after a signal whose handler continues a system call, and end after the next one', async () => {
    await withDaemon({ options: MACHINE }, async (daemon) => {
      const { stdout } = await daemon.sh(`
        perl -le '$SIG{CHLD} = $SIG{TERM} = sub {}; open my $f, q(>), q(control); print syswrite($f, q(inject type=slab count=1000000)) // $!' &
        writer=$!
        until grep -q 'recovery action' "$1"; do sleep 0.02; done
        kill -CHLD $writer
        until ${pending('writer', 0x1_0000)} || grep -q interrupted "$1"; do sleep 0.02; done
        lines=$(grep -c 'recovery action' "$1")
        until [ "$(grep -c 'recovery action' "$1")" -gt $((lines + 1000)) ] || grep -q interrupted "$1"; do sleep 0.02; done
        grep -c interrupted "$1"
        kill -TERM $writer; wait`, [daemon.log]);
      expect(stdout).toBe('0\nInterrupted system call\n');
      await expect.poll(async () => (await readFile(daemon.log, 'utf8')).split('\n').at(-2)).toMatch(/control: interrupted: /);
    });
  });

  it('has a read of messages wait on after such a signal, and end after another one', async () => {
    await withDaemon({ options: MACHINE }, async (daemon) => {
      const { stdout } = await daemon.sh(`
        perl -e '$SIG{WINCH} = $SIG{USR1} = sub {}; open my $f, q(<), q(dev/kmsg); sysseek $f, 0, 2;
          for (1, 2) { my $line; print sysread($f, $line, 9999) ? $line =~ s/.*;//r : $! }' &
        reader=$!
        until ${reads('reader')} || ! [ -d /proc/$reader ]; do sleep 0.02; done
        kill -WINCH $reader
        until ${pending('reader', 0x800_0000)} || ! [ -d /proc/$reader ]; do sleep 0.02; done
        echo 'log first' > control
        until ! ${pending('reader', 0x800_0000)}; do sleep 0.02; done
        until ${reads('reader')} || ! [ -d /proc/$reader ]; do sleep 0.02; done
        kill -USR1 $reader; wait`);
      expect(stdout).toBe('first\nInterrupted system call');
    });
  });
});

/** A shell command: whether the signals of a mask are pending for the process in a variable, for any of its threads. */
function pending(variable: string, mask: number): string {
  return `grep -q '^ShdPnd:.*${mask.toString(16).padStart(16, '0')}$' /proc/$${variable}/status 2> /dev/null`;
}

/** A shell command: whether the process in a variable waits in read(2) for 9,999 bytes. The call has number 0 on x86-64 and 63 on arm64. */
function reads(variable: string): string {
  return `grep -Eq '^(0|63) .* 0x270f ' /proc/$${variable}/syscall 2> /dev/null`;
}
