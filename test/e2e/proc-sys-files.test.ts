import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { errnoName } from '../../src/abi/errno.ts';
import { parseListed } from '../support/listed-files.ts';
import { recordedMachine } from '../support/mounted-writes.ts';
import { RECORDED_KERNELS } from '../support/recorded-writes.ts';
import { recording } from '../support/recording.ts';
import { withDaemon } from './support/daemon.ts';
import { describeDaemon } from './support/mounts.ts';
import { sh } from './support/shell.ts';

const PROGRAM = fileURLToPath(new URL('../support/proc-sys-list.pl', import.meta.url));

/** What differs from boot to boot, was set on the command line of the recorded machine, or is an order to read. */
const DIFFERS = ['kernel/ns_last_pid', 'kernel/random/boot_id', 'kernel/random/uuid', 'kernel/panic', 'vm/user_reserve_kbytes', 'vm/stat_refresh'];
/** Files of every machine that the module tcp_bbr changes. The list of them was made without it. */
const BY_MODULE: Readonly<Record<string, string>> = {
  'net/ipv4/tcp_allowed_congestion_control': '0644 reno cubic bbr\\n', 'net/ipv4/tcp_available_congestion_control': '0444 reno cubic bbr\\n',
};

const masked = (path: string, shown: string): string => (DIFFERS.includes(path) ? shown.slice(0, '0644'.length) : shown);

describeDaemon('a mounted /proc/sys', (transport) => {
  it.each(RECORDED_KERNELS)('has the files of %s, with their modes and boot values, and no others', async (kernel) => {
    const recorded = parseListed(recording(`proc-sys-files.${kernel}.txt`) + recording(`proc-sys-files-more.${kernel}.txt`));
    const wanted = new Map(recorded.map(({ path, shown }) => [path, masked(path, BY_MODULE[path] ?? shown)]));
    await withDaemon({ transport, options: recordedMachine(kernel) }, async ({ mountPoint }) => {
      const { stdout, stderr } = await sh('exec perl "$1" "$2"', [PROGRAM, join(mountPoint, 'proc/sys')]);
      expect(stderr).toBe('');
      const listed = new Map(parseListed(stdout).map(({ path, shown }) => (
        [path, masked(path, shown.replace(/(?<=^\d+ !)\d+$/, (number) => errnoName(-Number(number))))]
      )));
      const wrong = [...new Set([...wanted.keys(), ...listed.keys()])].filter((path) => listed.get(path) !== wanted.get(path));
      console.log(`${kernel}, /proc/sys by ${transport}: ${wanted.size - wrong.length} of ${wanted.size} files identical`);
      expect(wrong.map((path) => `${path}: ${listed.get(path) ?? 'none'} instead of ${wanted.get(path) ?? 'none'}`)).toEqual([]);
      expect(wanted.size).toBeGreaterThan(1000);
    });
  });
});
