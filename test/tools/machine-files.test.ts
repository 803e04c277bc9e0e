import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { buildPageTypes } from '../support/page-types.ts';
import { type Daemon, withDaemon } from '../e2e/support/daemon.ts';
import { describeMount } from '../e2e/support/mounts.ts';
import type { sh } from '../e2e/support/shell.ts';

const pageTypes = await buildPageTypes();
if ('missing' in pageTypes) console.warn(`SKIPPED: the kernel's page-types on the mount: ${pageTypes.missing}`);

/** The lines of page-types' summary: how many pages have exactly these flags. */
function summary(output: string): Map<bigint, number> {
  return new Map([...output.matchAll(/^(0x[0-9a-f]+)\s+(\d+)\s+\d+ /gm)].map(([, word = '', count]) => [BigInt(word), Number(count)]));
}

/** Runs a script, and expects success. Returns what it printed. */
async function succeed(daemon: Daemon, script: string, options: Parameters<typeof sh>[2] = {}): Promise<string> {
  const { status, stdout, stderr } = await daemon.sh(script, [], options);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout;
}

/** Bash: the first frame of at least 0x1000 whose word of kpageflags has a bit set. */
const FIRST_WITH = `first_with() {
  local pfn=0x1000 word
  while read -r word; do (( (0x$word >> $1) & 1 )) && { printf '0x%x\\n' $pfn; return; }; (( pfn++ )); done < <(od -An -v -tx8 -w8 -j $((0x1000 * 8)) proc/kpageflags)
}
`;

describeMount('a tool that finds its victim as the selftest of the kernel does', () => {
  const ARM = 'echo 1 > proc/sys/vm/panic_on_unrecoverable_memory_failure\n';
  const DEATH = /write error: Input\/output error/;

  it.each(['v4', '7.3'])('panics a machine of %s by an error in its read-only data', async (profile) => {
    await withDaemon({ options: ['--profile', profile] }, async (daemon) => {
      const script = `${ARM}start=$(sed -n 's/^ *\\([0-9a-f]*\\)-.* : Kernel rodata$/\\1/p' proc/iomem)
        echo 0x$start > sys/devices/system/memory/hard_offline_page`;
      expect((await daemon.sh(script)).stderr).toMatch(DEATH);
      const log = await readFile(daemon.log, 'utf8');
      expect(log).toMatch(/Memory failure: 0xb600: recovery action for reserved kernel page: Ignored\n.*Kernel panic - not syncing: Memory failure: 0xb600/);
    });
  });

  it.each([
    ['a slab page', 7, 'v4', false], ['a slab page', 7, '7.3', true], ['a page table', 26, 'v4', false], ['a page table', 26, '7.3', true],
  ] as const)('finds %s (bit %i): %s, panics: %s', async (_what, bit, profile, panics) => {
    await withDaemon({ options: ['--profile', profile] }, async (daemon) => {
      const script = `${FIRST_WITH}${ARM}pfn=$(first_with ${bit}); echo $pfn; printf '0x%x' $((pfn << 12)) > sys/devices/system/memory/hard_offline_page`;
      const { stdout, stderr } = await daemon.sh(script, []);
      expect(stdout).toMatch(/^0x1[0-9a-f]{3}\n$/);
      expect(stderr).toMatch(panics ? DEATH : /write error: Device or resource busy/);
      const log = await readFile(daemon.log, 'utf8');
      expect(log.includes('Kernel panic - not syncing: Memory failure')).toBe(panics);
      const action = panics ? 'reserved kernel page' : 'get hwpoison page';
      expect(log).toContain(`Memory failure: ${stdout.trim()}: recovery action for ${action}: Ignored`);
    });
  });
});

