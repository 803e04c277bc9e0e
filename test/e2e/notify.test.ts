import { chmod, mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cannotNotify, receiveOn, type Receiver } from '../support/datagrams.ts';
import { daemonsBy, startDaemon as startAny } from './support/daemon.ts';
import { exec } from './support/exec.ts';
import { describeDaemon, describeMount, describeTransports, makePlace, mountsBelow, type Place } from './support/mounts.ts';
import { sh } from './support/shell.ts';

const reason = cannotNotify();
if (reason !== undefined) console.warn(`SKIPPED: the daemon and its service manager: ${reason}`);

/** Runs a test with a place for a mount, and the socket of a service manager in it. */
async function withReceiver(body: (receiver: Receiver, place: Place) => Promise<void>): Promise<void> {
  const place = await makePlace();
  try {
    const receiver = await receiveOn(join(place.directory, 'socket'));
    try {
      await body(receiver, place);
    } finally {
      await receiver.end();
    }
  } finally {
    await place.remove();
  }
}

/** The path of a command. */
async function pathOf(command: string): Promise<string> {
  return (await sh('PATH=$PATH:/usr/sbin:/sbin command -v "$1"', [command])).stdout.trim();
}

const monotonicUsec = (): number => Number(process.hrtime.bigint() / 1000n);

