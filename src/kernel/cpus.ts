/** CPUs of the machine, as many as the recorded one had. */
export const CPUS = 2;
