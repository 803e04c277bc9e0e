import { describe, expect, it } from 'vitest';
import { PROFILE_NAMES } from '../../src/kernel/profiles/names.ts';
import { list } from '../../src/language/words.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import type { OptionTable } from '../../src/cli/options/option.ts';
import { parseWords } from '../../src/cli/options/parse-words.ts';
import { runCli } from '../support/cli.ts';

const LISTS = (command: string): string => `; vmsysctld ${command} --help lists all`;

describe('a command line that is wrong', () => {
  it.each<[string[], string]>([
    [[], 'a command is missing: begin with mount MNT; vmsysctld --help lists all'],
    [['mont', '/x'], "unknown command 'mont', did you mean 'mount'?"],
    [['frobnicate'], "unknown command 'frobnicate'; vmsysctld --help lists all"],
    [['constructor'], "unknown command 'constructor'; vmsysctld --help lists all"],
    [['--verbose', 'mount'], "the command comes before '--verbose': vmsysctld COMMAND [options]; vmsysctld --help lists all"],
    [['mount'], `mount needs a directory to mount on: vmsysctld mount MNT [options]${LISTS('mount')}`],
    [['mount', '/x', 'b'], `unknown word 'b'${LISTS('mount')}`],
    [['machine', 'foo'], `unknown word 'foo'${LISTS('machine')}`],
    [['matrix', '--', 'foo'], `unknown word 'foo'${LISTS('matrix')}`],
    [['mount', '/x', '--memroy', '1G'], "unknown option '--memroy', did you mean '--memory'?"],
    [['mount', '/x', '--hepl'], "unknown option '--hepl', did you mean '--help'?"],
    [['mount', '/x', '--logFormat', 'raw'], "unknown option '--logFormat', did you mean '--log-format'?"],
    [['mount', '/x', '--frobnicate=1'], `unknown option '--frobnicate'${LISTS('mount')}`],
    [['mount', '/x', '--__proto__', 'x'], `unknown option '--__proto__'${LISTS('mount')}`],
    [['mount', '/x', '--memory.x', '1G'], "unknown option '--memory.x', did you mean '--memory'?"],
    [['mount', '--MNT', '/x'], `unknown option '--MNT'${LISTS('mount')}`],
    [['mount', '/x', '-abc'], `unknown option '-abc'${LISTS('mount')}`],
    [['replay', '--no-policy', 'x'], "unknown option '--no-policy', did you mean '--policy'?"],
    [['mount', '/x', '--no-verbose=true'], "unknown option '--no-verbose', did you mean '--verbose'?"],
    [['mount', '/x', '--verbose=yes'], "--verbose takes no value but true or false, not 'yes'"],
    [['mount', '/x', '--verbose', 'yes'], `unknown word 'yes'${LISTS('mount')}`],
    [['mount', '/x', '--memory'], `--memory needs a value${LISTS('mount')}`],
    [['mount', '/x', '--memory', '--verbose'], `--memory needs a value${LISTS('mount')}`],
    [['mount', '/x', '--memory='], "--memory takes 128M to 64T, such as 32G, not ''"],
    [['mount', '/x', '--memory', '1G\n2G'], "--memory takes 128M to 64T, such as 32G, not '1G\\x0a2G'"],
    [['mount', '/x', '--log='], '--log needs a value'],
    [['mount', '/x', '--sysctl'], `--sysctl needs a value${LISTS('mount')}`],
    [['mount', '/x', '--seed', '-1'], "--seed takes a whole number from 0 to 4294967295, not '-1'"],
    [['mount', '/x', '--seed', '1', '--seed=1'], '--seed is given more than once: give it once'],
    [['mount', '/x', '--profile', '07.3'], `--profile takes ${list(PROFILE_NAMES, 'or')}, not '07.3'`],
    [['mount', '/x', '--module', 'nosuch'], "--module takes a module such as nf_conntrack (vmsysctld(8) lists all under MODULES), not 'nosuch'"],
    [['mount', '/x', '--module', 'tcp-bbbr'], "--module takes a module such as tcp_bbr (vmsysctld(8) lists all under MODULES), not 'tcp-bbbr'"],
    [['replay', '--since', 'x'], "--since takes a date or a time, such as 2026-11-23 or 2026-11-23T04:46:01Z, not 'x'"],
    [['completion', 'fish'], "completion takes bash or zsh, not 'fish'"],
  ])('%j: one line, exit status 2', async (args, want) => {
    expect(await runCli(...args)).toEqual({ status: 2, out: [], err: [`vmsysctld: ${want}`] });
  });

  it.each<[string[], string]>([
    [['exec', '--bogus', '--', 'true'], `unknown option '--bogus'${LISTS('exec')}`],
    [['exec', '--'], 'exec needs a command: vmsysctld exec [options] [--] CMD ARGS…'],
  ])('%j: exit status 125, as of all that is exec\'s own', async (args, want) => {
    expect(await runCli(...args)).toEqual({ status: 125, out: [], err: [`vmsysctld: ${want}`] });
  });

  it.each<[string[]]>([[['--', '-x']], [['--no-json', '--', './-x']], [['--json=false', './-x']]])('%j is right: what follows -- is a path', async (args) => {
    expect(await runCli('replay', ...args)).toMatchObject({ out: [], err: ['vmsysctld: cannot read ./-x: it does not exist'] });
  });
});

