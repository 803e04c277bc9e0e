// Apart from mce.ts: these values belong to the machine, not to the code that reports an error.
/** The processor of the recorded machine, as machine checks describe it: QEMU's model `max`, which calls itself an AMD Opteron. */
export const PROCESSOR = {
  /** X86_VENDOR_AMD. */
  vendor: 2,
  /** EAX of CPUID 1. */
  cpuid: 0x60fb1,
  /** IA32_MCG_CAP. */
  mcgcap: 0x100010an,
  microcode: 0x1000065,
  socket: 0,
} as const;
