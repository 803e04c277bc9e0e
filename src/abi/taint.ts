/**
 * Reasons a kernel is tainted, in bit order: the letter if set, the letter if not, the name. Source: taint_flags[] (kernel/panic.c).
 */
const TAINT_FLAGS = [
  ['P', 'G', 'PROPRIETARY_MODULE'],
  ['F', ' ', 'FORCED_MODULE'],
  ['S', ' ', 'CPU_OUT_OF_SPEC'],
  ['R', ' ', 'FORCED_RMMOD'],
  ['M', ' ', 'MACHINE_CHECK'],
  ['B', ' ', 'BAD_PAGE'],
  ['U', ' ', 'USER'],
  ['D', ' ', 'DIE'],
  ['A', ' ', 'OVERRIDDEN_ACPI_TABLE'],
  ['W', ' ', 'WARN'],
  ['C', ' ', 'CRAP'],
  ['I', ' ', 'FIRMWARE_WORKAROUND'],
  ['O', ' ', 'OOT_MODULE'],
  ['E', ' ', 'UNSIGNED_MODULE'],
  ['L', ' ', 'SOFTLOCKUP'],
  ['K', ' ', 'LIVEPATCH'],
  ['X', ' ', 'AUX'],
  ['T', ' ', 'RANDSTRUCT'],
  ['N', ' ', 'TEST'],
  ['J', ' ', 'FWCTL'],
] as const;

/** Value of a taint bit by name: `taintMask('DIE')` is 128. */
export function taintMask(name: (typeof TAINT_FLAGS)[number][2]): bigint {
  return 1n << BigInt(TAINT_FLAGS.findIndex((row) => row[2] === name));
}

/** `Not tainted`, or `Tainted: G   M               `: what dump_stack() prints before the release, of a kernel that knows this number of
 * reasons. Mirrors print_tainted(). */
export function printTainted(taint: bigint, known: number = TAINT_FLAGS.length): string {
  if (taint === 0n) return 'Not tainted';
  return `Tainted: ${TAINT_FLAGS.slice(0, known).map(([set, unset], bit) => ((taint >> BigInt(bit)) & 1n ? set : unset)).join('')}`;
}

/** `Tainted: [M]=MACHINE_CHECK, [D]=DIE`: the second line of a tainted dump. Mirrors print_tainted_verbose(). */
export function printTaintedVerbose(taint: bigint): string {
  const reasons = TAINT_FLAGS.filter((_, bit) => (taint >> BigInt(bit)) & 1n).map(([set, , name]) => `[${set}]=${name}`);
  return `Tainted: ${reasons.join(', ')}`;
}
