import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LEAST_MEMORY } from '../../src/kernel/memory/frames.ts';
import { assembleMachine } from '../../src/machine/assemble-machine.ts';
import { emulatedPlaces } from '../../src/machine/places.ts';
import { exited } from './support/daemon.ts';
import { exec, execScript, goneFor, hostMounts, processesWith, said, startExec } from './support/exec.ts';
import { describeMount } from './support/mounts.ts';
import { sh } from './support/shell.ts';

let directory: string;
let mountsBefore: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vmsysctld-exec-'));
  mountsBefore = await hostMounts();
});
afterAll(async () => {
  await rm(directory, { recursive: true });
  expect(await hostMounts()).toBe(mountsBefore);
});

const ARM = 'echo 1 > /proc/sys/vm/panic_on_unrecoverable_memory_failure\n';
/** Bash: the first frame of at least 0x1000 whose word of kpageflags has a bit set. It is then offlined, as the kernel's selftest does. */
const OFFLINE_FIRST_WITH = `first_with() {
  local pfn=0x1000 word
  while read -r word; do (( (0x$word >> $1) & 1 )) && { printf '0x%x' $((pfn << 12)); return; }; (( pfn++ )); done < <(od -An -v -tx8 -w8 -j $((0x1000 * 8)) /proc/kpageflags)
}
offline() { echo $1 > /sys/devices/system/memory/hard_offline_page; }
`;

