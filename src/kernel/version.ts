// Apart from the profiles: rows of tables name versions, and import no profile.
/** A version of Linux, such as `6.12`. A kernel with patches of its own has the version of the one it was made of. */
export type KernelVersion = `${number}.${number}`;

/** Whether a kernel is older than another. */
export function isOlder(version: KernelVersion, than: KernelVersion): boolean {
  return compareVersions(version, than) < 0;
}

/** The order of versions, the oldest first. */
export function compareVersions(a: KernelVersion, b: KernelVersion): number {
  const [major = 0, minor = 0] = a.split('.').map(Number);
  const [otherMajor = 0, otherMinor = 0] = b.split('.').map(Number);
  return major - otherMajor || minor - otherMinor;
}

/** The first kernel that has something, and the first that no longer has it. Absent: all before, all after. */
export interface Lifetime {
  readonly since?: KernelVersion;
  readonly until?: KernelVersion;
}

/** Whether a kernel has something that lived so long. */
export function existsIn(version: KernelVersion, { since, until }: Lifetime): boolean {
  return !(since !== undefined && isOlder(version, since)) && (until === undefined || isOlder(version, until));
}
