import type { KernelVersion } from '../version.ts';

/** How values that are written are read, by kernel/sysctl.c unless it says otherwise. */
export interface Conversions {
  /** What follows the number that a file of one unsigned int takes: it is left over, or counts as written with it, and the position stays. */
  readonly afterUnsigned: 'left over' | 'written';
  /** Times that a file shows in another unit: they keep their sign and their bounds, or wrap round as C converts them. */
  readonly times: 'signed' | 'wrapped';
  /** kstrtobool() of lib/kstrtox.c takes the first letters of `enable` and `disable` too. */
  readonly enableWords: boolean;
}

/**
 * What limits are computed from, besides the size of memory, in kB unless it says otherwise. All are measured: they depend on what a kernel
 * allocates while it boots.
 */
export interface BootMemory {
  /** Of 1 GiB of RAM: what the page allocator manages, and what is free after boot. */
  readonly managedOfGib: number;
  readonly freeOfGib: number;
  /** Pages that are freed after the watermarks were set, and before 7.2 the reserves of zones: init sections, the initial ramdisk. */
  readonly lateFreed: number;
  /** Memory that is managed in the end, and that the function of a limit did not count, by kind: freed later, or allocated before. */
  readonly notFound: {
    readonly watermarks: number;
    readonly reserves: number;
    readonly fork: number;
    readonly files: number;
    readonly marks: number;
    readonly network: number;
  };
  /** What huge pages leave of memory, as a share of vm.min_free_kbytes. */
  readonly hugePagesLeave: number;
  /** Bytes of a thing that may take a share of memory. */
  readonly bytes: { readonly inotifyWatch: number; readonly fanotifyMark: number; readonly epollItem: number; readonly inetPeer: number };
}

/** What of a kernel decides its sysctls: its version, by which rows of the tables say what they are, and what no row says. */
export interface KernelSysctls {
  readonly version: KernelVersion;
  /** `kernel.osrelease` and `kernel.version`. */
  readonly release: string;
  readonly banner: string;
  /** TAINT_FLAGS_COUNT: how many reasons to be tainted it knows. */
  readonly taintFlags: number;
  readonly conversions: Conversions;
  readonly bootMemory: BootMemory;
}
