import { ERRNO } from '../../abi/errno.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { boolFile, kstrtobool, lineOf, numberOf, type NumberFormat, since, storedFile, U32_MAX } from './sysfs-file.ts';
import { isOlder } from '../../kernel/version.ts';
import { directory, type DirectoryNode, type FileNode } from '../../vfs/node.ts';
import { hugePagesDirectory } from './hugepages.ts';
import { ksmDirectory } from './ksm.ts';
import { transparentHugepageDirectory } from './transparent-hugepage.ts';

const PATH = '/kernel/mm';

/** /sys/kernel/mm. Not here: damon, whose directories come and go as its files are written. */
export function mmDirectory(kernel: Kernel): DirectoryNode {
  return directory({
    hugepages: hugePagesDirectory(kernel),
    ksm: ksmDirectory(kernel),
    lru_gen: directory({ enabled: lruGenEnabled(kernel), min_ttl_ms: lruGenMinTtl(kernel) }),
    ...since(kernel, '6.12', { mempolicy: directory({ weighted_interleave: directory(weightedInterleave(kernel)) }) }),
    numa: directory({ demotion_enabled: boolFile(kernel, `${PATH}/numa/demotion_enabled`, false, ['false', 'true']) }),
    swap: directory({ vma_ra_enabled: boolFile(kernel, `${PATH}/swap/vma_ra_enabled`, true, ['false', 'true']) }),
    transparent_hugepage: transparentHugepageDirectory(kernel),
  });
}

const UNSIGNED: NumberFormat = { base: 0, most: U32_MAX, overflow: 'EINVAL' };

/** The three capabilities of the multi-gen LRU: LRU_GEN_CORE, LRU_GEN_MM_WALK and LRU_GEN_NONLEAF_YOUNG (include/linux/mmzone.h). */
const LRU_GEN_CAPS = 0x7n;

/** Mirrors enabled_store() of the multi-gen LRU (mm/vmscan.c): a set of bits, or a word for all of them or none. */
function lruGenEnabled(kernel: Kernel): FileNode {
  const path = `${PATH}/lru_gen/enabled`;
  // Debian does not set CONFIG_LRU_GEN_ENABLED of 6.1.
  const boot = isOlder(kernel.profile.version, '6.12') ? 0n : LRU_GEN_CAPS;
  return storedFile({
    mode: 0o644,
    show: () => `0x${BigInt(kernel.attributes.get(path) ?? boot).toString(16).padStart(4, '0')}\n`,
    store(data) {
      const letter = lineOf(data).slice(0, 1).toLowerCase();
      const bits = letter === 'n' ? 0n : letter === 'y' ? LRU_GEN_CAPS : numberOf(data, UNSIGNED);
      if (typeof bits === 'number') return bits;
      kernel.attributes.set(path, String(bits & LRU_GEN_CAPS));
      return 0;
    },
  });
}

/** Milliseconds of a tick: CONFIG_HZ is 250. */
const TICK_MS = 4n;
/** What msecs_to_jiffies() makes of a number whose sign bit is set, back in milliseconds: MAX_JIFFY_OFFSET. */
const FOREVER_MS = 4_294_967_288n;

/** Mirrors min_ttl_ms_store() (mm/vmscan.c), which keeps ticks. */
function lruGenMinTtl(kernel: Kernel): FileNode {
  const path = `${PATH}/lru_gen/min_ttl_ms`;
  return storedFile({
    mode: 0o644,
    show: () => `${kernel.attributes.get(path) ?? 0}\n`,
    store(data) {
      const value = numberOf(data, UNSIGNED);
      if (typeof value === 'number') return value;
      kernel.attributes.set(path, String(value >= 2n ** 31n ? FOREVER_MS : (value + TICK_MS - 1n) / TICK_MS * TICK_MS));
      return 0;
    },
  });
}

/** mempolicy/weighted_interleave: the kernel knows no bandwidths that it could compute weights from. Source: mm/mempolicy.c. */
function weightedInterleave(kernel: Kernel): Record<string, FileNode> {
  const auto = `${PATH}/mempolicy/weighted_interleave/auto`;
  const weight = `${PATH}/mempolicy/weighted_interleave/node0`;
  const isAutomatic = !isOlder(kernel.profile.version, '7.2');
  return {
    ...since(kernel, '7.2', { auto: storedFile({
      mode: 0o664,
      show: () => `${kernel.attributes.get(auto) ?? 'true'}\n`,
      store(data) {
        const wanted = kstrtobool(kernel, lineOf(data));
        if (wanted === undefined) return -ERRNO.EINVAL;
        if (wanted) return -ERRNO.ENODEV;
        kernel.attributes.set(auto, 'false');
        return 0;
      },
    }) }),
    node0: storedFile({
      mode: 0o644,
      show: () => `${kernel.attributes.get(weight) ?? 1}\n`,
      store(data) {
        const cleared = !isAutomatic && lineOf(data) === '';
        const value = cleared ? 0n : numberOf(data, { base: 0, least: isAutomatic ? 1n : 0n, most: 255n, overflow: 'EINVAL' });
        if (typeof value === 'number') return value;
        // Where no weights are computed, 0 and an empty line stand for the default.
        kernel.attributes.set(weight, String(value === 0n ? 1n : value));
        if (isAutomatic) kernel.attributes.set(auto, 'false');
        return 0;
      },
    }),
  };
}
