// Apart from the kernel: folders of it that import no other file of it need this number.
/** CPUs of the machine, as many as the recorded one had. */
export const CPUS = 2;
