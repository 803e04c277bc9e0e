import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseMachineFile } from '../../src/machine-file/parse.ts';
import { runMain } from './support/daemon.ts';
import { exec } from './support/exec.ts';
import { describeMount } from './support/mounts.ts';

/** What this host has, and what a machine like it shows. */
const SAME = ['/proc/sys/vm/swappiness', '/proc/sys/kernel/pid_max', '/proc/sys/fs/file-max', '/proc/sys/net/ipv4/ip_forward'];

describeMount('a machine like this host', () => {
  it('machine --from-host describes it, and exec --machine runs on that', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'vmsysctld-host-'));
    try {
      const { status, stdout, stderr } = await runMain(['machine', '--from-host']);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      const parsed = parseMachineFile(Buffer.from(stdout), 2 ** 30);
      expect(parsed).not.toHaveProperty('error');
      const file = join(directory, 'host.machine');
      await writeFile(file, stdout);
      const ran = await exec(['--machine', file, '--', 'cat', ...SAME]);
      expect(ran).toEqual({ status: 0, stderr: '', stdout: SAME.map((path) => readFileSync(path, 'utf8')).join('') });
      // A file for --machine comes out unchanged.
      expect((await runMain(['machine', '--machine', file])).stdout).toContain(stdout.split('\n').filter((line) => line.startsWith('sysctl ')).join('\n'));
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('exec --like-host --diff shows what a command would change here, and changes nothing', async () => {
    const before = readFileSync('/proc/sys/vm/swappiness', 'utf8').trim();
    const wanted = before === '42' ? '43' : '42';
    const { status, stderr } = await exec(['--like-host', '--diff', '--', 'sh', '-c', `echo ${wanted} > /proc/sys/vm/swappiness; echo 999 > /proc/sys/vm/swappiness; echo x > /proc/sys/kernel/ostype; true`]);
    expect(status).toBe(0);
    expect(stderr.split('\n').filter((line) => !line.startsWith('sh: '))).toEqual([
      `changed  vm.swappiness  ${before} -> ${wanted}`, 'refused  vm.swappiness  999 (EINVAL), from sh',
      // It is read-only, and so there is no write.
      'refused  kernel.ostype  to open it for writing (EACCES), from sh', '',
    ]);
    expect(readFileSync('/proc/sys/vm/swappiness', 'utf8').trim()).toBe(before);
  });

  it('excludes the memory of another machine', async () => {
    expect(await exec(['--like-host', '--memory', '4G', '--', 'true']))
      .toEqual({ status: 125, stdout: '', stderr: 'vmsysctld: --like-host takes the memory of this host: leave --memory out\n' });
    expect(await runMain(['machine', '--from-host', '--memory', '4G']))
      .toEqual({ status: 2, stdout: '', stderr: 'vmsysctld: --from-host and --memory exclude each other: give one of them\n' });
  });
});
