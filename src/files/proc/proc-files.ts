// Files below /proc: this file lists those in /proc itself; sys.ts makes /proc/sys of the rows of the sysctls. Each other file makes the
// text of the file it is named after. The folder may import machine-file, vfs, kernel and abi. Start with procFiles() below.
import { ERRNO } from '../../abi/errno.ts';
import { bootBanner } from '../../kernel/boot-banner.ts';
import { CPUS } from '../../kernel/cpus.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { readKpagecgroup, readKpagecount, readKpageflags } from '../../kernel/memory/kpage.ts';
import type { PhysicalMemory } from '../../kernel/memory/physical-memory.ts';
import { writeRegionLine } from '../../machine-file/region-line.ts';
import { buddyinfo, pagetypeinfo } from './buddyinfo.ts';
import { meminfo } from './meminfo.ts';
import { isOlder } from '../../kernel/version.ts';
import { type FileNode, shownFile } from '../../vfs/node.ts';
import { slabinfo } from './slabinfo.ts';
import { sysrqTrigger } from './sysrq-trigger.ts';
import { loadavg, stat } from './stat.ts';
import { vmstat } from './vmstat.ts';
import { zoneinfo } from './zoneinfo.ts';

/** Bytes of a word of kpageflags and kpagecount: KPMSIZE (fs/proc/page.c). */
const KPMSIZE = 8;

/** The files of /proc about the machine and its memory. */
export function procFiles(kernel: Kernel): Record<string, FileNode> {
  return {
    buddyinfo: shownFile(() => buddyinfo(kernel), 0),
    // Its size is that of the text since 6.2.
    cmdline: shownFile(() => cmdline(kernel), isOlder(kernel.profile.version, '6.2') ? 0 : () => cmdline(kernel).length),
    iomem: shownFile(() => iomem(kernel), 0),
    kpagecgroup: kpageFile(kernel, readKpagecgroup),
    kpagecount: kpageFile(kernel, readKpagecount),
    kpageflags: kpageFile(kernel, (memory, first, words) => { readKpageflags(memory, first, words, kernel.profile.kpageflags); }),
    loadavg: shownFile(() => loadavg(kernel), 0),
    meminfo: shownFile(() => meminfo(kernel), 0),
    pagetypeinfo: { ...shownFile(() => pagetypeinfo(kernel), 0), mode: 0o400 },
    slabinfo: { ...shownFile(() => slabinfo(kernel), 0), mode: 0o400 },
    stat: shownFile(() => stat(kernel), 0),
    // There is no swap: the heading alone.
    swaps: shownFile(() => 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n', 0),
    'sysrq-trigger': sysrqTrigger(kernel),
    uptime: shownFile(() => uptime(kernel), 0),
    version: shownFile(() => `${bootBanner(kernel.profile, '')[0]?.[1]}\n`, 0),
    vmstat: shownFile(() => vmstat(kernel), 0),
    zoneinfo: shownFile(() => zoneinfo(kernel), 0),
  };
}

function cmdline({ commandLine }: Kernel): string {
  return `${commandLine}\n`;
}

/** Source: r_show() (kernel/resource.c), which shows addresses to root only. */
function iomem({ layout, caller }: Kernel): string {
  const hidden = caller.uid !== 0;
  return layout.regions.map((region) => `${writeRegionLine(hidden ? { ...region, start: 0, end: 0 } : region)}\n`).join('');
}

/** Source: uptime_proc_show() (fs/proc/uptime.c). The second number is the idle time of all CPUs, which are never busy here. */
function uptime(kernel: Kernel): string {
  const seconds = (usec: number): string => (Math.floor(usec / 10_000) / 100).toFixed(2);
  return `${seconds(kernel.uptime())} ${seconds(kernel.uptime() * CPUS)}\n`;
}

/** A file of 64-bit words, one a page frame. Mirrors kpage_read() (fs/proc/page.c). */
function kpageFile(kernel: Kernel, fill: (memory: PhysicalMemory, first: number, words: BigUint64Array) => void): FileNode {
  return {
    kind: 'file',
    mode: 0o400,
    size: 0,
    splices: false,
    handler: {
      read(_file, position, length) {
        if (position % KPMSIZE !== 0 || length % KPMSIZE !== 0) return -ERRNO.EINVAL;
        const first = position / KPMSIZE;
        const count = Math.min(length / KPMSIZE, Math.max(0, kernel.memory.maxDumpPfn - first));
        const words = new BigUint64Array(count);
        if (count > 0) fill(kernel.memory, first, words);
        return new Uint8Array(words.buffer);
      },
    },
  };
}