describe('the words of a command line', () => {
  const text = { kind: 'text', value: 'X', describe: '', read: (given: string) => given, fallback: undefined } as const;
  const table = {
    json: { kind: 'flag', describe: '' }, follow: { kind: 'flag', short: 'w', describe: '' }, level: { ...text, short: 'l' },
    reboot: { ...text, bare: true }, sysctl: { kind: 'list', value: 'X', describe: '' },
  } as const satisfies OptionTable;

  it.each<[string[], Readonly<Record<string, unknown>>, string[]]>([
    [['a', '--json', 'true', '1e3'], { json: true }, ['a', 'true', '1e3']],
    [['--no-json', '--follow=false', '-', ''], { json: false, follow: false }, ['-', '']],
    [['-wlerr', 'a'], { follow: true, level: 'err' }, ['a']],
    [['-wl', 'err', 'a'], { follow: true, level: 'err' }, ['a']],
    [['--level', '-1', '007'], { level: '-1' }, ['007']],
    [['--level=--json'], { level: '--json' }, []],
    [['--level="it\'s"', '--reboot=\'x\''], { level: '"it\'s"', reboot: "'x'" }, []],
    [['--level=', '--reboot', 'a'], { level: '', reboot: '' }, ['a']],
    [['--sysctl', 'a=1', 'b', '--sysctl=c=\n3'], { sysctl: ['a=1', 'c=\n3'] }, ['b']],
    [['--sysctl=true'], { sysctl: ['true'] }, []],
  ])('%j: a value is the text as it is written', (words, given, operands) => {
    expect(parseWords(words, table, 'x lists all')).toEqual({ given, operands });
  });

  it.each([
    [['--json', '--no-json'], '--json is given more than once: give it once'],
    [['-w', '--follow'], '--follow is given more than once: give it once'],
    [['-wx'], "unknown option '-wx'; x lists all"],
    [['-w-'], "unknown option '-w-'; x lists all"],
    [['a', '-5'], "unknown option '-5'; x lists all"],
    [['-5l', 'a'], "unknown option '-5l'; x lists all"],
    [['-wl'], '--level needs a value; x lists all'],
    [['--level', '-w'], '--level needs a value; x lists all'],
    [['--no-level'], "unknown option '--no-level', did you mean '--level'?"],
  ])('%j is refused', (words, message) => {
    expect(() => parseWords(words, table, 'x lists all')).toThrow(message);
  });
});

describe('--help', () => {
  it.each(['', ...Object.keys(COMMANDS)])('of %j fits a screen', async (command) => {
    for (const asked of ['--help', '-h']) {
      const { status, out, err } = await runCli(...(command === '' ? [] : [command]), asked);
      expect({ status, err }).toEqual({ status: 0, err: [] });
      expect(out.filter((line) => line.length > 80)).toEqual([]);
      expect(out.length).toBeLessThanOrEqual(36);
      expect(out[0]).toMatch(new RegExp(`^Usage: vmsysctld ${command}`));
      expect(out).toContain('Examples:');
    }
  });

  it.each(Object.keys(COMMANDS))('of %s tells of each of its options, in lines of their own, and of no other', async (command) => {
    const { out } = await runCli(command, '--help');
    const { help: { options } } = await (COMMANDS[command]?.load({ context: {} as never, given: [command], operands: [] }) ?? expect.unreachable());
    const told = out.flatMap((line) => /^ {2}--([a-z-]+)/.exec(line)?.[1] ?? []);
    const shown = Object.entries(options).filter(([, { hidden }]) => hidden !== true).map(([name]) => name);
    expect(told.sort()).toEqual([...shown, 'help', 'version'].sort());
  });

  it('of the program tells of each command', async () => {
    const { out } = await runCli('--help');
    for (const command of Object.keys(COMMANDS)) expect(out.some((line) => line.startsWith(`  ${command} `))).toBe(true);
  });

  it('comes before anything else that may be wrong, but is not the command\'s that exec runs', async () => {
    expect((await runCli('mount', '--memroy', '--help')).status).toBe(0);
    expect((await runCli('exec', '--bogus', '--', 'ls', '--help')).status).toBe(125);
  });
});
