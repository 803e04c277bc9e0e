import { ERRNO } from '../../abi/errno.ts';
import { LINUX_7_3 } from './linux-7.3.ts';
import type { Profile } from './profile.ts';

/** Debian 13 (trixie): linux-image-6.12.117+deb13-amd64. */
export const LINUX_6_12: Profile = {
  ...LINUX_7_3,
  name: '6.12',
  version: '6.12',
  origin: 'Debian 13',
  summary: 'Debian 13: no page panics, it lacks the sysctl',
  release: '6.12.117+deb13-amd64',
  banner: '#1 SMP PREEMPT_DYNAMIC Debian 6.12.117-1 (2026-11-12)',
  compiler:
    '(debian-kernel@lists.debian.org) (x86_64-linux-gnu-gcc-14 (Debian 14.2.0-19) 14.2.0, GNU ld (GNU Binutils for Debian) 2.44)',
  taintFlags: 19,
  memoryFailure: { ...LINUX_7_3.memoryFailure, noMemory: 'refused' },
  kernelPages: 0,
  kernelPageErrno: ERRNO.EIO,
  panicsOn: [],
  conversions: { afterUnsigned: 'written', times: 'wrapped' },
  bootMemory: {
    managedOfGib: 988_276,
    freeOfGib: 948_636,
    notFound: { watermarks: 8700, reserves: 19_556, fork: 9400, files: 14_950, marks: 8912, network: 8912 },
    hugePagesLeave: 1.3,
    bytes: { inotifyWatch: 1328, fanotifyMark: 1248, epollItem: 184, inetPeer: 192 },
  },
};
