import { expect, test } from 'vitest';
import { errnoName } from '../../src/abi/errno.ts';
import { PLAIN_PARTS } from '../../src/kernel/sysctl/machine-parts.ts';
import { testMachine, type TestMachine } from '../support/machine.ts';
import { type Counts, kernelsWith, known, recording } from '../support/recording.ts';

/** What differs from boot to boot, was set on the command line of the recorded machine, or depends on how much memory happened to be free. */
const DIFFERS = [
  'fs/dentry-state', 'fs/inode-nr', 'fs/inode-state', 'fs/file-nr', 'fs/file-max', 'fs/epoll/max_user_watches', 'fs/fanotify/max_user_marks',
  'fs/inotify/max_user_watches', 'kernel/ns_last_pid', 'kernel/panic', 'kernel/pty/nr', 'kernel/random/boot_id', 'kernel/random/uuid',
  'kernel/random/entropy_avail', 'kernel/threads-max', 'net/ipv4/inet_peer_threshold', 'net/ipv4/tcp_mem', 'net/ipv4/tcp_rmem',
  'net/ipv4/tcp_wmem', 'net/ipv4/udp_mem', 'vm/user_reserve_kbytes',
];

/** `PATH MODE VALUE`. Of files whose value is not compared, `PATH MODE`. */
const comparable = (line: string): string => {
  const [path = '', mode = '', ...value] = line.split(' ');
  return DIFFERS.includes(path) || path.startsWith('user/') ? `${path} ${mode}` : [path, mode, ...value].join(' ');
};

function shownFiles(machine: TestMachine, directory: string): string[] {
  const names = machine.vfs.readdir(directory);
  if (typeof names !== 'number') return names.flatMap((name) => shownFiles(machine, `${directory}/${name}`));
  const attributes = machine.vfs.getattr(directory);
  const value = machine.read(directory);
  const text = typeof value === 'number' ? `!${errnoName(value)}` : value.replaceAll('\t', '\\t').replaceAll('\n', '\\n');
  const mode = typeof attributes === 'number' ? '' : (attributes.mode & 0o7777).toString(8).padStart(4, '0');
  return [`${directory.slice('/proc/sys/'.length)} ${mode} ${text}`];
}

const FILES: Counts = { '7.3': 650, '6.1': 592 };

test.each(kernelsWith('proc-sys-without-ipv6.KERNEL.txt'))('a machine booted with ipv6.disable=1 has the files that %s has then, with mode and boot value', (kernel) => {
  const recorded = recording(`proc-sys-without-ipv6.${kernel}.txt`).trimEnd().split('\n').flatMap((line) => /^F (.*)$/.exec(line)?.[1] ?? []);
  const machine = testMachine({ profile: kernel, parts: { ...PLAIN_PARTS, without: ['ipv6'] } });
  expect(shownFiles(machine, '/proc/sys').map(comparable).sort()).toEqual(recorded.map(comparable).sort());
  expect(recorded).toHaveLength(known(FILES, kernel, recorded.length));
});