describeMount('what exec takes over from its command', () => {
  it.each([
    ['its status', ['sh', '-c', 'exit 7'], 7], ['its success', ['true'], 0], ['its status 125', ['sh', '-c', 'exit 125'], 125],
    ['a file that cannot be executed', ['/etc/passwd'], 126], ['a path that leads through a file', ['/etc/passwd/true'], 126], ['no such command', ['no-such-command'], 127],
    ['a signal that leaves a core', ['sh', '-c', 'kill -SEGV $$'], 139],
  ])('is %s', async (_what, command, status) => {
    const { status: ended, stderr } = await exec(['--', ...command]);
    expect(ended).toBe(status);
    if (status === 126 || status === 127) expect(stderr).toMatch(/^vmsysctld: cannot run \S+: .*\n$/);
    else expect(stderr).toBe('');
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGKILL'] as const)('is death by %s', async (signal) => {
    const child = startExec(['--', 'sh', '-c', `kill -${signal.slice(3)} $$`]);
    await exited(child);
    expect(child.signalCode).toBe(signal);
  });

  it('is death by a signal for real time, which has no name', async () => {
    const { stdout } = await sh('"$@"; echo $?', [process.execPath, join(import.meta.dirname, '../../dist/main.js'), 'exec', '--', 'sh', '-c', 'kill -40 $$']);
    expect(stdout).toBe('168\n');
  });

  it('is nothing of its own: streams, environment, directory, umask and arguments are those that exec got', async () => {
    const script = 'printf "%s|" "$0" "$@"; pwd; umask; cat; printf %s "$ODD"; grep -z "^a.b=" /proc/$$/environ | tr "\\0" "\\n"; echo problem >&2';
    const { stdout, stderr, status } = await sh(
      'umask 027; exec env a.b=dotted "$@"', [process.execPath, join(import.meta.dirname, '../../dist/main.js'), 'exec', '--', 'sh', '-c', script, 'zero', '--profile', 'a b', ''],
      { cwd: directory, input: 'typed in\n', environment: { ODD: 'line\nand "quote"\n' } },
    );
    expect(stdout).toBe(`zero|--profile|a b||${directory}\n0027\ntyped in\nline\nand "quote"\na.b=dotted\n`);
    expect(stderr).toBe('problem\n');
    expect(status).toBe(0);
  });

  it('hands on no descriptor of its own', async () => {
    const { stdout } = await sh('for fd in /proc/self/fd/*; do n=${fd##*/}; [ $n -gt 2 ] && eval "exec $n>&-"; done; exec "$@"',
      [process.execPath, join(import.meta.dirname, '../../dist/main.js'), 'exec', '--', 'sh', '-c', 'ls /proc/$$/fd; :']);
    expect(stdout).toBe('0\n1\n2\n');
  });

  it('is a process like others, started from outside its namespace, and sees no process outside', async () => {
    const { stdout } = await execScript('ls -d /proc/[0-9]* | wc -l; echo $PPID; ps -o comm= -p 1');
    const [count, ...names] = stdout.trim().split('\n');
    expect(Number(count)).toBeLessThan(8);
    expect(names).toEqual(['0', 'sh']);
  });

  it('passes signals on, and waits for what the command makes of them', async () => {
    const child = startExec(['--', 'bash', '-c', 'trap "echo caught; exit 5" TERM; echo ready; while :; do sleep 0.1; done']);
    await said(child, 'ready');
    child.kill('SIGTERM');
    await said(child, 'caught');
    await exited(child);
    expect(child.exitCode).toBe(5);
  });

  it('leaves the keys of the terminal to the command: Ctrl-C reaches it once, and interrupts a loop of the shell', async () => {
    const inner = `${process.execPath} ${join(import.meta.dirname, '../../dist/main.js')} exec --`;
    // noflsh: at a Ctrl-C, Linux throws away what is on its way to the terminal, also what bash writes right after the signal.
    await writeFile(join(directory, 'first'), 'stty noflsh; trap "echo [caught]" INT; echo ready; read -r; echo [status $?]');
    // script(1) makes a terminal, and types its input.
    const terminal = spawn('script', ['-qec', `${inner} bash ${directory}/first`, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
    let stdout = '';
    terminal.stdout.setEncoding('utf8').on('data', (text: string) => { stdout += text; });
    try {
      await said(terminal, 'ready');
      terminal.stdin.write('\x03');
      await said(terminal, '[caught]');
      terminal.stdin.write('\n');
      await exited(terminal);
    } finally {
      terminal.kill();
    }
    expect(stdout.match(/\[caught\]/g)).toHaveLength(1);
    expect(stdout).toContain('[status 0]');
  });

  it.each([
    ['no command', [], 'exec needs a command: '], ['an unknown option', ['--bogus', '--', 'true'], "unknown option '--bogus'"],
    ['a bad number', ['--reboot=x', '--', 'true'], '--reboot takes how often'], ['a log that cannot be', ['--log', '/dev/null/log', '--', 'true'], 'cannot be opened'],
    ['a report that cannot be', ['--report', '/no/such/directory/report', '--', 'true'], 'cannot be written (ENOENT)'],
  ])('is refused with 125 and one line: %s', async (_what, args, text) => {
    const { status, stderr, stdout } = await exec(args);
    expect(stderr).toMatch(/^vmsysctld: [^\n]*\n$/);
    expect(stderr).toContain(text);
    expect(stdout).toBe('');
    expect(status).toBe(125);
  });
});

describeMount('the files of exec', () => {
  it('are all at their real places, with what is beside them still there, and are not to be seen outside', async () => {
    // Places that only hide a file of the host exist where the host has that file.
    const { root } = assembleMachine({ profile: 'v4', memory: { memoryBytes: LEAST_MEMORY }, seed: 0, clock: () => 0, devices: true });
    const places = emulatedPlaces(root).filter(({ path, shield }) => shield === undefined || existsSync(path)).map(({ path }) => path);
    expect(places).toContain('/proc/sys');
    expect(places).toContain('/sys/kernel/debug');
    const script = 'for path; do if [ -d "$path" ]; then stat -f -c "%T $path" "$path"; else stat -f -c "%T $path" "$path"; fi; done';
    const { stdout } = await exec(['--', 'bash', '-c', script, 'bash', ...places]);
    expect(stdout.trimEnd().split('\n')).toEqual(places.map((path) => `fuseblk ${path}`));

    const beside = ['/proc', '/sys', '/sys/devices/system', '/sys/kernel', '/sys/module', '/dev'];
    const list = 'for d; do ls -1 "$d" | grep -vx "[0-9]*" | sed "s|^|$d/|"; done';
    const inside = (await exec(['--', 'bash', '-c', list, 'bash', ...beside])).stdout.split('\n');
    const outside = (await sh(list, beside)).stdout.split('\n');
    expect(outside.filter((path) => !inside.includes(path))).toEqual([]);
    expect((await sh('stat -f -c %T /proc/sys/vm /sys/devices/system')).stdout).toBe('proc\nsysfs\n');
  });

  // A copy of /sys/module has a mount for each module of the host.
  it.each([['in tens of lines of /proc/mounts', ''], ['also where the kernel has no overlays', 'grep -v " overlay "']])('have the modules of the host beside them, %s', async (_how, filter) => {
    const tools = await mkdtemp(join(directory, 'tools-'));
    const mount = (await sh('command -v mount')).stdout.trim();
    const refuses = `#!/bin/sh\ncase $3 in -T) ${filter} "$4" > ${tools}/table; set -- -i -a -T ${tools}/table; esac\nexec ${mount} "$@"\n`;
    if (filter !== '') await writeFile(join(tools, 'mount'), refuses, { mode: 0o755 });
    const script = 'ls /sys/module | sort; cat /sys/module/edac_core/parameters/edac_mc_poll_msec; wc -l < /proc/mounts';
    const { stdout, stderr } = await exec(['--', 'bash', '-c', script], { environment: { PATH: `${tools}:${process.env['PATH'] ?? ''}` } });
    expect(stderr).toBe('');
    const lines = stdout.trimEnd().split('\n');
    const mounts = Number(lines.pop());
    expect(lines.pop()).toBe('1000');
    const modules = (await sh('ls /sys/module; wc -l < /proc/mounts')).stdout.trimEnd().split('\n');
    const added = mounts - Number(modules.pop());
    expect(modules.filter((name) => !lines.includes(name))).toEqual([]);
    expect(lines).toContain('edac_core');
    if (filter === '') expect(added).toBeLessThan(80);
    else expect(added).toBeGreaterThan(modules.length);
  });

  it('are written by a tool as it is, and named by two variables', async () => {
    const { stdout, status } = await execScript(
      'sysctl -q -w vm.swappiness=7 && cat /proc/sys/vm/swappiness && sysctl -n kernel.osrelease && tail -n 1 "$VMSYSCTLD_LOG" && head -c 9 "$VMSYSCTLD_CONTROL"',
      ['--profile', '7.3']);
    expect(stdout).toBe('7\n7.3-amd64\n[    0.000000] Command line: console=ttyS0\n# machine');
    expect(status).toBe(0);
  });

  it('know their callers by the pids and names that these know themselves by', async () => {
    const { stdout } = await execScript('echo $$; echo 3 > /proc/sys/vm/drop_caches; tail -n 1 "$VMSYSCTLD_LOG"');
    const [pid, line] = stdout.split('\n');
    expect(line).toContain(`bash (${pid}): drop_caches: 3`);
  });
});

describeMount('a panic under exec', () => {
  it('ends all that runs in 70, with what the kernel says, before the write that caused it returns', async () => {
    const word = `VMSYSCTLD_TEST_MARK=${randomUUID()}`;
    const [name = '', value = ''] = word.split('=');
    const survivor = join(directory, 'survivor');
    const script = `${ARM}(trap '' TERM INT HUP; setsid bash -c 'while :; do echo > "$0.daemon"; sleep 0.01; done' "$1") &
      ( while :; do echo x > /proc/sys/vm/swappiness; done ) 2>/dev/null &
      until [ -e "$1.daemon" ]; do sleep 0.01; done
      echo 'inject type=slab' > "$VMSYSCTLD_CONTROL"; echo survived > "$1"`;
    const { status, stderr, stdout } = await exec(['--profile', '7.3', '--', 'bash', '-c', script, 'bash', survivor], { environment: { [name]: value } });
    expect(status).toBe(70);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^\[ +\d+\.\d{6}\] Kernel panic - not syncing: Memory failure: 0x[0-9a-f]+: unrecoverable page\n/);
    expect(stderr).toMatch(/\n\[ +\d+\.\d{6}\] ---\[ end Kernel panic - not syncing: Memory failure: 0x[0-9a-f]+: unrecoverable page \]---\n$/);
    expect(stderr.split('\n').every((line) => line === '' || line.startsWith('[ '))).toBe(true);
    expect(await processesWith(word)).toEqual([]);
    expect(await readdir(directory)).not.toContain('survivor');
  });

  it.each([
    ['rodata', 'v4', true], ['rodata', '7.3', true], ['slab', 'v4', false], ['slab', '7.3', true], ['pgtable', 'v4', false], ['pgtable', '7.3', true],
  ] as const)('comes as the selftest of the kernel wants it: %s, %s: %s', async (page, profile, panics) => {
    const find = { rodata: "0x$(sed -n 's/^ *\\([0-9a-f]*\\)-.* : Kernel rodata$/\\1/p' /proc/iomem)", slab: '$(first_with 7)', pgtable: '$(first_with 26)' }[page];
    const { status, stderr, stdout } = await execScript(`${OFFLINE_FIRST_WITH}${ARM}offline ${find}; echo "survived $?"`, ['--profile', profile]);
    expect(status).toBe(panics ? 70 : 0);
    expect(stdout).toBe(panics ? '' : 'survived 1\n');
    expect(stderr).toMatch(panics ? /Kernel panic - not syncing: Memory failure: 0x[0-9a-f]+: unrecoverable page/ : /write error: Device or resource busy/);
  });

  const CRASH = "echo run; echo 'panic crash loop' > \"$VMSYSCTLD_CONTROL\"";

  it.each([
    ['a machine that halts', ['--reboot=5'], 1, 70], ['no --reboot', ['--sysctl', 'kernel.panic=10'], 1, 70],
    ['--reboot', ['--sysctl', 'kernel.panic=10', '--reboot'], 2, 70], ['--reboot=3', ['--sysctl', 'kernel.panic=-1', '--reboot=3'], 4, 70],
  ])('has the command run again only on a machine that reboots: %s', async (_what, args, runs, status) => {
    const log = join(directory, randomUUID());
    const result = await execScript(CRASH, ['--log', log, ...args]);
    expect(result.stdout).toBe('run\n'.repeat(runs));
    expect(result.status).toBe(status);
    const text = await readFile(log, 'utf8');
    expect(text.match(/Kernel panic - not syncing: crash loop\n/g)).toHaveLength(runs);
  });

  it('is over when the command ends well on the rebooted machine', async () => {
    const mark = join(directory, 'second');
    const script = `if [ -e "$0" ]; then sysctl -n vm.swappiness; exit 3; fi; touch "$0"; sysctl -qw vm.swappiness=1 kernel.panic=10; ${CRASH}`;
    const { stdout, status } = await exec(['--reboot=9', '--', 'bash', '-c', script, mark]);
    expect(stdout).toBe('run\n60\n');
    expect(status).toBe(3);
  });

  it.each([
    ['any', ['--expect-panic'], CRASH, 0, undefined], ['its text', ['--expect-panic=crash loop'], CRASH, 0, undefined],
    ['another', ['--expect-panic=unrecoverable'], CRASH, 1, "a panic with 'unrecoverable' was expected: it panicked with another text"],
    ['none', ['--expect-panic'], 'exit 4', 1, 'a panic was expected: there was none, and the command ended with 4'],
  ])('can be what is wanted: %s', async (_what, args, script, status, complaint) => {
    const result = await execScript(script, args);
    expect(result.status).toBe(status);
    if (complaint === undefined) expect(result.stderr).not.toContain('vmsysctld:');
    else expect(result.stderr).toContain(`vmsysctld: ${complaint}\n`);
  });
});

describeMount('exec whose namespaces are lost before the command begins', () => {
  it('fails in one line where init cannot go on', async () => {
    const tools = await mkdtemp(join(directory, 'tools-'));
    const unshare = (await sh('command -v unshare')).stdout.trim();
    await writeFile(join(tools, 'unshare'), `#!/bin/sh\n[ $$ != 1 ] || exit 3\nexec ${unshare} "$@"\n`, { mode: 0o755 });
    const { status, stdout, stderr } = await exec(['--', 'echo', 'started'], { environment: { PATH: `${tools}:${process.env['PATH'] ?? ''}` } });
    expect(stderr).toBe('vmsysctld: the namespaces of CMD are lost: their first process ended with status 3\n');
    expect(stdout).toBe('');
    expect(status).toBe(125);
  });

  it.each(['init', 'owner', 'boot', 'keeper'] as const)('fails in one line when its process is killed: %s', async (victim) => {
    const tools = await mkdtemp(join(directory, 'tools-'));
    await writeFile(join(tools, 'hostname'), `#!/bin/sh\n: > ${tools}/waits; exec sleep 1000\n`, { mode: 0o755 });
    const child = startExec(['--', 'echo', 'started'], { PATH: `${tools}:${process.env['PATH'] ?? ''}` });
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => { stderr += text; });
    // hostname(1) is a child of init, and that of the owner, of the boot, and of the keeper in turn. Only its file reports the start of a
    // grandchild.
    const chain = await sh(`until [ -e "$1/waits" ]; do sleep 0.05; done
      below() { local each; for each in $(cat /proc/$1/task/*/children); do echo $each; below $each; done; }
      for pid in $(below $2); do [ "$(tr '\\0' ' ' < /proc/$pid/cmdline)" = 'sleep 1000 ' ] && break; done
      for name in init owner boot keeper; do pid=$(awk '/^PPid:/ { print $2 }' /proc/$pid/status); [ $name = "$3" ] && kill -9 $pid && exit; done`,
    [tools, String(child.pid), victim]);
    await exited(child);
    expect(chain).toMatchObject({ status: 0, stderr: '' });
    expect(stderr).toMatch(/^vmsysctld: the namespaces of CMD (?:are lost|cannot be made): [^\n]*\n$/);
    expect(child.exitCode).toBe(125);
  });
});

