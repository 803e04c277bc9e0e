import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../../scripts/setup.mjs';
import { unpacked } from '../support/debian-packages.ts';
import { describeMount } from '../e2e/support/mounts.ts';
import { sh, type ShellResult } from '../e2e/support/shell.ts';

// The commands of examples/exec and examples/ansible do what their comments promise.

const ansible = await unpacked('ansible');
if ('missing' in ansible) console.warn(`SKIPPED: examples/ansible: ${ansible.missing}`);

/** Every text in a document that runs the program's `exec`, without what makes it root. */
function commands(value: unknown): string[] {
  if (typeof value === 'string') return value.includes('vmsysctld exec ') ? [value.replace(/^sudo env "PATH=\$PATH" /, '')] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(commands) : [];
}

let directory: string;
beforeEach(async () => { directory = await mkdtemp(join(tmpdir(), 'vmsysctld-examples-')); });
afterEach(() => rm(directory, { recursive: true }));

/** Runs a script with `vmsysctld` as a command. */
async function run(script: string): Promise<ShellResult> {
  await writeFile(join(directory, 'vmsysctld'), `#!/bin/sh\nexec ${process.execPath} ${join(ROOT, 'dist/main.js')} "$@"\n`, { mode: 0o755 });
  return sh(`PATH=${directory}:$PATH\n${script}`, [], { cwd: directory });
}

describeMount('examples/exec', () => {
  it.each(['github-actions.yml', 'gitlab-ci.yml'])('%s applies a policy, and sees it panic', async (name) => {
    const [apply = '', panic = '', ...more] = commands(parse(readFileSync(join(ROOT, 'examples/exec', name), 'utf8')));
    expect(more).toEqual([]);
    await writeFile(join(directory, '90-memory.conf'), 'vm.panic_on_unrecoverable_memory_failure=1\n');
    expect(await run(apply)).toEqual({ status: 0, stdout: 'vm.panic_on_unrecoverable_memory_failure = 1\n', stderr: '' });
    expect(readFileSync(join(directory, 'report.json'), 'utf8')).toContain('"vm.panic_on_unrecoverable_memory_failure"');
    expect((await run(panic)).status).toBe(0);
    await writeFile(join(directory, '90-memory.conf'), 'vm.panic_on_unrecoverable_memory_failure=0\n');
    expect((await run(panic)).status).not.toBe(0);
    await writeFile(join(directory, '90-memory.conf'), 'vm.swappiness=300\n');
    expect((await run(apply)).status).not.toBe(0);
  });
});

describeMount('examples/ansible', () => {
  it.skipIf('missing' in ansible)('applies the playbook, and changes nothing the second time', async () => {
    const root = 'root' in ansible ? ansible.root : '';
    for (const name of ['playbook.yml', 'run.sh']) await copyFile(join(ROOT, 'examples/ansible', name), join(directory, name));
    await writeFile(join(directory, 'ansible-playbook'), `#!/bin/sh\nexec /usr/bin/python3 ${root}/usr/bin/ansible-playbook -e ansible_python_interpreter=/usr/bin/python3 "$@"\n`, { mode: 0o755 });
    expect(existsSync(`${root}/usr/bin/ansible-playbook`)).toBe(true);
    const { status, stdout } = await run(`export LC_ALL=C.UTF-8 ANSIBLE_LOCAL_TEMP=$PWD HOME=$PWD ANSIBLE_LOCALHOST_WARNING=0 PYTHONPATH=${root}/usr/lib/python3/dist-packages; sh run.sh`);
    expect(stdout).toMatch(/localhost .* changed=1 .* failed=0/);
    expect(stdout).toMatch(/localhost .* changed=0 .* failed=0/);
    expect(stdout).toMatch(/\nvm\.panic_on_unrecoverable_memory_failure = 1\nkernel\.panic = 60\n$/);
    expect(status).toBe(0);
  });
});
