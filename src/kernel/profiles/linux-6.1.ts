import { LINUX_6_12 } from './linux-6.12.ts';
import type { Profile } from './profile.ts';

/** Debian 12 (bookworm): linux-image-6.1.0-50-amd64. */
export const LINUX_6_1: Profile = {
  ...LINUX_6_12,
  name: '6.1',
  version: '6.1',
  origin: 'Debian 12',
  summary: 'Debian 12: no page panics, it lacks the sysctl',
  release: '6.1.0-50-amd64',
  banner: '#1 SMP PREEMPT_DYNAMIC Debian 6.1.176-1 (2026-07-02)',
  compiler: '(debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40)',
  memoryFailure: {
    untaken: 'MF_MSG_UNKNOWN', noMemory: 'refused', poisonedBefore: 'line', unsplit: 'ignored', unmapFailed: 'MF_IGNORED',
    unknownState: 'MF_FAILED', ksm: false, marksError: true,
    texts: {
      unmapFailed: (mapcount) => `failed to unmap page (mapcount=${mapcount})`,
      unpoison: {
        disabled: 'Unpoison: Disabled after HW memory failure PFN',
        clean: 'Unpoison: Page was already unpoisoned PFN',
        grabbed: 'Unpoison: Someone grabs the hwpoison page PFN',
        done: 'Unpoison: Software-unpoisoned page PFN',
      },
      softOffline: {
        poisoned: 'soft_offline_page: PFN page already poisoned',
        splitFailed: 'soft offline: PFN: thp split failed',
        invalidated: 'soft_offline: PFN: invalidated',
        failed: 'soft offline: PFN: ',
      },
    },
  },
  bootMemory: {
    managedOfGib: 981_472,
    freeOfGib: 935_800,
    notFound: { watermarks: 9700, reserves: 17_584, fork: 10_270, files: 15_028, marks: 10_230, network: 10_230 },
    hugePagesLeave: 1,
    bytes: { inotifyWatch: 1344, fanotifyMark: 1264, epollItem: 184, inetPeer: 192 },
  },
};
