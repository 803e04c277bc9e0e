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
  conversions: { afterUnsigned: 'written', times: 'wrapped' },
};
