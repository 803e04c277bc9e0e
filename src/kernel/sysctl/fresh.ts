import { integersOf } from './after-write.ts';
import type { ProcHandler } from './ctl-table.ts';
import { procDointvec, procDointvecMinmax } from './proc-dointvec.ts';

/**
 * A handler whose numbers are read into a new variable, which is 0, before the file's own is set. So a write without a number counts as 0: one of
 * no bytes, or one that is ignored for its position.
 */
function fresh(numbers: ProcHandler): ProcHandler {
  return {
    read: (host, entry, position, length) => numbers.read(host, entry, position, length),
    write(host, entry, position, data) {
      const old = integersOf(host, entry.name);
      host.values.set(entry.name, [0n]);
      const answer = numbers.write(host, entry, position, data);
      if (answer < 0) host.values.set(entry.name, old);
      return answer;
    },
    takes: (entry) => numbers.takes(entry),
  };
}

/** One int, by way of a new variable. */
export const freshDointvec = fresh(procDointvec);
/** The same within extra1 and extra2, which do not hold for a write without a number. */
export const freshDointvecMinmax = fresh(procDointvecMinmax);