describeDaemon('the daemon and its service manager', (transport) => {
  const { startDaemon } = daemonsBy(transport);

  it.skipIf(reason !== undefined)('says that it is ready when the mount answers, that it stops, and nothing to others', async () => {
    await withReceiver(async (receiver, place) => {
      const daemon = await startDaemon(place, { environment: { NOTIFY_SOCKET: receiver.socket }, options: ['--profile', '7.3'] });
      try {
        await receiver.until(/^READY=1/);
        expect(receiver.messages).toEqual([`READY=1\nSTATUS=running (profile 7.3, 1G of memory, on ${place.mountPoint})`]);
        expect(await readFile(join(place.mountPoint, 'proc/sys/vm/swappiness'), 'utf8')).toBe('60\n');
      } finally {
        expect(await daemon.stop()).toBe(0);
      }
      await receiver.until(/STOPPING/);
      expect(receiver.messages.slice(1)).toEqual(['STOPPING=1']);
      expect(await mountsBelow(place.directory)).toEqual([]);
    });
  });

  it.skipIf(reason !== undefined)('tells of a panic, and of the boot after it', async () => {
    await withReceiver(async (receiver, place) => {
      const daemon = await startDaemon(place, { environment: { NOTIFY_SOCKET: receiver.socket } });
      try {
        await receiver.until(/^READY=1/);
        expect((await daemon.sh("echo 'panic the disk is on fire' > control")).status).not.toBe(0);
        await receiver.until(/^STATUS=panicked: the disk is on fire \(/, 1);
        expect((await daemon.sh('echo reboot > control')).status).toBe(0);
        await receiver.until(/^STATUS=running \(/, 2);
      } finally {
        await daemon.stop();
      }
    });
  });

  it.skipIf(reason !== undefined)('says when it reloads, by which time the log is open, on the clock of the service manager', async () => {
    await withReceiver(async (receiver, place) => {
      const daemon = await startDaemon(place, { environment: { NOTIFY_SOCKET: receiver.socket } });
      try {
        await receiver.until(/^READY=1/);
        await rename(daemon.log, `${daemon.log}.1`);
        const before = monotonicUsec();
        daemon.process.kill('SIGHUP');
        await receiver.until(/^READY=1\n/, 1);
        const [, reloading = '', ready] = receiver.messages;
        const [, usec] = /^RELOADING=1\nMONOTONIC_USEC=(\d+)$/.exec(reloading) ?? [];
        expect(Number(usec)).toBeGreaterThanOrEqual(before);
        expect(Number(usec)).toBeLessThanOrEqual(monotonicUsec());
        expect(ready).toBe(receiver.messages[0]);
        expect(await readFile(daemon.log, 'utf8')).toBe('');
      } finally {
        await daemon.stop();
      }
    });
  });
});

// Which thread sends the signs of life depends on the transport.
describeTransports('the daemon and its service manager', (transport) => {
  const { startDaemon } = daemonsBy(transport);

  it.skipIf(reason !== undefined)('gives signs of life while its files are served, and none while a disk holds up who serves them', async () => {
    const disk = await makePlace();
    try {
      // The log of one lies on the other.
      const slow = await startAny(disk, { transport: 'dev-fuse' });
      await withReceiver(async (receiver, place) => {
        const environment = { NOTIFY_SOCKET: receiver.socket, WATCHDOG_USEC: '1000000' };
        const daemon = await startDaemon(place, { environment, log: join(disk.mountPoint, 'dev/kmsg') });
        try {
          const first = await receiver.until(/^WATCHDOG=1$/);
          await receiver.until(/^WATCHDOG=1$/, first);
          // Without the hold a sign would come every half second. One or two may be on their way when it begins, and when it ends.
          await slow.sh("echo 'delay /dev/kmsg ms=6000 count=1' > control");
          const before = receiver.messages.length;
          await daemon.sh("echo 'log it hangs' > control");
          const after = receiver.messages.length;
          expect(after - before).toBeLessThanOrEqual(4);
          await receiver.until(/^WATCHDOG=1$/, after);
        } finally {
          await daemon.stop();
        }
      });
      await slow.stop();
    } finally {
      await disk.remove();
    }
  });
});

describeMount('the daemon and its service manager, on their ways', () => {
  it.skipIf(reason !== undefined)('is not ready before mount(8) has mounted', async () => {
    await withReceiver(async (receiver, place) => {
      const bin = join(place.directory, 'bin');
      await mkdir(bin);
      const script = `#!/bin/sh\n'${await pathOf('mount')}' "$@"; status=$?; sleep 0.3; NOTIFY_SOCKET=${receiver.socket} systemd-notify MOUNTED=1\nexit $status\n`;
      await writeFile(join(bin, 'mount'), script);
      await chmod(join(bin, 'mount'), 0o755);
      const environment = { NOTIFY_SOCKET: receiver.socket, PATH: `${bin}:${process.env['PATH'] ?? ''}` };
      const daemon = await startAny(place, { transport: 'dev-fuse', environment });
      try {
        await receiver.until(/^READY=1/);
        expect(receiver.messages.map((message) => message.split('\n')[0])).toEqual(['MOUNTED=1', 'READY=1']);
      } finally {
        await daemon.stop();
      }
    });
  });

  it.skipIf(reason !== undefined)('gives no signs of life that another process is to give', async () => {
    await withReceiver(async (receiver, place) => {
      const environment = { NOTIFY_SOCKET: receiver.socket, WATCHDOG_USEC: '200000', WATCHDOG_PID: '1' };
      const daemon = await startAny(place, { environment });
      try {
        await receiver.until(/^READY=1/);
        await daemon.sh('sleep 1');
      } finally {
        await daemon.stop();
      }
      await receiver.until(/^STOPPING=1/);
      expect(receiver.messages.map((message) => message.split('\n')[0])).toEqual(['READY=1', 'STOPPING=1']);
    });
  });

  it('lives where there is no systemd-notify, and says so', async () => {
    const place = await makePlace();
    try {
      const bin = join(place.directory, 'bin');
      await mkdir(bin);
      for (const command of ['mount', 'umount']) await symlink(await pathOf(command), join(bin, command));
      const daemon = await startAny(place, { transport: 'dev-fuse', environment: { NOTIFY_SOCKET: join(place.directory, 'socket'), PATH: bin } });
      expect((await daemon.sh('cat proc/sys/vm/swappiness')).stdout).toBe('60\n');
      expect(await daemon.stop()).toBe(0);
      expect(daemon.output.stderr).toContain('systemd-notify(1) is missing: install systemd');
    } finally {
      await place.remove();
    }
  });

  it('what exec runs does not speak for the service that exec runs in', async () => {
    const environment = { NOTIFY_SOCKET: '/run/nobody/listens', WATCHDOG_USEC: '1000000', WATCHDOG_PID: '1', KEPT: 'yes' };
    const { stdout } = await exec(['--', 'sh', '-c', 'echo "${NOTIFY_SOCKET-}${WATCHDOG_USEC-}${WATCHDOG_PID-}$KEPT"'], { environment });
    expect(stdout).toBe('yes\n');
  });
});
