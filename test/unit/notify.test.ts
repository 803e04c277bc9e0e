import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { takeNotifyEnvironment } from '../../src/daemon/notify-environment.ts';
import { keepAlive, Notifier, ServiceManager, statusText } from '../../src/daemon/service-manager.ts';
import { TransportError } from '../../src/fuse/transport.ts';
import { cannotNotify, receiveOn } from '../support/datagrams.ts';

const reason = cannotNotify();
if (reason !== undefined) console.warn(`SKIPPED: messages to the service manager: ${reason}`);

describe('the environment of sd_notify(3)', () => {
  it.each([
    [{}, undefined],
    [{ NOTIFY_SOCKET: '' }, undefined],
    [{ WATCHDOG_USEC: '1000' }, undefined],
    [{ NOTIFY_SOCKET: '/run/s' }, { socket: '/run/s' }],
    [{ NOTIFY_SOCKET: '@s', WATCHDOG_USEC: '1000' }, { socket: '@s', watchdogUsec: 1000 }],
    [{ NOTIFY_SOCKET: '@s', WATCHDOG_USEC: '1000', WATCHDOG_PID: '7' }, { socket: '@s', watchdogUsec: 1000 }],
    [{ NOTIFY_SOCKET: '@s', WATCHDOG_USEC: '1000', WATCHDOG_PID: '8' }, { socket: '@s' }],
    [{ NOTIFY_SOCKET: '@s', WATCHDOG_USEC: '0', WATCHDOG_PID: '7' }, { socket: '@s' }],
    [{ NOTIFY_SOCKET: '@s', WATCHDOG_USEC: '-5' }, { socket: '@s' }],
    [{ NOTIFY_SOCKET: '@s', WATCHDOG_USEC: 'soon' }, { socket: '@s' }],
  ])('%j says %j to process 7, and is taken away', (variables, wanted) => {
    const env: Record<string, string | undefined> = { PATH: '/bin', ...variables };
    expect(takeNotifyEnvironment(env, 7)).toEqual(wanted);
    expect(env).toEqual({ PATH: '/bin' });
  });
});

/** A log that stores its lines. */
function keptLog(): { readonly log: pino.Logger; readonly said: Record<string, unknown>[] } {
  const said: Record<string, unknown>[] = [];
  return { log: pino({}, { write: (line: string) => void said.push(JSON.parse(line) as Record<string, unknown>) }), said };
}

describe.skipIf(reason !== undefined)('messages to the service manager', () => {
  let directory: string;
  beforeEach(async () => { directory = await mkdtemp(join(tmpdir(), 'vmsysctld-notify-')); });
  afterEach(async () => { await rm(directory, { recursive: true }); });

  it.each(['path', 'abstract'])('arrive whole and in order at a socket with a name that is %s', async (kind) => {
    const receiver = await receiveOn(kind === 'path' ? join(directory, 'socket') : `@${directory}`);
    try {
      const { log, said } = keptLog();
      const notifier = new Notifier(receiver.socket, log);
      for (const n of [1, 2, 3]) notifier.send(() => ({ N: n }));
      notifier.send(() => ({ READY: 1, STATUS: 'two lines\nSTOPPING=1 with "quotes" and -- dashes, ünïcode' }));
      await receiver.until(/READY/);
      expect(receiver.messages).toEqual(['N=1', 'N=2', 'N=3', 'READY=1\nSTATUS=two lines STOPPING=1 with "quotes" and -- dashes, ünïcode']);
      expect(said).toEqual([]);
    } finally {
      await receiver.end();
    }
  });

  it('that cannot be sent are reported in the log, and the next is tried', async () => {
    const { log, said } = keptLog();
    const notifier = new Notifier(join(directory, 'nobody'), log);
    notifier.send(() => ({ READY: 1 }));
    notifier.send(() => ({ WATCHDOG: 1 }));
    await notifier.sent;
    expect(said).toMatchObject([
      { level: 50, message: { READY: 1 }, reason: expect.stringMatching(/No such file/) as unknown, msg: 'the service manager could not be notified' },
      { level: 50, message: { WATCHDOG: 1 } },
    ]);
  });

  it('that cannot even be made are logged, and the next is tried', async () => {
    const { log, said } = keptLog();
    const notifier = new Notifier(join(directory, 'nobody'), log);
    notifier.send(() => { throw new TypeError('a bug'); });
    notifier.send(() => ({ WATCHDOG: 1 }));
    await notifier.sent;
    expect(said).toMatchObject([{ err: { message: 'a bug' } }, { message: { WATCHDOG: 1 } }]);
  });

  it('tell of the last of many changes, not of each', async () => {
    const receiver = await receiveOn(`@${directory}`);
    try {
      const manager = new ServiceManager({ socket: receiver.socket }, keptLog().log);
      const machine = { profile: 'v4', memoryBytes: 2 ** 35 } as const;
      manager.news(machine);
      manager.ready('/mnt', async () => undefined);
      await receiver.until(/READY/);
      for (let n = 0; n < 1000; n++) manager.news({ ...machine, panic: `number ${n}` });
      await receiver.until(/number 999/);
      manager.stopping();
      await manager.notified;
      await receiver.until(/STOPPING/);
      expect(receiver.messages).toEqual([
        'READY=1\nSTATUS=running (profile v4, 32G of memory, on /mnt)',
        'STATUS=panicked: number 999 (profile v4, 32G of memory, on /mnt)',
        'STOPPING=1',
      ]);
    } finally {
      await receiver.end();
    }
  });

  it('say READY=1 once, when the last of several reloads is done, and not when it stops meanwhile', async () => {
    const receiver = await receiveOn(`@${directory}`);
    try {
      const manager = new ServiceManager({ socket: receiver.socket }, keptLog().log);
      const ends: (() => void)[] = [];
      const reload = (): Promise<boolean> => manager.reload(() => new Promise<boolean>((resolve) => { ends.push(() => { resolve(true); }); }));
      const reloads = [reload(), reload()];
      for (const end of ends.splice(0)) end();
      await Promise.all(reloads);
      await receiver.until(/READY/);
      const last = reload();
      manager.stopping();
      for (const end of ends) end();
      await Promise.all([last, manager.notified]);
      await receiver.until(/STOPPING/);
      expect(receiver.messages.map((message) => message.replace(/\d{4,}/, 'TIME'))).toEqual([
        'RELOADING=1\nMONOTONIC_USEC=TIME', 'RELOADING=1\nMONOTONIC_USEC=TIME', 'READY=1', 'RELOADING=1\nMONOTONIC_USEC=TIME', 'STOPPING=1',
      ]);
    } finally {
      await receiver.end();
    }
  });
});

