/** How the handler of memory failures differs from kernel to kernel: mm/memory-failure.c. */
export interface MemoryFailureRules {
  /** How a page is reported that the handler cannot take, and that is not a page of the kernel. */
  readonly untaken: 'MF_MSG_GET_HWPOISON' | 'MF_MSG_UNKNOWN';
  /** A frame that is not memory: reported as a page, or refused with a line and ENXIO. */
  readonly noMemory: 'reported' | 'refused';
  /** A page that was poisoned before: reported as such, or a line alone. */
  readonly poisonedBefore: 'reported' | 'line';
  /** A transparent huge page that cannot be split: its processes are killed and the page Failed, or it is Ignored. */
  readonly unsplit: 'failed' | 'ignored';
  /** The result of a page that cannot be unmapped, and of one in an unknown state. */
  readonly unmapFailed: 'MF_FAILED' | 'MF_IGNORED';
  readonly unknownState: 'MF_FAILED' | 'MF_IGNORED';
  /** Whether it can unmap pages that KSM merged. */
  readonly ksm: boolean;
  /** Whether it sets PG_error on a dirty page. */
  readonly marksError: boolean;
  readonly texts: MemoryFailureTexts;
}

/** Lines whose wording differs. `PFN` stands for the page. */
export interface MemoryFailureTexts {
  readonly unmapFailed: (mapcount: number) => string;
  readonly unpoison: {
    readonly disabled: string;
    readonly clean: string;
    readonly grabbed: string;
    readonly done: string;
  };
  readonly softOffline: {
    readonly poisoned: string;
    readonly splitFailed: string;
    readonly invalidated: string;
    readonly failed: string;
  };
}
