import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { daemonsBy } from './support/daemon.ts';
import { describeMount } from './support/mounts.ts';
import { sh } from './support/shell.ts';

const { withDaemon } = daemonsBy('dev-fuse');

const FILES = [
  'proc/sys/vm/swappiness', 'proc/sys/vm/lowmem_reserve_ratio', 'proc/sys/net/ipv4/tcp_congestion_control', 'proc/vmstat', 'proc/meminfo', 'proc/iomem',
  'sys/devices/system/memory/block_size_bytes', 'sys/devices/system/node/node0/meminfo', 'sys/kernel/debug/hwpoison/corrupt-filter-enable',
  'control', 'status.json',
];

/** Programs that print `$1`, some by sendfile(2) or copy_file_range(2). The first word is the command that must be installed. */
const PROGRAMS = [
  'cat "$1"', 'busybox cat "$1"', 'busybox cp "$1" ../copy && cat ../copy', 'cp "$1" ../copy && cat ../copy', 'tail -c +1 "$1"', 'dd if="$1" status=none',
  'python3 -c "import shutil, sys; shutil.copyfile(sys.argv[1], sys.argv[2])" "$1" ../copy && cat ../copy',
] as const;

/** What differs from one read to the next. */
const masked = (text: string): string => text.replaceAll(/(uptime\W+)[\d.]+/g, '$1T');

describeMount('programs that copy in the kernel', () => {
  it.each(PROGRAMS)('%s prints what read(2) gives', async (program) => {
    const command = program.split(' ')[0] ?? '';
    if ((await sh('type "$1"', [command])).status !== 0) {
      console.warn(`SKIPPED: ${program}: install ${command}`);
      return;
    }
    await withDaemon({ options: ['--profile', '7.3', '--memory', '1G'] }, async (daemon) => {
      for (const file of FILES) {
        // lseek(2) is ESPIPE there, as on Linux, and tail(1) needs to seek.
        if (command === 'tail' && file.includes('/debug/')) continue;
        const { stdout, stderr } = await daemon.sh(`${program}; wc -c < "$1" >&2`, [file]);
        const read = await readFile(join(daemon.mountPoint, file), 'utf8');
        expect(read, file).not.toBe('');
        expect(masked(stdout), file).toBe(masked(read));
        expect(Number(stderr), file).toBeGreaterThan(0);
      }
    });
  });
});
