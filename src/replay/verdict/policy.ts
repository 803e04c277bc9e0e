// Apart from the verdicts: the command line lists the names before it loads the rules.
/** The policies that judge a log: when a kernel with vm.panic_on_unrecoverable_memory_failure panics. Each is that of the profile of its name. */
export const POLICIES = ['v4', '7.3'] as const;
export type PolicyName = (typeof POLICIES)[number];
