import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAIN } from '../e2e/support/daemon.ts';
import { PROFILE_NAMES } from '../../src/kernel/profiles/names.ts';
import { sh } from '../e2e/support/shell.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vmsysctld-completion-'));
  await writeFile(join(directory, 'vmsysctld'), `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`, { mode: 0o755 });
  await mkdir(join(directory, 'place/in side'), { recursive: true });
  await mkdir(join(directory, 'place/inner'));
  await writeFile(join(directory, 'place/info.log'), '');
});
afterAll(() => rm(directory, { recursive: true }));

/** Calls the function of the script as bash does, with the words of the line, cut at `=`. Returns the words that it offers, one a line. */
const COMPLETE = `PATH=$1:$PATH; eval "$(vmsysctld completion)"; cd "$1/place"; shift
  complete -p vmsysctld > /dev/null || exit
  COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _vmsysctld vmsysctld "\${!#}" "\${@: -2:1}"; printf '%s\\n' "\${COMPREPLY[@]}"`;

async function offered(...words: readonly string[]): Promise<string[]> {
  const { stdout, stderr } = await sh(COMPLETE, [directory, 'vmsysctld', ...words]);
  expect(stderr).toBe('');
  return stdout.split('\n').filter((line) => line !== '').sort();
}

describe('the script of vmsysctld completion, in bash', () => {
  it.each<[string, string[], string[]]>([
    ['commands', ['ma'], ['machine', 'matrix']],
    ['options of a command', ['mount', '--lo'], ['--log', '--log-format']],
    ['but those given already', ['mount', '--log', 'x', '--lo'], ['--log-format']],
    ['lists again', ['mount', '--sysctl', 'x', '--sy'], ['--sysctl']],
    ['words that an option takes', ['mount', '--profile', ''], [...PROFILE_NAMES].sort()],
    ['names of sysctls, which a value follows', ['mount', '--sysctl', 'net.ipv4.ip_f'], ['net.ipv4.ip_forward=', 'net.ipv4.ip_forward_update_priority=', 'net.ipv4.ip_forward_use_pmtu=']],
    ['after =, without what is before it', ['mount', '--transport', '=', 'f'], ['fuse-native']],
    ['right after =', ['exec', '--profile', '='], [...PROFILE_NAMES].sort()],
    ['directories to mount on', ['mount', 'in'], ['in side', 'inner']],
    ['files that an option takes', ['mount', '--log', 'in'], ['in side', 'info.log', 'inner']],
    ['and after =', ['mount', '--config', '=', 'inf'], ['info.log']],
    ['words with commas between', ['check', '--profile', '7.3,v'], ['7.3,v4']],
    ['logs', ['replay', '--json', 'inf'], ['info.log']],
    ['options where no operand is taken', ['machine', ''], ['--from-host', '--help', '--machine', '--memory']],
    ['nothing that it does not know', ['mount', '--memory', ''], []],
    ['nor of a command there is not', ['nosuch', ''], []],
  ])('completes %s', async (_, words, want) => {
    expect(await offered(...words)).toEqual(want);
  });

  it('completes the command that exec runs, and its files', async () => {
    expect(await offered('exec', '--seed', '1', '--', 'vmsysct')).toEqual(['vmsysctld']);
    expect(await offered('exec', '--', 'cat', 'inf')).toEqual(['info.log']);
  });

  it('is one for zsh too, and refuses other shells in one line', async () => {
    const { stdout } = await sh('"$1" completion zsh', [join(directory, 'vmsysctld')]);
    expect(stdout).toMatch(/^#compdef vmsysctld\n/);
    expect(await sh('"$1" completion fish', [join(directory, 'vmsysctld')])).toEqual({ status: 2, stdout: '', stderr: "vmsysctld: completion takes bash or zsh, not 'fish'\n" });
  });
});
