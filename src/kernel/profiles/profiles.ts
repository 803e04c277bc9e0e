// The emulated kernels. Each is one file of this folder: an object that has everything in which one kernel differs from another. The folder
// imports the rest of the kernel and abi. Start at profile.ts, which says what a profile is. To add a kernel, write its file, and add its
// name to names.ts and its object here: docs/adding-a-kernel.md has the steps.
import { LINUX_6_1 } from './linux-6.1.ts';
import { LINUX_6_12 } from './linux-6.12.ts';
import { LINUX_7_2 } from './linux-7.2.ts';
import { LINUX_7_3 } from './linux-7.3.ts';
import type { ProfileName } from './names.ts';
import { compareVersions, type KernelVersion } from '../version.ts';
import type { Profile } from './profile.ts';
import { V4 } from './v4.ts';

export const PROFILES: Readonly<Record<ProfileName, Profile>> = { v4: V4, '7.3': LINUX_7_3, '7.2': LINUX_7_2, '6.12': LINUX_6_12, '6.1': LINUX_6_1 };

/** The versions of the emulated kernels, the oldest first. */
export const KERNEL_VERSIONS: readonly KernelVersion[] = [...new Set(Object.values(PROFILES).map(({ version }) => version))].sort(compareVersions);
