import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.ts';

const RAW = [
  '<5>[    0.000000] Linux version 7.3-amd64', '<0>[    1.000000] emerg: a', '<1>[    1.000001] alert: x', '<2>[    1.500000] crit: Memory: y',
  '<3>[    2.000000] Memory failure: 0x1: recovery action for slab', '<4>[    2.000001] warned', '<5>[    3.000001]  blank: x',
  '<6>[    3.000002] foo: segfault at 0', '<13>[   12.000001] user: x', '<3>[   13.000001] a.b:c d: e', '<3>[   14.000001] [Hardware Error]: z',
  '<7>[123456.000001] trailing: ', '<4>[123456.000002] a:b', '<6>[123456.000003] segfault at: 1',
];
/** The same lines in the other formats. */
const DMESG = RAW.map((line) => line.replace(/^<\d+>/, ''));
const SYSLOG = DMESG.map((line) => `Nov  3 04:46:01 host kernel: ${line}`);

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'vmsysctld-dmesg-'));
  const boot = '<5>[    0.000000] Linux version 7.3-amd64\n<6>[    0.000001] an older boot\n';
  for (const [name, text] of Object.entries({
    raw: `${RAW.join('\n')}\n`, dmesg: `${DMESG.join('\n')}\n`, syslog: `${SYSLOG.join('\n')}\n`, two: `${boot}${RAW.join('\n')}\n`,
    kmsg: '5,0,0,-;Linux version 7.3-amd64\n3,1,818493,-;Memory failure: 0x40272d\n12,2,2000000,-;\\xc3\\xa4 \\x1b[31m \\x5cx\\x0anext\n',
    torn: '<3>[    1.000000] whole\n<3>[    2.0', terminal: '<3>[    1.000000] \x1b]0;title\x07 red\n', empty: '',
  })) writeFileSync(join(directory, name), text);
});
afterAll(() => { rmSync(directory, { recursive: true }); });

function dmesg(name: string, ...more: string[]) {
  return runCli('dmesg', '--file', join(directory, name), ...more);
}

/** The dmesg(1) of util-linux, which reads lines of raw. Undefined if the installed one is another. */
const real = (() => {
  try {
    return execFileSync('dmesg', ['--version'], { encoding: 'utf8' }).includes('util-linux');
  } catch {
    return false;
  }
})();
if (!real) console.warn("SKIPPED: comparison with util-linux's dmesg(1), which is not there");

describe.skipIf(!real)('vmsysctld dmesg prints what dmesg(1) prints', () => {
  it.each([['--color=never'], ['--color=always'], ['--color=never', '-l', 'err,warn'], ['--color=always', '-l', 'emerg']])('%s %s %s', async (...args) => {
    const { stdout } = await promisify(execFile)('dmesg', ['-F', join(directory, 'raw'), ...args], { env: { ...process.env, TERM: 'xterm' } });
    expect((await dmesg('raw', ...args)).out.map((line) => `${line}\n`).join('')).toBe(stdout);
  });
});

describe('vmsysctld dmesg --file', () => {
  it.each(['raw', 'dmesg', 'syslog'])('shows a log of the format %s alike', async (name) => {
    expect(await dmesg(name)).toEqual({ status: 0, out: DMESG, err: [] });
  });

  it('shows the last boot, and all with --all', async () => {
    expect((await dmesg('two')).out).toEqual(DMESG);
    expect((await dmesg('two', '--all')).out).toEqual([DMESG[0], '[    0.000001] an older boot', ...DMESG]);
    expect(await dmesg('empty')).toEqual({ status: 0, out: [], err: [] });
  });

  it('shows kmsg as text, of several lines each with its time, and lets no terminal obey it', async () => {
    expect((await dmesg('kmsg')).out).toEqual([
      '[    0.000000] Linux version 7.3-amd64', '[    0.818493] Memory failure: 0x40272d', '[    2.000000] ä \\x1b[31m \\x', '[    2.000000] next',
    ]);
    expect((await dmesg('terminal')).out).toEqual(['[    1.000000] \\x1b]0;title\\x07 red']);
  });

  it('shows what was cut short as it is', async () => {
    expect((await dmesg('torn')).out).toEqual(['[    1.000000] whole', '<3>[    2.0']);
    expect((await dmesg('torn', '-l', 'err')).out).toEqual(['[    1.000000] whole']);
  });

  it('--json: an object a line, null for what the format does not tell', async () => {
    const objects = async (name: string) => (await dmesg(name, '--json')).out.map((line) => JSON.parse(line) as unknown);
    expect((await objects('kmsg'))[1]).toEqual({ usec: 818_493, level: 'err', facility: 'kern', seq: 1, text: 'Memory failure: 0x40272d' });
    expect((await objects('kmsg'))[2]).toEqual({ usec: 2_000_000, level: 'warn', facility: 'user', seq: 2, text: 'ä \x1b[31m \\x\nnext' });
    expect((await objects('raw'))[8]).toEqual({ usec: 12_000_001, level: 'notice', facility: 'user', seq: null, text: 'user: x' });
    expect((await objects('dmesg'))[8]).toEqual({ usec: 12_000_001, level: null, facility: null, seq: null, text: 'user: x' });
    expect((await objects('torn'))[1]).toEqual({ usec: null, level: null, facility: null, seq: null, text: '<3>[    2.0' });
  });

  it.each([
    [['-l', 'err,wrn'], "vmsysctld: --level takes levels such as err,warn: there is no 'wrn', did you mean 'warn'?"],
    [['-l', ''], "vmsysctld: --level takes levels such as err,warn: there is no '', it is emerg, alert, crit, err, warn, notice, info or debug"],
    [['-l', 'err', '-l', 'warn'], 'vmsysctld: --level is given more than once: give it once'],
    [['--color', 'red'], "vmsysctld: --color takes auto, always or never, not 'red'"],
    [['/mnt'], 'vmsysctld: MNT and --file exclude each other: name the machine, or its log'],
  ])('%j is bad usage', async (args, line) => {
    expect(await dmesg('raw', ...args)).toEqual({ status: 2, out: [], err: [line] });
  });

  it('levels have other names too', async () => {
    expect(await dmesg('raw', '-l', 'error,critical')).toEqual(await dmesg('raw', '-l', 'err,crit'));
  });

  it('--level of a log that tells none, and a log that is not there, cannot be done', async () => {
    expect(await dmesg('dmesg', '-l', 'err')).toEqual({
      status: 1, out: [], err: [`vmsysctld: --level: the log ${directory}/dmesg has no levels in its lines: mount with --log-format raw or kmsg`],
    });
    expect(await dmesg('none')).toEqual({ status: 1, out: [], err: [`vmsysctld: the log ${directory}/none does not exist: it was removed, or the machine writes another`] });
  });
});
