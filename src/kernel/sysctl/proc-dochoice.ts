import { ERRNO } from '../../abi/errno.ts';
import type { CtlTable, ProcHandler, SysctlHost } from './ctl-table.ts';
import { procDostring, stringOf } from './proc-dostring.ts';

/** A string that must be a name known to the kernel. */
export interface Choice {
  /** The names that are known now. */
  readonly names: (host: SysctlHost, entry: CtlTable) => readonly string[];
  /** Sets other values along with it. */
  readonly accepted?: (host: SysctlHost, name: string) => void;
  /** What the names are, to go after "takes": `a queueing discipline of the kernel`. */
  readonly takes: string;
}

/**
 * A file that holds one of the names that the kernel knows; any other is ENOENT. proc_dostring() writes into the old name, and the result
 * is looked up: the shape of set_default_qdisc(), proc_tcp_congestion_control() and proc_scheduler().
 */
export function procDochoice({ names, accepted, takes }: Choice): ProcHandler {
  return {
    read: procDostring.read,
    write(host, entry, position, data) {
      const old = stringOf(host, entry.name);
      const answer = procDostring.write(host, entry, position, data);
      if (answer < 0) return answer;
      const name = stringOf(host, entry.name);
      if (!names(host, entry).includes(name)) {
        host.values.set(entry.name, old);
        return -ERRNO.ENOENT;
      }
      accepted?.(host, name);
      return answer;
    },
    takes: () => takes,
  };
}
