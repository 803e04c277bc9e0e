import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROFILE_NAMES } from '../../src/kernel/profiles/names.ts';
import { list } from '../../src/language/words.ts';
import { CONFIGURED, readConfig } from '../../src/cli/config/config.ts';
import { describedMemory, MEMORY_OPTIONS } from '../../src/cli/options/machine.ts';
import { MOUNT_TABLE } from '../../src/cli/commands/mount.ts';
import { settingValues, resolveSettings } from '../../src/cli/options/option.ts';
import { runCli } from '../support/cli.ts';
import { parse, read } from '../support/config-file.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vmsysctld-config-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function write(name: string, text: string | Uint8Array): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, text);
  return path;
}

describe('a configuration file', () => {
  it('gives text as text, paths from its directory on, flags, and lists with the line of each item', () => {
    const text = 'profile: 7.3 # not a number\nlog: x.log\nallow-other: true\nsysctl:\n  - kernel.panic=1\n  - "kernel.hostname=a: b"\n';
    expect(parse(text)).toEqual(new Map([
      ['profile', [{ value: '7.3', called: '/etc/x.conf:1: profile' }]],
      ['log', [{ value: '/etc/x.log', called: '/etc/x.conf:2: log' }]],
      ['allow-other', [{ value: true, called: '/etc/x.conf:3: allow-other' }]],
      ['sysctl', [
        { value: 'kernel.panic=1', called: '/etc/x.conf:5: sysctl' }, { value: 'kernel.hostname=a: b', called: '/etc/x.conf:6: sysctl' },
      ]],
    ]));
  });

  it.each(['', '# nothing\n', '\n\n', '---\n', '\uFEFF# only a mark\r\n'])('that says nothing, %j, gives nothing', (text) => {
    expect(parse(text)).toEqual(new Map());
  });

  it.each(['memory: 2G\nseed: 7\n', '\uFEFFmemory: 2G\r\nseed: 7\r\n', 'memory:\t2G\nseed:   "7"', "{memory: 2G, 'seed': 7}"])('%j: as it may be written', (text) => {
    expect(settingValues(resolveSettings(MOUNT_TABLE, {}, parse(text) as Map<never, never>))).toMatchObject({ memory: 2 ** 31, seed: 7 });
  });

  it('takes one value for a list of one', () => {
    expect(resolveSettings(MOUNT_TABLE, {}, parse('sysctl: kernel.panic=1') as Map<never, never>).sysctl).toEqual([{ value: 'kernel.panic=1', called: '/etc/x.conf:1: sysctl' }]);
  });

  it.each([
    ['memory: 1G\n\nmemroy: 1G', "3: unknown key 'memroy', did you mean 'memory'?"],
    ['hints: true', /^1: unknown key 'hints', it is one of profile, memory, .* and verbose$/],
    ['config: /etc/y.conf', /^1: unknown key 'config', it is one of /],
    ['__proto__: x', /^1: unknown key '__proto__', it is one of /],
    ['seed: 1\nprofile: v4\nseed: 2', '3: seed is given in line 1 already: give it once'],
    ['profile: v5', `1: profile takes ${list(PROFILE_NAMES, 'or')}, not 'v5'`],
    ['profile: 7.30', `1: profile takes ${list(PROFILE_NAMES, 'or')}, not '7.30'`],
    ['# so\nmemory: 1', "2: memory takes 128M to 64T, such as 32G, not '1'"],
    ['seed: -1', "1: seed takes a whole number from 0 to 4294967295, not '-1'"],
    ['log-format: xml', "1: log-format takes dmesg, raw, syslog or kmsg, not 'xml'"],
    ['transport: fuse', "1: transport takes auto, dev-fuse or fuse-native, not 'fuse'"],
    ['verbose: yes', "1: verbose takes true or false, not 'yes'"],
    ['verbose:', '1: verbose needs a value'],
    ['log: ""', '1: log needs a value'],
    ['log:\n  - a\n  - b', '1: log takes one value, not a list'],
    ['log: []', '1: log takes one value, not a list'],
    ['memory:32G', '1: it has KEY: VALUE in a line, such as memory: 32G, and nothing else'],
    ['memory = 32G', '1: it has KEY: VALUE in a line, such as memory: 32G, and nothing else'],
    ['- memory', '1: it has KEY: VALUE in a line, such as memory: 32G, and nothing else'],
    ['log: a\n  b', '1: a value is text in one line'],
    ['log: |\n  a\n', '1: a value is text in one line'],
    ['log: "a\\0b"', '1: a value is text in one line'],
    ['sysctl:\n  kernel.panic: 1', '2: there is KEY: VALUE in a value: quote what has a colon'],
    ['sysctl:\n  - [a]', '2: a value is text, or a list of texts'],
    ['profile: &a v4', '1: there is a YAML anchor or tag: quote what begins with & or !'],
    ['profile: !!str v4', '1: there is a YAML anchor or tag: quote what begins with & or !'],
    ['sysctl: !x [a]', '1: there is a YAML anchor or tag: quote what begins with & or !'],
    ['log: *a', '1: a value is text, or a list of texts'],
    ['seed: 1\n---\nseed: 2', '2: it has a second document: there is one'],
    ['seed: 1\n\tlog: x', /^2: it is not YAML: Tabs are not allowed as indentation$/],
    ['seed: 1\nlog: "x', /^2: it is not YAML: Missing closing/],
    ['seed: 1\nlog: @x', /^2: it is not YAML: Plain value cannot start with reserved character @$/],
    ['seed: 1\n\0', '2: there is a NUL byte in it'],
    [new Uint8Array([0x23, 0x0a, 0xff]), '2: it is not valid UTF-8'],
    [`seed: 1\nlog: ${'['.repeat(60_000)}`, '2: there are lists in lists: it has KEY: VALUE in a line, and lists of values'],
    ['? '.repeat(30_000), '1: there are lists in lists: it has KEY: VALUE in a line, and lists of values'],
  ])('%j is refused with its line', (text, want) => {
    const said = parse(text);
    if (typeof want === 'string') expect(said).toBe(`/etc/x.conf:${want}`);
    else expect(said).toEqual(expect.stringMatching(new RegExp(`^/etc/x\\.conf:${want.source.slice(1)}`)));
  });

  it('that is the example has every key there is, but those it comments out', () => {
    const text = readFileSync(new URL('../../examples/vmsysctld.conf', import.meta.url), 'utf8');
    const given = parse(text);
    expect(given).toBeInstanceOf(Map);
    const commented = [...text.matchAll(/^# ([a-z-]+): /gm)].map(([, key]) => key);
    expect([...(given as Map<string, unknown>).keys(), ...commented].sort()).toEqual(Object.keys(CONFIGURED).sort());
    expect(parse(text.replaceAll(/^# (?=[a-z-]+: \S+$)/gm, ''))).toBeInstanceOf(Map);
  });
});

describe('the command line beside a file', () => {
  const file = parse('profile: 7.3\nverbose: true\nallow-other: true\nsysctl: [kernel.panic=1]\n') as Map<never, never>;

  it('wins option by option, and adds its sysctls after', () => {
    const settings = resolveSettings(MOUNT_TABLE, { profile: 'v4', verbose: false, sysctl: ['kernel.panic=2'] }, file);
    expect(settingValues(settings)).toMatchObject({ profile: 'v4', verbose: false, allowOther: true, sysctl: ['kernel.panic=1', 'kernel.panic=2'] });
    expect(settings.sysctl.map(({ called }) => called)).toEqual(['/etc/x.conf:4: sysctl', '--sysctl']);
  });

  it('takes the place of memory by --machine; other ways to say RAM twice are refused', async () => {
    const machine = await write('m', 'memory 2G\n');
    const settle2 = (given: object, text: string) => resolveSettings(MEMORY_OPTIONS, given as Record<string, unknown>, parse(text) as Map<never, never>);
    expect(await describedMemory(settle2({ machine }, 'memory: 1G'))).toMatchObject({ memoryBytes: 2 ** 31 });
    await expect(describedMemory(settle2({}, `memory: 1G\nmachine: ${machine}`))).rejects
      .toThrow(`/etc/x.conf:1: memory and /etc/x.conf:2: machine exclude each other here: ${machine} says how much RAM there is, leave memory out`);
    await expect(describedMemory(settle2({ memory: 2 ** 30 }, `machine: ${machine}`))).rejects
      .toThrow(`--memory and /etc/x.conf:1: machine exclude each other here: ${machine} says how much RAM there is, leave --memory out`);
  });
});

describe('--config', () => {
  it.each([
    ['nosuch', '--config: cannot read %/nosuch: it does not exist'], ['.', '--config: cannot read %: it is a directory'],
    ['big', '--config: %/big is longer than 64K, which no configuration is'], ['/dev/zero', '--config: /dev/zero is longer than 64K, which no configuration is'],
    ['wrong', '%/wrong:2: sysctl: kernel.panic takes '], ['names', '%/names:1: machine: cannot read %/nosuch: it does not exist'],
    ['subtree', "%/subtree:1: subtree takes a directory of the tree, such as proc/sys/vm or proc/sys/kernel, not 'proc/x'"],
  ])('%s: one line, exit status 2, nothing started', async (name, want) => {
    await write('wrong', 'seed: 1\nsysctl: kernel.panic=x\n');
    await write('names', 'machine: nosuch\n');
    await write('subtree', 'subtree: proc/x\n');
    await truncate(await write('big', ''), 100 * 1024 ** 2);
    const { status, out, err } = await runCli('mount', '/nonexistent/place', '--config', name.startsWith('/') ? name : join(directory, name));
    expect({ status, out, lines: err.length }).toEqual({ status: 2, out: [], lines: 1 });
    expect(err[0]).toContain(`vmsysctld: ${want.replaceAll('%', directory)}`);
  });

  it('once', async () => {
    expect(await runCli('mount', '/nonexistent/place', '--config', '/dev/null', '--config', '/dev/null'))
      .toMatchObject({ status: 2, err: ['vmsysctld: --config is given more than once: give it once'] });
  });

  it('/dev/null gives nothing', async () => {
    expect(await read('/dev/null')).toEqual(new Map());
  });

  it('a pipe is read once: what came out of it holds when it is read again', async () => {
    const pipe = join(directory, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const host = { absolute: (path: string) => path, configFile: '/nonexistent/x' };
    const [config] = await Promise.all([readConfig(host, { value: pipe, called: '--config' }), writeFile(pipe, 'seed: 7\n')]);
    expect(config.settings.get('seed')).toEqual([{ value: 7, called: `${pipe}:1: seed` }]);
    expect(await config.reread()).toEqual(config.settings);
  });
});

describe('the file that is there for everybody', () => {
  const host = (configFile: string) => ({ absolute: (path: string) => path, configFile });

  it('is read where it is, is none where it is not, and gives way to another', async () => {
    const path = await write('system', 'seed: 1\n');
    const other = await write('other', 'profile: v4\n');
    expect((await readConfig(host(path), { value: undefined })).settings.has('seed')).toBe(true);
    expect((await readConfig(host(join(directory, 'none')), { value: undefined })).settings).toEqual(new Map());
    expect([...(await readConfig(host(path), { value: other, called: '--config' })).settings.keys()]).toEqual(['profile']);
  });

  it('may come later, and change, and go', async () => {
    const path = join(directory, 'later');
    const config = await readConfig(host(path), { value: undefined });
    await writeFile(path, 'seed: 1\n');
    expect((await config.reread()).has('seed')).toBe(true);
    await rm(path);
    expect((await config.reread()).has('seed')).toBe(false);
  });

  it('that cannot be read is refused, and named', async () => {
    await expect(readConfig(host(directory), { value: undefined })).rejects.toThrow(`cannot read ${directory}: it is a directory`);
  });
});
