// Apart from the profiles: rows of sysctls name versions, and import no profile.
/** The versions of the emulated kernels, the oldest first. A kernel with patches of its own has the version of the one it was made of. */
export const KERNEL_VERSIONS = ['6.1', '6.12', '7.3'] as const;
export type KernelVersion = (typeof KERNEL_VERSIONS)[number];

/** Whether a kernel is older than another. */
export function isOlder(version: KernelVersion, than: KernelVersion): boolean {
  return KERNEL_VERSIONS.indexOf(version) < KERNEL_VERSIONS.indexOf(than);
}
