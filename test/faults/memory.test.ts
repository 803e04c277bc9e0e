import { truncate } from 'node:fs/promises';
import { expect, it } from 'vitest';
import type { ErrnoName } from '../../src/abi/errno.ts';
import { LIMITS } from '../../src/abi/limits.ts';
import { daemonsBy } from '../e2e/support/daemon.ts';
import { describeDaemon } from '../e2e/support/mounts.ts';
import { sh } from '../e2e/support/shell.ts';
import { tell } from './support/chance.ts';
import { count, patience } from './support/counts.ts';
import { flood, told } from './support/flood.ts';
import { residentMegabytes } from './support/process.ts';

/** The heap of Node.js, and the most memory of the whole daemon when every bound is reached, in megabytes. */
const HEAP = 1024;
const MOST = 1400;

/**
 * Writes that would make a machine store more and more: the text of a line, the share of a run, and the errno that ends them, if one does.
 */
const GROWTHS: readonly { readonly file?: string; readonly text: string; readonly share: number; readonly processes?: number; readonly line?: boolean; readonly errno?: ErrnoName }[] = [
  { text: 'fail /proc/sys/vm/swappiness op=write errno=EIO', share: 0.1, errno: LIMITS.rules.errno },
  { text: 'delay /proc/sys/vm/swappiness ms=1', share: 0.1, errno: LIMITS.rules.errno },
  { text: 'log line %d of a length that is not different from others', share: 0.3 },
  { text: 'page pfn=%d type=slab', share: 1, errno: LIMITS.pages.errno },
  { text: 'reboot', share: 0.001 },
  { text: 'page pfn=%d type=anon mapped=%s', share: 0.002, processes: 2000, errno: LIMITS.pages.errno },
  { text: 'reset', share: 0.001 },
  // Before anything is poisoned: a poisoned page without an owner would end the machine. In the long form there are holes among them.
  { text: 'access pfn=%d', share: 0.1, errno: 'ENXIO' },
  { text: 'inject type=free count=10000', share: 0.0001, line: true, errno: LIMITS.pages.errno },
  { text: 'wait 1000000000', share: 0.1, errno: LIMITS.clock.errno },
  { file: 'proc/sys/kernel/hostname', text: `%d${'x'.repeat(4000)}`, share: 0.02, line: true },
  { file: 'sys/kernel/debug/hwpoison/corrupt-filter-memcg', text: '%d', share: 0.05, line: true },
];

describeDaemon('memory', (transport) => {
  const { withDaemon } = daemonsBy(transport);

  it(`stays below ${MOST} MB in a heap of ${HEAP} MB, whatever is written up to ${count('growth')} times`, { timeout: patience('growth', 0.5) }, async () => {
    await withDaemon({ options: ['--memory', '64G', '--profile', '7.3'], environment: { NODE_OPTIONS: `--max-old-space-size=${HEAP}` } }, async (daemon) => {
      const { pid } = daemon.process;
      const ends = new Set<string>();
      for (const { file = 'control', text, share, processes = 0, line = false, errno } of GROWTHS) {
        const lines = Math.ceil(count('growth') * share);
        const results = await flood(daemon, 'numbered', file, [lines, line ? 1 : 120_000, processes, text], patience('growth', 0.2));
        for (const result of Object.keys(results)) if (result !== 'ok') ends.add(`${text}: ${result}`);
        expect({ text, unexpected: Object.keys(results).filter((result) => result !== 'ok' && result !== errno) }).toEqual({ text, unexpected: [] });
        expect((await daemon.sh('cat proc/sys/kernel/panic && cat control | wc -l')).status).toBe(0);
        tell(`${lines} times '${text.slice(0, 50)}' (${transport}): ${told(results)}; resident memory ${(await residentMegabytes(pid)).now} MB`);
        await truncate(daemon.log);
      }
      const { peak } = await residentMegabytes(pid);
      expect(peak).toBeLessThan(MOST);
      expect((await daemon.sh("echo reset > control && cat proc/sys/vm/swappiness")).stdout).toBe('60\n');
      // The short form reaches the first bound too.
      expect([...ends].some((end) => end.endsWith(LIMITS.rules.errno))).toBe(true);
      tell(`memory (${transport}): ${peak} MB at most in a heap of ${HEAP} MB; refused: ${[...ends].join('; ')}`);
    });
  });

  it(`${count('heldBack')} answers held back at the same time, each comes, and late`, { timeout: patience('heldBack', 60) }, async () => {
    await withDaemon({}, async (daemon) => {
      const before = await residentMegabytes(daemon.process.pid);
      await daemon.sh("echo 'delay /proc/vmstat ms=3000' > control");
      const script = 'for i in $(seq "$2"); do (read -r line < "$1/proc/vmstat"; echo "${line%% *}") & done; wait';
      const begun = performance.now();
      // Other requests are answered meanwhile.
      const reading = sh(script, [daemon.mountPoint, String(count('heldBack'))], { timeout: patience('heldBack', 30) });
      expect((await daemon.sh('cat proc/sys/vm/swappiness')).stdout).toBe('60\n');
      const { stdout } = await reading;
      expect(performance.now() - begun).toBeGreaterThan(2900);
      expect(stdout).toBe('nr_free_pages\n'.repeat(count('heldBack')));
      const { peak } = await residentMegabytes(daemon.process.pid);
      expect(peak - before.now).toBeLessThan(300);
      tell(`${count('heldBack')} answers held back at once (${transport}): all came; resident memory ${before.now} MB before, ${peak} MB at most`);
    });
  });
});
