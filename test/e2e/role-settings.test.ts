import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { PROFILE_NAMES, type ProfileName } from '../../src/kernel/profiles/names.ts';
import { PROFILES } from '../../src/kernel/profiles/profiles.ts';
import { unpacked } from '../support/debian-packages.ts';
import { parseListed } from '../support/listed-files.ts';
import { recording } from '../support/recording.ts';
import { execScript } from './support/exec.ts';
import { describeMount, EACH_TRANSPORT } from './support/mounts.ts';
import { sh } from './support/shell.ts';

// Settings of roles, applied by the programs that apply them at boot. What a kernel refuses or lacks fails, with the program's message.

const FILE = fileURLToPath(new URL('../recordings/role-settings.conf', import.meta.url));
/** Names and values, in order; of some names there are two. */
const SETTINGS = recording('role-settings.conf').split('\n').flatMap((line) => {
  const [, name = '', value = ''] = /^([^#=\s]+)=(.*)$/.exec(line) ?? [];
  return name === '' ? [] : [{ name, value }];
});
/** Names with a bound that a value of the file violates, and that value. */
const OUT_OF_BOUNDS: Readonly<Record<string, string>> = { 'vm.mmap_rnd_bits': '33', 'vm.panic_on_unrecoverable_memory_failure': '2' };
const pathOf = (name: string): string => name.replaceAll('.', '/');

/** How long one program may take to apply them all, in milliseconds: Ansible starts three for each. */
const MINUTES = 400_000;

/** The results of the settings on a kernel, as predicted from its list of files. */
interface Predicted {
  readonly missing: readonly { readonly name: string; readonly value: string }[];
  readonly refused: readonly { readonly name: string; readonly value: string }[];
  /** The value of each name after all that are taken. */
  readonly values: ReadonlyMap<string, string>;
}

function predicted(profile: ProfileName): Predicted {
  const { version } = PROFILES[profile];
  const files = parseListed(recording(`proc-sys-files.${version}.txt`) + recording(`proc-sys-files-more.${version}.txt`)).map(({ path }) => path);
  const there = SETTINGS.filter(({ name }) => files.includes(pathOf(name)));
  const taken = there.filter(({ name, value }) => OUT_OF_BOUNDS[name] !== value);
  return {
    missing: SETTINGS.filter((setting) => !there.includes(setting)), refused: there.filter((setting) => !taken.includes(setting)),
    values: new Map(taken.map(({ name, value }) => [name, value])),
  };
}

/** What else the machine has, as the comments of the file say. */
const machine = (profile: ProfileName): string[] => [
  '--profile', profile, '--module', 'br_netfilter', '--module', 'tcp_bbr', '--module', 'nf_conntrack', '--module', 'sch_fq',
];

/** What the command prints that applies the file, and what names hold afterwards, with one space between numbers. */
async function applied(profile: ProfileName, command: string): Promise<{ values: Map<string, string>; said: string[] }> {
  const names = [...predicted(profile).values.keys()].map((name) => `'${name}'`).join(' ');
  const script = `mount -t tmpfs own /run; mount -t tmpfs own /media; mkdir -p /run/sysctl.d /media/empty; cp '${FILE}' /run/sysctl.d/99-role.conf
    for directory in /etc/sysctl.d /usr/lib/sysctl.d /usr/local/lib/sysctl.d /lib/sysctl.d; do [ -d $directory ] && mount --bind /media/empty $directory; done
    ${command} >/media/out 2>&1; cat /media/out; echo == values
    for name in ${names}; do echo "$name=$(cat "/proc/sys/$(echo "$name" | tr . /)")"; done`;
  const { stdout, stderr } = await execScript(script, machine(profile), { timeout: MINUTES });
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

const noSysctl = (await sh('PATH=$PATH:/usr/sbin command -v sysctl')).status !== 0;
const ansible = EACH_TRANSPORT ? await unpacked('ansible') : { missing: 'npm run test:transports' };
const noSystemd = !existsSync('/lib/systemd/systemd-sysctl');
for (const [what, absent] of [['sysctl(8)', noSysctl], ['systemd-sysctl(8)', noSystemd]] as const) {
  if (absent) console.warn(`SKIPPED: role settings by ${what}, which is not installed`);
}

/** A playbook that applies each setting by ansible.posix.sysctl, goes on where one fails, and prints what failed. */
const playbook = (root: string): string => `
  export HOME=/media PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 ANSIBLE_LOCALHOST_WARNING=0 ANSIBLE_STDOUT_CALLBACK=json
  echo '${JSON.stringify([{
    hosts: 'all', gather_facts: false, vars: { ansible_python_interpreter: '/usr/bin/python3' },
    tasks: [{
      'ansible.posix.sysctl': { name: '{{ item.name }}', value: '{{ item.value }}', sysctl_set: true, reload: false, sysctl_file: '/media/sysctl.conf' },
      loop: SETTINGS, ignore_errors: true,
    }],
  }])}' >/media/play.yml
  PYTHONPATH=${root}/usr/lib/python3/dist-packages /usr/bin/python3 ${root}/usr/bin/ansible-playbook -i localhost, -c local /media/play.yml`;

/** What ansible-playbook printed: of each item its setting, and why it failed. */
interface Played {
  readonly plays: readonly { readonly tasks: readonly { readonly hosts: { readonly localhost: { readonly results: readonly {
    readonly item: { readonly name: string; readonly value: string }; readonly failed?: boolean; readonly msg?: string;
  }[] } } }[] }[];
}

describeMount('the settings of roles', () => {
  it.skipIf(noSysctl)('are applied by sysctl --system of procps, but for those that 7.3 refuses or lacks', async () => {
    const { missing, refused, values } = predicted('7.3');
    const complaints = (said: readonly string[]): string[] => said.filter((line) => line.startsWith('sysctl: ')).sort();
    const invalid = refused.map(({ name }) => `sysctl: setting key "${name}": Invalid argument`);
    const system = await applied('7.3', 'sysctl --system');
    expect(system.values).toEqual(values);
    // It ignores names that are missing, in the files of the system.
    expect(complaints(system.said)).toEqual(invalid);
    const fromFile = await applied('7.3', 'sysctl -p /run/sysctl.d/99-role.conf');
    expect(fromFile.values).toEqual(values);
    expect(complaints(fromFile.said)).toEqual([
      ...invalid, ...missing.map(({ name }) => `sysctl: cannot stat /proc/sys/${pathOf(name)}: No such file or directory`),
    ].sort());
  });

  it.skipIf(noSystemd).each(PROFILE_NAMES)('are applied by systemd-sysctl on %s, but for those that the kernel refuses or lacks', async (profile) => {
    const { missing, refused, values } = predicted(profile);
    const got = await applied(profile, '/lib/systemd/systemd-sysctl');
    // It writes only the last value of a name.
    expect(got.values).toEqual(new Map([...values].map(([name, value]) => [name, name === 'vm.mmap_rnd_bits' ? '28' : value])));
    expect(got.said.sort()).toEqual([
      ...missing.map(({ name, value }) => `Couldn't write '${value}' to '${pathOf(name)}', ignoring: No such file or directory`),
      ...refused.map(({ name, value }) => `Couldn't write '${value}' to '${pathOf(name)}': Invalid argument`),
    ].sort());
  });

  // A minute and a half a kernel: npm run test:transports.
  it.skipIf('missing' in ansible).each(PROFILE_NAMES)('are applied by Ansible on %s, but for those that the kernel refuses or lacks', { timeout: 2 * MINUTES }, async (profile) => {
    const { missing, refused, values } = predicted(profile);
    const got = await applied(profile, playbook('root' in ansible ? ansible.root : ''));
    expect(got.values).toEqual(values);
    const results = (JSON.parse(got.said.join('\n')) as Played).plays[0]?.tasks[0]?.hosts.localhost.results ?? [];
    expect(results.map(({ item }) => item)).toEqual(SETTINGS);
    const why = ({ name, value }: { readonly name: string; readonly value: string }): string[] => {
      if (refused.some((each) => each.name === name && each.value === value)) return [`setting ${name} failed: sysctl: setting key "${name}": Invalid argument\n`];
      return missing.some((each) => each.name === name) ? [`setting ${name} failed: sysctl: cannot stat /proc/sys/${pathOf(name)}: No such file or directory\n`] : [];
    };
    expect(results.flatMap(({ failed, msg = '' }) => (failed ? [msg] : []))).toEqual(SETTINGS.flatMap(why));
  });

  it.skipIf(noSysctl)('sysctl -a prints the name of every file that root can read', async () => {
    const readable = recording('proc-sys-files.7.3.txt').split('\n').flatMap((line) => {
      const [, path = '', mode = '', value = ''] = /^F (\S+) (\d+) ?(.*)$/.exec(line) ?? [];
      return path === '' || (Number.parseInt(mode, 8) & 0o400) === 0 || value.startsWith('!') ? [] : [path];
    });
    // The machine has the interfaces of the host's network namespace.
    const { stdout } = await execScript('sysctl -a -N --deprecated 2>/dev/null', ['--profile', '7.3']);
    const printed = new Set(stdout.split('\n'));
    const nameOf = (path: string): string => path.replaceAll(/[./]/g, (character) => (character === '.' ? '/' : '.'));
    expect(readable.map(nameOf).filter((name) => !printed.has(name))).toEqual([]);
    expect(readable.length).toBeGreaterThan(850);
  });
});
