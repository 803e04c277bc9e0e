import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { daemonsBy, exited } from '../e2e/support/daemon.ts';
import { describeMount, makePlace } from '../e2e/support/mounts.ts';
import { sh } from '../e2e/support/shell.ts';
import { tell } from './support/chance.ts';
import { count, patience } from './support/counts.ts';
import { residentMegabytes } from './support/process.ts';
import { withSmallDisk } from './support/small-disk.ts';

/** Megabytes that a daemon may take in a storm more than before: the trace buffers of two CPUs take three. */
const GROWTH = 250;
const TRACING = 'sys/kernel/tracing';
const MC = 'sys/devices/system/edac/mc/mc0';
/** A corrected error has two trace events: mc_event and mce_record. */
const EVENTS = 2;

const errors = (number: number): string => `error pfn=0x4000 severity=corrected kind=single-bit-ecc mem-dev=0x1100 count=${number}`;

/** How many corrected errors a log reports. */
async function reported(log: string): Promise<number> {
  return Number((await sh('grep -c "EDAC MC0: 1 CE " "$1"', [log])).stdout);
}

describeMount('a storm of corrected errors', () => {
  const { startDaemon, withDaemon } = daemonsBy('dev-fuse');

  it(`of ${count('storm')}, with a reader of its trace events that is stopped: each is counted, so is what the reader loses, and memory is bounded`, { timeout: patience('storm', 1) }, async () => {
    await withDaemon({ options: ['--profile', '7.3'] }, async (daemon) => {
      const storm = count('storm');
      const before = (await residentMegabytes(daemon.process.pid)).now;
      const { status, stdout, stderr } = await daemon.sh(`
        echo 1 > ${TRACING}/events/ras/enable; echo 1 > ${TRACING}/events/mce/enable
        cat ${TRACING}/per_cpu/cpu0/trace_pipe_raw > /dev/null & reader=$!; disown $reader
        kill -STOP $reader
        # Not the shell's own echo: the shell gets SIGCHLD when the reader stops, and a signal ends a batch that is being done.
        /bin/echo '${errors(storm)}' > control || { kill -KILL $reader; exit 1; }
        kill -KILL $reader
        cat ${TRACING}/per_cpu/cpu0/stats ${MC}/ce_count ${MC}/dimm0/dimm_ce_count ${TRACING}/buffer_size_kb`, [], { timeout: patience('storm', 0.8) });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      const stats = new Map([...stdout.matchAll(/^([\w ]+): (\d+)$/gm)].map(([, name = '', value]): [string, number] => [name, Number(value)]));
      const { peak } = await residentMegabytes(daemon.process.pid);
      expect((stats.get('entries') ?? 0) + (stats.get('overrun') ?? 0) + (stats.get('read events') ?? 0)).toBe(EVENTS * storm);
      expect(stats.get('overrun')).toBeGreaterThan(EVENTS * storm * 0.5);
      expect(stats.get('dropped events')).toBe(0);
      expect(stdout).toMatch(new RegExp(`\\n${storm}\\n${storm}\\n14\\d\\d\\n$`));
      expect(await reported(daemon.log)).toBe(storm);
      expect(peak - before).toBeLessThan(GROWTH);
      tell(`a storm of ${storm} corrected errors: ${stats.get('overrun')} events lost of ${EVENTS * storm}; ${peak - before} MB more at most`);
    });
  });

  it('that meets a full log ends with ENOSPC: what is counted is what is logged', async () => {
    await withSmallDisk(async ({ place, log }) => {
      const daemon = await startDaemon(place, { log, options: ['--profile', '7.3'] });
      expect(await daemon.sh(`echo '${errors(100_000)}' > control`)).toMatchObject({ status: 1, stderr: 'bash: line 1: echo: write error: No space left on device\n' });
      const counted = Number((await daemon.sh(`cat ${MC}/ce_count`)).stdout);
      expect(counted).toBeGreaterThan(1000);
      expect(await reported(log)).toBe(counted);
      expect(await daemon.stop()).toBe(0);
    });
  });

  it('in which the daemon is killed leaves whole lines, and the next machine has counted none', async () => {
    const place = await makePlace();
    try {
      const daemon = await startDaemon(place, { options: ['--profile', '7.3'] });
      const storm = daemon.sh(`echo '${errors(1_000_000)}' > control`);
      await expect.poll(() => reported(daemon.log)).toBeGreaterThan(1000);
      daemon.process.kill('SIGKILL');
      await exited(daemon.process);
      expect((await storm).status).toBe(1);
      const lines = (await readFile(daemon.log, 'latin1')).split('\n').slice(0, -1);
      expect(lines.filter((line) => !/^\[ *\d+\.\d{6}\] \S/.test(line))).toEqual([]);
      const next = await startDaemon(place, { options: ['--profile', '7.3'] });
      expect((await next.sh(`cat ${MC}/ce_count`)).stdout).toBe('0\n');
      expect(await next.stop()).toBe(0);
    } finally {
      await place.remove();
    }
  });
});
