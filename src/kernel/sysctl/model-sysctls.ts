// Apart from the tables: kernel.ts takes a type from it, and imports no table.
/**
 * The integer sysctls that the model itself reads, besides their files: what decides how memory errors are handled, and what texts of /proc are
 * computed from. A name that is read and not listed does not compile. Every kernel has each of them.
 */
export const MODEL_SYSCTLS = [
  'kernel.dmesg_restrict', 'kernel.panic', 'kernel.panic_on_oops', 'kernel.tainted',
  'vm.dirty_background_bytes', 'vm.dirty_background_ratio', 'vm.dirty_bytes', 'vm.dirty_ratio',
  'vm.memory_failure_early_kill', 'vm.memory_failure_recovery', 'vm.min_free_kbytes', 'vm.nr_hugepages', 'vm.overcommit_kbytes',
  'vm.overcommit_ratio', 'vm.percpu_pagelist_high_fraction', 'vm.watermark_scale_factor',
] as const;

/** Those that it reads as well, and that some kernels lack. */
export const LACKED_SYSCTLS = ['vm.enable_soft_offline', 'vm.panic_on_unrecoverable_memory_failure'] as const;

/** The dotted name of one of them, as sysctl(8) prints it. */
export type ModelSysctl = (typeof MODEL_SYSCTLS)[number];
export type LackedSysctl = (typeof LACKED_SYSCTLS)[number];
