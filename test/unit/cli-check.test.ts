import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.ts';

let place = '';
beforeEach(() => { place = mkdtempSync(join(tmpdir(), 'vmsysctld-check-')); });
afterEach(() => { rmSync(place, { recursive: true }); });

function put(path: string, text: string): string {
  const whole = join(place, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, text);
  return whole;
}

/** Runs check with --json: its status, and each finding as `PATH:LINE KIND MESSAGE`, the path below the place. */
async function check(...args: readonly string[]): Promise<{ readonly status: number; readonly found: string[]; readonly err: readonly string[] }> {
  const { status, out, err } = await runCli('check', '--json', '--profile', '7.3', ...args);
  const findings = out.map((line) => JSON.parse(line) as Record<'file' | 'line' | 'kind' | 'message', string>);
  const short = (text: string): string => text.replaceAll(`${place}/`, '');
  return { status, err, found: findings.map(({ file, line, kind, message }) => short(`${file}:${line} ${kind} ${message}`)) };
}

const GOOD = 'vm.swappiness=10\n';
const BAD = 'vm.swappiness=300\n';
const REFUSED = "refused vm.swappiness takes a whole number from 0 to 200, not '300'";

describe('vmsysctld check', () => {
  it('reads the standard directories below --root, whose links begin there', async () => {
    put('etc/sysctl.d/50-a.conf', BAD);
    put('usr/lib/sysctl.d/50-a.conf', 'no.such=1\n');
    put('usr/lib/sysctl.d/60-masked.conf', BAD);
    symlinkSync('/dev/null', join(place, 'etc/sysctl.d/60-masked.conf'));
    put('opt/b', 'vm.overcommit_memory=9\n');
    symlinkSync('/opt/b', join(place, 'etc/sysctl.d/70-b.conf'));
    put('etc/sysctl.conf', GOOD);
    const { status, found } = await check('--root', place, '--like', 'systemd');
    expect(status).toBe(1);
    expect(found).toEqual([
      `etc/sysctl.d/50-a.conf:1 ${REFUSED}`,
      "etc/sysctl.d/70-b.conf:1 refused vm.overcommit_memory takes a whole number from 0 to 2, not '9'",
      expect.stringMatching(/^etc\/sysctl\.conf:1 differs systemd-sysctl ends with '60', sysctl --system ends with '10': systemd-sysctl does not read this file/),
    ]);
  });

  it('named files are applied in order; directories are a search path', async () => {
    const [z, a] = [put('z.conf', GOOD), put('a.conf', 'vm.swappiness=20\n')];
    expect(await check(z, a)).toMatchObject({ status: 0, found: ["z.conf:1 overridden a.conf:1 sets it to '20'"] });
    const [first, second] = [put('first/x.conf', GOOD), put('second/x.conf', BAD)].map((path) => dirname(path ?? ''));
    expect(await check(first ?? '', second ?? '')).toMatchObject({ status: 0, found: [] });
    expect(await check(second ?? '', first ?? '')).toMatchObject({ status: 1, found: [`second/x.conf:1 ${REFUSED}`] });
  });

  it('--host-from-path checks each directory with such files as a host', async () => {
    put('fleet/prod/db1/etc/sysctl.d/a.conf', GOOD);
    put('fleet/prod/db2/etc/sysctl.d/a.conf', BAD);
    put('fleet/test/web/a.conf', BAD);
    put('fleet/README', 'no.such=1\n');
    const { out } = await runCli('check', '--json', '--host-from-path', join(place, 'fleet'));
    expect(out.map((line) => (JSON.parse(line) as { host: string }).host)).toEqual(['prod/db2', 'test/web']);
    const files = ['db1', 'db2'].map((host) => join(place, `fleet/prod/${host}/etc/sysctl.d/a.conf`));
    const named = await runCli('check', '--json', '--host-from-path', ...files);
    expect(named.out.map((line) => (JSON.parse(line) as { host: string }).host)).toEqual([join(place, 'fleet/prod/db2')]);
  });

  it('--fail-on says which findings make the status 1', async () => {
    const [error, warning] = [put('e.conf', BAD), put('w.conf', 'vm.swappiness=1\nvm.swappiness=2\n')];
    const statuses = async (level: string): Promise<number[]> => [(await check('--fail-on', level, error)).status, (await check('--fail-on', level, warning)).status];
    expect(await statuses('error')).toEqual([1, 0]);
    expect(await statuses('warning')).toEqual([1, 1]);
    expect(await statuses('never')).toEqual([0, 0]);
  });

  it('bad usage is one line and the status 2', async () => {
    const [file, empty] = [put('a.conf', GOOD), join(place, 'empty')];
    mkdirSync(empty);
    const CASES: readonly (readonly [args: readonly string[], message: RegExp])[] = [
      [[join(place, 'none.conf')], /cannot read .*none\.conf: it does not exist/],
      [['--profile', '9.9', file], /--profile takes all, or kernels of .* with commas between, not '9\.9'/],
      [['--root', place, file], /--root says where the directories of a machine are: leave it out where files are named/],
      [[empty], /empty has no sysctl\.d files: name a directory with files NAME\.conf/],
      [['--json', '--format', 'sarif', file], /--json and --format exclude each other/],
      [['--fail-on', 'info', file], /--fail-on takes error, warning or never, not 'info'/],
      [['--module', 'no_such', file], /--module takes a module such as .*, not 'no_such'/],
    ];
    for (const [args, message] of CASES) {
      const { status, err, out } = await runCli('check', ...args);
      expect([status, out, err.length], args.join(' ')).toEqual([2, [], 1]);
      expect(err[0]).toMatch(message);
    }
  });

  it('what cannot be read is one finding, and the status 1 whatever --fail-on says', async () => {
    const d = join(place, 'd');
    put('d/ok.conf', GOOD);
    put('d/binary.conf', `${BAD}\0\u0001`);
    put('d/long.conf', '#\n'.repeat(1_000_000));
    mkdirSync(join(d, 'directory.conf'));
    symlinkSync('circle.conf', join(d, 'circle.conf'));
    symlinkSync('nowhere', join(d, 'nowhere.conf'));
    symlinkSync('.', join(d, 'loop.conf'));
    symlinkSync('/dev/zero', join(d, 'zero.conf'));
    execFileSync('mkfifo', [join(d, 'fifo.conf')]);
    const { status, found } = await check('--fail-on', 'never', d);
    expect(status).toBe(1);
    expect(found).toEqual([
      'd/binary.conf:null unreadable is not a text file: it has NUL bytes',
      'd/circle.conf:null unreadable leads in a circle of symbolic links',
      'd/fifo.conf:null unreadable is a FIFO: a sysctl.d file is a regular file',
      'd/long.conf:null unreadable is longer than 1 MiB, and no configuration is: it is not checked',
      'd/loop.conf:null unreadable is a directory: a sysctl.d file is a regular file',
      'd/zero.conf:null unreadable is a device or a socket: a sysctl.d file is a regular file',
    ]);
  });

  it('a link that leads nowhere is an error to procps alone', async () => {
    const d = join(place, 'd');
    mkdirSync(d);
    symlinkSync('nowhere', join(d, 'a.conf'));
    expect(await check(d)).toMatchObject({ status: 0, found: [] });
    expect(await check('--like', 'procps', d)).toMatchObject({ status: 1, found: ['d/a.conf:null unreadable is a link that leads nowhere'] });
  });

  it.skipIf(process.getuid?.() === 0)('a file of another user is one finding too', async () => {
    const secret = put('secret.conf', GOOD);
    chmodSync(secret, 0);
    expect(await check(secret)).toMatchObject({ status: 1, found: ['secret.conf:null unreadable is not accessible to this user'] });
  });

  it.skipIf(process.getuid?.() === 0)('so is a directory of another user', async () => {
    const d = join(place, 'd');
    put('d/etc/sysctl.d/a.conf', GOOD);
    chmodSync(d, 0);
    for (const args of [[d], ['--host-from-path', place]]) {
      const { status, found } = await check('--fail-on', 'never', ...args);
      expect([status, found]).toEqual([1, ['d:null unreadable is not accessible to this user']]);
    }
    chmodSync(d, 0o755);
  });

  it('/etc/sysctl.conf that leads in a circle is one finding', async () => {
    mkdirSync(join(place, 'etc'));
    symlinkSync('sysctl.conf', join(place, 'etc/sysctl.conf'));
    const circle = 'etc/sysctl.conf:null unreadable leads in a circle of symbolic links';
    expect(await check('--root', place, '--like', 'procps')).toMatchObject({ status: 1, found: [circle] });
    expect(await check(place)).toMatchObject({ status: 1, found: [circle] });
  });

  it('colours are for terminals, and a value cannot write to one', async () => {
    const { out } = await runCli('check', put('a.conf', 'kernel.no\u001b[31m=1\n'));
    expect(out.join('')).not.toContain('\u001b');
  });
});