describe('without a service manager', () => {
  it('nothing is sent, and reloading is done all the same', async () => {
    const { log, said } = keptLog();
    const manager = new ServiceManager(undefined, log);
    manager.news({ profile: '7.3', memoryBytes: 2 ** 30 });
    manager.ready('/mnt', () => Promise.reject(new Error('never asked')));
    expect(await manager.reload(async () => false)).toBe(false);
    manager.stopping();
    await manager.notified;
    expect(said).toEqual([]);
  });
});

describe('the status', () => {
  it('says whether the machine lives, what it is, and where', () => {
    expect(statusText({ profile: '7.3', memoryBytes: 2 ** 30 }, '/run/m')).toBe('running (profile 7.3, 1G of memory, on /run/m)');
    expect(statusText({ profile: '7.3', memoryBytes: 2 ** 30 }, '/run/m', true))
      .toBe('running (profile 7.3, 1G of memory, on /run/m); the last reload was refused, the journal has the reason');
    expect(statusText({ profile: 'v4', memoryBytes: 3 * 2 ** 29, panic: 'Oops' }, '/m')).toBe('panicked: Oops (profile v4, 1536M of memory, on /m)');
  });
});

describe('signs of life', () => {
  beforeEach(() => { vi.useFakeTimers(); });
  afterEach(() => { vi.useRealTimers(); });

  it('are given at once and twice in the time, and not while the files are not answered for', async () => {
    let answer: (() => void) | undefined;
    let hangs = false;
    const alive = vi.fn(async () => undefined);
    const answers = (): Promise<void> => (hangs ? new Promise<void>((resolve) => { answer = resolve; }) : Promise.resolve());
    const end = keepAlive(1_000_000, { answers, alive, log: keptLog().log });
    await vi.advanceTimersByTimeAsync(0);
    expect(alive).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(alive).toHaveBeenCalledTimes(5);
    hangs = true;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(alive).toHaveBeenCalledTimes(5);
    hangs = false;
    answer?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(alive).toHaveBeenCalledTimes(6);
    end();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(alive).toHaveBeenCalledTimes(6);
  });

  it('end when the files have gone', async () => {
    const alive = vi.fn(async () => undefined);
    const answers = vi.fn(() => Promise.reject(new TransportError('gone')));
    const { log, said } = keptLog();
    keepAlive(1_000_000, { answers, alive, log });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(alive).not.toHaveBeenCalled();
    expect(answers).toHaveBeenCalledTimes(1);
    expect(said).toEqual([]);
  });

  it('that fail otherwise are logged, and given again', async () => {
    let bug = true;
    const alive = vi.fn(async () => { if (bug) throw new TypeError('a bug'); });
    const { log, said } = keptLog();
    const end = keepAlive(1_000_000, { answers: async () => undefined, alive, log });
    await vi.advanceTimersByTimeAsync(0);
    expect(said).toMatchObject([{ level: 50, err: { message: 'a bug' }, msg: 'the service manager got no sign of life' }]);
    bug = false;
    await vi.advanceTimersByTimeAsync(500);
    expect(alive).toHaveBeenCalledTimes(2);
    expect(said).toHaveLength(1);
    end();
  });
});