describeMount('the report of exec', () => {
  it('reports who wrote what, with which result, and how it ended', async () => {
    const path = join(directory, 'report.json');
    const script = `${ARM}sysctl -q -w vm.panic_on_unrecoverable_memory_failure=0; sysctl -q -w vm.swappiness=999; echo 'inject type=reserved' > "$VMSYSCTLD_CONTROL"
      ${ARM}echo 0x$(sed -n 's/^ *\\([0-9a-f]*\\)-.* : Kernel rodata$/\\1/p' /proc/iomem) > /sys/devices/system/memory/hard_offline_page`;
    const { status } = await exec(['--report', path, '--seed', '1', '--profile', '7.3', '--', 'bash', '-c', script]);
    expect(status).toBe(70);
    const report = JSON.parse(await readFile(path, 'utf8')) as Record<string, never>;
    const name = 'vm.panic_on_unrecoverable_memory_failure';
    const file = '/proc/sys/vm/panic_on_unrecoverable_memory_failure';
    const anyTime = { at: expect.stringMatching(/^\d{4}-.*Z$/) as string, boot: 1, uptime: expect.any(Number) as number };
    const by = (comm: string): object => ({ pid: expect.any(Number) as number, uid: 0, comm });
    expect(report).toMatchObject({
      profile: '7.3', seed: 1, command: ['bash', '-c', script], runs: 1, status: null, signal: null,
      sysctls: [
        { ...anyTime, name, file, wrote: '1', old: '0', new: '1', result: 'ok', by: by('bash') },
        { ...anyTime, name, file, wrote: '0', old: '1', new: '0', result: 'ok', by: by('sysctl') },
        // stdio tries again when the file is closed.
        ...Array.from({ length: 2 }, () => ({ ...anyTime, name: 'vm.swappiness', wrote: '999', old: '60', new: '60', result: 'EINVAL', by: by('sysctl') })),
        { ...anyTime, name, file, wrote: '1', old: '0', new: '1', result: 'ok', by: by('bash') },
      ],
      injections: [
        { ...anyTime, file: '/control', wrote: 'inject type=reserved', result: 'EBUSY', by: by('bash'), verdicts: [{ page: 'reserved kernel page', action: 'Ignored' }] },
        { file: '/sys/devices/system/memory/hard_offline_page', result: 'EIO', by: by('bash'), verdicts: [{ pfn: '0xb600', page: 'reserved kernel page', action: 'Ignored' }] },
      ],
      panics: [{ ...anyTime, text: 'Memory failure: 0xb600: unrecoverable page' }],
    });
  });

  it.each([['exit 3', { status: 3, signal: null }], ['kill -USR1 $$', { status: null, signal: 'SIGUSR1' }]])('has the end of the command: %s', async (script, end) => {
    const path = join(directory, `${randomUUID()}.json`);
    expect((await execScript(script, ['--report', path])).stderr).toBe('');
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ ...end, sysctls: [], injections: [], panics: [] });
  });
});

