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
};
