import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exec } from '../e2e/support/exec.ts';
import { describeMount } from '../e2e/support/mounts.ts';
import { sh } from '../e2e/support/shell.ts';

/** What common programs do, by their names: lines of bash each. They print the same with exec and without it. */
const TOOLS = {
  sudo: 'sudo -n id -un; sudo -n -u nobody id -un',
  su: 'su -s /bin/sh nobody -c "id -un"; su - root -c "echo $0"',
  bash: 'echo "echo inside; exit 3" | PS1= bash --norc -i 2>/dev/null',
  tmux: 'tmux -L t new-session -d "echo inside > made; tmux -L t wait-for -S made" \\; wait-for made; cat made',
  python3: 'python3 -c "import multiprocessing, subprocess; print(subprocess.run([\\"true\\"]).returncode, multiprocessing.Lock())"',
  node: 'node -e "console.log(require(\\"child_process\\").spawnSync(\\"echo\\", [\\"inside\\"]).stdout.toString())"',
  perl: 'perl -e "print qx(id -u)"',
  make: 'printf "all: a b c\\na b c:\\n\\t@echo \\$@ > \\$@\\n" > Makefile; make -j 4; cat a b c; rm a b c',
  git: 'git init -q made.git; cd made.git; git -c user.name=a -c user.email=b commit -q --allow-empty -m message; git log --format=%s',
  'apt-get': 'apt-get --version | head -n 1',
  ansible: 'ANSIBLE_PYTHON_INTERPRETER=auto_silent LC_ALL=C.UTF-8 ansible localhost -c local -m shell -a "echo inside" 2>/dev/null',
  bwrap: 'bwrap --bind / / --dev /dev --unshare-ipc id -u',
  unshare: 'unshare --user --map-root-user id -u; unshare --mount sh -c "mount -t tmpfs none /mnt && echo mounted"; unshare --fork --pid sh -c "echo \\$\\$"',
  strace: 'strace -f -o /dev/null sh -c "true; echo traced"',
} as const;

/** What programs print that look at the machine. */
const LOOKS: Readonly<Record<string, readonly [string, RegExp]>> = {
  'systemd-sysctl': ['PATH=$PATH:/lib/systemd:/usr/lib/systemd; echo vm.swappiness=13 > s.conf; systemd-sysctl $PWD/s.conf; cat /proc/sys/vm/swappiness', /^13\n$/],
  slabtop: ['slabtop -o | head -n 1', /^ Active \/ Total Objects \(% used\) +: [1-9]\d* \/ [1-9]/],
  numastat: ['numastat', /^ +node0\nnuma_hit +\d+\n/],
  vmstat: ['vmstat -m | grep ^kmalloc-8k', /^kmalloc-8k +[1-9]/],
  nproc: ['grep -c ^cpu[0-9] /proc/stat', /^2\n$/],
};

const SEPARATOR = '-- next tool --';
const ABSENT = 'is not installed';
const scriptOf = (tools: readonly (readonly [string, string])[]): string => tools.map(([tool, lines]) =>
  `( if PATH=$PATH:/lib/systemd:/usr/lib/systemd command -v ${tool} > /dev/null; then ${lines}; else echo ${ABSENT}; fi ) 2>&1 < /dev/null; echo "status $?"; echo "${SEPARATOR}"\n`).join('');

describeMount('programs of every day under exec', () => {
  let directory: string;
  const plain = new Map<string, string>();
  const inside = new Map<string, string>();

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'vmsysctld-tools-'));
    const options = { environment: { LC_ALL: 'C', TMUX_TMPDIR: directory, ANSIBLE_LOCAL_TEMP: directory }, timeout: 200_000 };
    const script = `cd $(mktemp -d -p ${directory})\n`;
    const take = (into: Map<string, string>, names: readonly string[], stdout: string): void => {
      stdout.split(`${SEPARATOR}\n`).forEach((part, index) => into.set(names[index] ?? '', part));
    };
    take(plain, Object.keys(TOOLS), (await sh(`${script}${scriptOf(Object.entries(TOOLS))}`, [], options)).stdout);
    const all = [...Object.entries(TOOLS), ...Object.entries(LOOKS).map(([tool, [lines]]) => [tool, lines] as const)];
    const { stdout, stderr } = await exec(['--profile', '7.3', '--', 'bash', '-c', `${script}${scriptOf(all)}`], options);
    expect(stderr).toBe('');
    take(inside, all.map(([tool]) => tool), stdout);
  }, 220_000);
  afterAll(() => rm(directory, { recursive: true }));

  it.for(Object.keys(TOOLS))('do as without it: %s', (tool, { skip }) => {
    const printed = plain.get(tool);
    if (printed?.includes(ABSENT) === true) skip(`${tool} ${ABSENT}`);
    expect(printed).toMatch(/\nstatus [03]\n$/);
    expect(inside.get(tool)).toBe(printed);
  });

  it.for(Object.entries(LOOKS))('see the machine: %s', ([tool, [, expected]], { skip }) => {
    const printed = inside.get(tool) ?? '';
    if (printed.includes(ABSENT)) skip(`${tool} ${ABSENT}`);
    expect(printed.replace(/status \d+\n$/, '')).toMatch(expected);
  });
});