describeMount('a report of exec that has no room in the end', () => {
  it('is reported, and no success', async () => {
    const small = join(directory, 'small');
    try {
      expect(await sh('mkdir "$1"; mount -t tmpfs -o size=4k none "$1"; head -c 4096 /dev/zero > "$1/filler"', [small])).toMatchObject({ status: 0, stderr: '' });
      const { status, stderr } = await exec(['--report', join(small, 'report'), '--', 'true']);
      expect(stderr).toBe(`vmsysctld: the report ${join(small, 'report')} could not be written: ENOSPC: no space left on device, write\n`);
      expect(status).toBe(125);
    } finally {
      await sh('umount -l "$1"', [small]);
    }
  });
});

describeMount('what is left of exec', () => {
  // Helpers of exec get only PATH from its environment.
  const marked = (mark: string): Readonly<Record<string, string>> => ({ PATH: `${process.env['PATH'] ?? ''}:/${mark}` });
  const LINGERS = ['--', 'bash', '-c', 'trap "" TERM HUP; setsid sleep 1000 & echo ready; exec sleep 1000'];
  const HELPERS = ['keeper', 'boot', 'owner', 'init'] as const;

  /**
   * Kills exec with $1 as its pid, or the helper $2, as soon as the helper $3 exists. Each is a child of the one before, and its fourth
   * word is its name.
   */
  const KILL = `pid=$1 victim=$1
    for name in ${HELPERS.join(' ')}; do
      parent=$pid pid=
      until [ -n "$pid" ]; do
        [ -e /proc/$parent ] || exit 4
        for each in $(cat /proc/$parent/task/*/children); do [ "$(sed -zn 4p /proc/$each/cmdline 2>/dev/null | tr -d '\\0')" != $name ] || pid=$each; done
      done
      [ $name != "$2" ] || victim=$pid
      [ $name != "$3" ] || break
    done
    [ "$2" != nsenter ] || for each in $(cat /proc/$1/task/*/children); do [ $(cat /proc/$each/comm) != nsenter ] || victim=$each; done
    kill -9 $victim`;
  const kill = async (child: ChildProcess, victim: string, stage: string): Promise<void> => {
    expect(await sh(KILL, [String(child.pid), victim, stage])).toEqual({ status: 0, stdout: '', stderr: '' });
  };

  it.each(['exec', 'nsenter', ...HELPERS])('is nothing when one of its processes is killed: %s', async (victim) => {
    const mark = randomUUID();
    const child = startExec(LINGERS, marked(mark));
    // Its streams are closed: no process has them open any more.
    const closed = once(child, 'close');
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => { stderr += text; });
    await said(child, 'ready');
    await kill(child, victim, 'init');
    await closed;
    await goneFor(mark);
    // If CMD is killed with it, the result is that of CMD.
    if (['exec', 'nsenter', 'init'].includes(victim)) expect(child.signalCode).toBe('SIGKILL');
    else expect({ status: child.exitCode, stderr }).toEqual({ status: 125, stderr: expect.stringMatching(/^vmsysctld: [^\n]*\n$/) as string });
    expect(await hostMounts()).toBe(mountsBefore);
  });

  it.each(HELPERS)('is nothing when it is killed while it starts: when its %s has begun', async (stage) => {
    const mark = randomUUID();
    const child = startExec(LINGERS, marked(mark));
    const closed = once(child, 'close');
    await kill(child, 'exec', stage);
    child.stdout?.resume();
    child.stderr?.resume();
    await closed;
    await goneFor(mark);
    expect(await hostMounts()).toBe(mountsBefore);
  });

  it('is nothing when it is killed as soon as the command begins', async () => {
    for (let run = 0; run < 4; run += 1) {
      const mark = randomUUID();
      const child = startExec(LINGERS, marked(mark));
      const closed = once(child, 'close');
      await once(child.stdout as Readable, 'readable');
      child.kill('SIGKILL');
      child.stdout?.resume();
      child.stderr?.resume();
      await closed;
      await goneFor(mark);
    }
  });

  it('is nothing of what the command left running', async () => {
    const mark = randomUUID();
    const { status } = await execScript('setsid sleep 1000 & exit 0', [], { environment: { VMSYSCTLD_TEST_MARK: mark } });
    expect(status).toBe(0);
    expect(await processesWith(mark)).toEqual([]);
  });
});