describeMount('the memory of a mounted machine', () => {
  it('is what lsmem makes of its blocks', async () => {
    await withDaemon({ options: ['--memory', '6G'] }, async (daemon) => {
      await succeed(daemon, 'echo offline > sys/devices/system/memory/memory33/state');
      const text = await succeed(daemon, 'lsmem --sysroot "$PWD" --bytes --summary=only; lsmem --sysroot "$PWD" -n -b -o RANGE,STATE,ZONES -S STATE --summary=never');
      const amounts = [...text.matchAll(/^(?:Memory block size|Total \w+ memory): +(\d+)$/gm)].map(([, bytes]) => Number(bytes) / 2 ** 20);
      expect(amounts).toEqual([128, 6 * 1024 - 128, 128]);
      expect(text).toMatch(/^0x0000000108000000-0x000000010fffffff offline/m);
    });
  });

  it('streams from kpageflags of 64 GiB, without the daemon growing', async () => {
    await withDaemon({ options: ['--memory', '64G'] }, async (daemon) => {
      const rss = async (): Promise<number> => {
        const status = await readFile(`/proc/${daemon.process.pid}/status`, 'utf8');
        return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
      };
      await succeed(daemon, 'head -c 1000000 proc/kpageflags > /dev/null');
      const before = await rss();
      // 64 GiB and the hole below 4 GiB. The kernel keeps the end of memory for its page structures.
      const text = await succeed(daemon, 'cat proc/kpageflags | wc -c; od -An -tx8 -w8 proc/kpageflags | tail -n 2');
      expect(text).toBe(`${((66 * 2 ** 30) / 4096) * 8}\n 0000000100000000\n*\n`);
      expect((await rss()) - before).toBeLessThan(60_000);
    });
  });
});

describeMount("the kernel's page-types", () => {
  it.skipIf('missing' in pageTypes)('counts on the mount what the model counts, before and after', async () => {
    await withDaemon({ options: ['--profile', '7.3', '--seed', '1'] }, async (daemon) => {
      const tool = (rest: string): Promise<string> =>
        succeed(daemon, `DEBUGFS="$PWD/sys/kernel/debug" ${'path' in pageTypes ? pageTypes.path : ''} -r -F proc/kpageflags ${rest}`);
      const kilobytes = async (name: string): Promise<number> =>
        Number(new RegExp(`^${name}: +(\\d+)`, 'm').exec(await succeed(daemon, 'cat proc/meminfo'))?.[1]);
      const count = (counts: ReadonlyMap<bigint, number>, bit: number): number =>
        [...counts].reduce((sum, [word, pages]) => sum + ((word >> BigInt(bit)) & 1n ? pages : 0), 0);

      const before = summary(await tool(''));
      expect([...before.values()].reduce((sum, pages) => sum + pages, 0)).toBe(262_144);
      expect(count(before, 10) * 4).toBe(await kilobytes('MemFree'));
      // Compound pages without another flag are large kmalloc(), which meminfo counts as slab.
      const largeKmalloc = (before.get(0x8000n) ?? 0) + (before.get(0x10000n) ?? 0);
      expect((count(before, 7) + largeKmalloc) * 4).toBe(await kilobytes('Slab'));
      expect(count(before, 26) * 4).toBe(await kilobytes('PageTables'));
      expect(count(before, 19)).toBe(0);

      // The tool's own way to inject an error, and to undo it.
      await tool('-N -a 0x30000+16 -X > /dev/null');
      expect(await kilobytes('HardwareCorrupted')).toBe(64);
      await succeed(daemon, "echo 'inject type=anon count=10' > control; echo 'soft-offline type=shmem' > control; echo 2 > proc/sys/vm/nr_hugepages");
      const after = summary(await tool(''));
      expect(count(after, 19)).toBe(27);
      expect(count(after, 19) * 4).toBe(await kilobytes('HardwareCorrupted'));
      expect(count(after, 10) * 4).toBe(await kilobytes('MemFree'));
      expect(count(after, 17)).toBe(1024);
      await tool('-N -a 0x30000+16 -x > /dev/null');
      expect(await kilobytes('HardwareCorrupted')).toBe(44);
    });
  });
});
