// Apart from its table: tables hold rows alone.
import { LOG_LEVEL } from '../../../abi/log-level.ts';
import type { ProcHandler } from '../ctl-table.ts';
import { procDointvecMinmax } from '../proc-dointvec.ts';

/** A refused write is complained of. Mirrors rds_tcp_skbuf_handler() (net/rds/tcp.c). */
export const rdsTcpSkbufHandler: ProcHandler = {
  read: procDointvecMinmax.read,
  write(host, entry, position, data) {
    const answer = procDointvecMinmax.write(host, entry, position, data);
    if (answer < 0) host.printk(LOG_LEVEL.warn, `Invalid input. Must be >= ${entry.extra1}`);
    return answer;
  },
  takes: procDointvecMinmax.takes,
};