describeMount('exec for an ordinary user', () => {
  /** As nobody, with a /dev/fuse that this user may open, in a mount namespace of the test. */
  const AS_NOBODY = `mount -t tmpfs -o dev dev /media; mknod -m 666 /media/fuse c 10 229; mount --bind /media/fuse /dev/fuse
    cd /; exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"`;
  const asNobody = (args: readonly string[]): ReturnType<typeof sh> =>
    sh('exec unshare --mount bash -c "$@"', [AS_NOBODY, 'bash', ...args], { environment: { HOME: '/nonexistent' } });
  const MAIN = [process.execPath, join(import.meta.dirname, '../../dist/main.js'), 'exec'];

  it('keeps his uid, and lets him do to the machine what root may', async () => {
    const script = `id -u; id -g; ${ARM}cat /proc/sys/vm/panic_on_unrecoverable_memory_failure; test -w /sys/kernel/debug/hwpoison/corrupt-pfn && echo writable
      head -n 2 /proc/iomem | tail -n 1; exit 9`;
    const { stdout, stderr, status } = await asNobody([...MAIN, '--', 'bash', '-c', script]);
    expect(stderr).toBe('');
    expect(stdout).toBe('65534\n65534\n1\nwritable\n00001000-0009fbff : System RAM\n');
    expect(status).toBe(9);
  });

  it('panics as for root', async () => {
    const { stdout, stderr, status } = await asNobody([...MAIN, '--', 'bash', '-c', "echo panic > $VMSYSCTLD_CONTROL; echo survived"]);
    expect(stdout).toBe('');
    expect(stderr).toContain('Kernel panic - not syncing: sysrq triggered crash');
    expect(status).toBe(70);
  });

  it('leaves nothing behind when it is killed', async () => {
    const mark = randomUUID();
    const { stdout } = await asNobody(['env', `VMSYSCTLD_TEST_MARK=${mark}`, 'bash', '-c', `coproc E { exec "$@"; }; read -r line <&"\${E[0]}"; kill -9 $E_PID; wait $E_PID; echo "$line $?"`,
      'bash', ...MAIN, '--', 'bash', '-c', 'echo ready; exec sleep 1000']);
    expect(stdout).toBe('ready 137\n');
    await goneFor(mark);
  });

  it('says what to do where he may have no user namespace', async () => {
    // A user namespace in which no other can be made, and a process in it without capabilities.
    const script = `echo 0 > /proc/sys/user/max_user_namespaces; exec setpriv --bounding-set -all --inh-caps -all "$@"`;
    const { stderr, status } = await asNobody(['unshare', '--user', '--map-root-user', 'bash', '-c', script, 'bash', ...MAIN, '--', 'true']);
    expect(stderr).toBe('vmsysctld: ordinary users may not make user namespaces here: as root run sysctl -w user.max_user_namespaces=10000, or run this as root\n');
    expect(status).toBe(125);
  });
});
