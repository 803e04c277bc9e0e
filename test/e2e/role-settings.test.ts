import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { PROFILE_NAMES } from '../../src/kernel/profiles/names.ts';
import { PROFILES } from '../../src/kernel/profiles/profiles.ts';
import { check } from '../../src/library/check.ts';
import { recording } from '../support/recording.ts';
import { execScript } from './support/exec.ts';
import { describeMount } from './support/mounts.ts';
import { sh } from './support/shell.ts';

// Settings that roles write, applied by the programs that apply them at boot: what 7.3 refuses or lacks fails, with the program's message.

const FILE = fileURLToPath(new URL('../recordings/role-settings.conf', import.meta.url));
const [taken = '', refused = ''] = recording('role-settings.conf').split(/^# refused.*$/m);
/** The last assignment of each name wins, as with the programs. */
const settings = (text: string): Map<string, string> => new Map(text.split('\n').flatMap((line) => {
  const [, name = '', value = ''] = /^([^#=\s]+)=(.*)$/.exec(line) ?? [];
  return name === '' ? [] : [[name, value]];
}));
const TAKEN = settings(taken);
const REFUSED = settings(refused);
/** What the machine has besides, as the comments of the file say. */
const MODULES = ['--module', 'br_netfilter', '--module', 'tcp_bbr', '--module', 'nf_conntrack', '--module', 'sch_fq'];

/** Names that were set and what they hold afterwards, with one space between numbers. */
async function applied(command: string, profile = '7.3'): Promise<{ values: Map<string, string>; said: string[] }> {
  const names = [...TAKEN.keys()].map((name) => `'${name}'`).join(' ');
  const script = `mount -t tmpfs own /run; mount -t tmpfs own /media; mkdir -p /run/sysctl.d /media/empty; cp '${FILE}' /run/sysctl.d/99-role.conf
    for directory in /etc/sysctl.d /usr/lib/sysctl.d /usr/local/lib/sysctl.d /lib/sysctl.d; do [ -d $directory ] && mount --bind /media/empty $directory; done
    ${command} >/media/out 2>&1; cat /media/out; echo == values
    for name in ${names}; do echo "$name=$(cat "/proc/sys/$(echo "$name" | tr . /)")"; done`;
  const { stdout, stderr } = await execScript(script, ['--profile', profile, ...MODULES]);
  expect(stderr).toBe('');
  const [said = '', values = ''] = stdout.split('== values\n');
  return {
    said: said.trimEnd().split('\n'),
    values: new Map(values.trimEnd().split('\n').map((line): [string, string] => {
      const [name = '', value = ''] = line.split('=');
      return [name, value.replaceAll('\t', ' ')];
    })),
  };
}

/** Names with a bound that the value of the last section breaks; the others of it are of no file. */
const OUT_OF_BOUNDS = ['vm.mmap_rnd_bits', 'vm.panic_on_unrecoverable_memory_failure'];
const pathOf = (name: string): string => name.replaceAll('.', '/');
const invalid = OUT_OF_BOUNDS.map((name) => `sysctl: setting key "${name}": Invalid argument`);
const missing = [...REFUSED.keys()].filter((name) => !OUT_OF_BOUNDS.includes(name)).map((name) => (
  `sysctl: cannot stat /proc/sys/${pathOf(name)}: No such file or directory`
));

const noSysctl = (await sh('PATH=$PATH:/usr/sbin command -v sysctl')).status !== 0;
const noSystemd = !existsSync('/lib/systemd/systemd-sysctl');
for (const [what, absent] of [['sysctl(8)', noSysctl], ['systemd-sysctl(8)', noSystemd]] as const) {
  if (absent) console.warn(`SKIPPED: role settings by ${what}, which is not installed`);
}

describeMount('the settings of roles', () => {
  it.skipIf(noSysctl)('are applied by sysctl --system of procps, but for those that 7.3 refuses or lacks', async () => {
    const complaints = (said: readonly string[]): string[] => said.filter((line) => line.startsWith('sysctl: ')).sort();
    const { values, said } = await applied('sysctl --system');
    expect(values).toEqual(TAKEN);
    // Of the files of the system it passes over names that are missing.
    expect(complaints(said)).toEqual(invalid);
    const fromFile = await applied('sysctl -p /run/sysctl.d/99-role.conf');
    expect(fromFile.values).toEqual(TAKEN);
    expect(complaints(fromFile.said)).toEqual([...invalid, ...missing].sort());
  });

  it.skipIf(noSystemd).each(PROFILE_NAMES)('are applied by systemd-sysctl on %s, but for those that vmsysctld check finds', async (profile) => {
    const { values, said } = await applied('/lib/systemd/systemd-sysctl', profile);
    const outOfBounds = PROFILES[profile].version === '7.3' ? OUT_OF_BOUNDS : ['vm.mmap_rnd_bits'];
    // It writes only the last value of a name.
    expect(values).toEqual(new Map([...TAKEN].map(([name, value]) => [name, name === 'vm.mmap_rnd_bits' ? '28' : value])));
    expect(said.sort()).toEqual([...REFUSED].map(([name, value]) => {
      const ignored = outOfBounds.includes(name) ? '' : ', ignoring';
      return `Couldn't write '${value}' to '${pathOf(name)}'${ignored}: ${ignored === '' ? 'Invalid argument' : 'No such file or directory'}`;
    }).sort());
    const modules = ['br_netfilter', 'tcp_bbr', 'nf_conntrack', 'sch_fq'];
    const found = check({ files: [{ path: 'role.conf', text: recording('role-settings.conf') }], profiles: [profile], modules });
    expect(found.filter(({ severity }) => severity === 'error').map(({ kind, setting }) => `${setting} ${kind}`).sort())
      .toEqual([...REFUSED.keys()].map((name) => `${name} ${outOfBounds.includes(name) ? 'refused' : 'absent'}`).sort());
  });

  it.skipIf(noSysctl)('sysctl -a prints the name of every file that root can read', async () => {
    const readable = recording('proc-sys-files.7.3.txt').split('\n').flatMap((line) => {
      const [, path = '', mode = '', value = ''] = /^F (\S+) (\d+) ?(.*)$/.exec(line) ?? [];
      return path === '' || (Number.parseInt(mode, 8) & 0o400) === 0 || value.startsWith('!') ? [] : [path];
    });
    // Interfaces of the host's network namespace are those of the machine.
    const { stdout } = await execScript('sysctl -a -N --deprecated 2>/dev/null', ['--profile', '7.3']);
    const printed = new Set(stdout.split('\n'));
    const nameOf = (path: string): string => path.replaceAll(/[./]/g, (character) => (character === '.' ? '/' : '.'));
    expect(readable.map(nameOf).filter((name) => !printed.has(name))).toEqual([]);
    expect(readable.length).toBeGreaterThan(850);
  });
});
