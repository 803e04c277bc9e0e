// Apart from its table: tables hold rows alone.
import { integersOf } from '../after-write.ts';
import { latin1Bytes, type ProcHandler } from '../ctl-table.ts';

/** A counter: reading goes on from a position, and any write sets it to 0. Mirrors svcrdma_counter_handler() (net/sunrpc/xprtrdma/svc_rdma.c). */
export const svcrdmaCounterHandler: ProcHandler = {
  read: (host, entry, position, length) => latin1Bytes(`${integersOf(host, entry.name)[0] ?? 0n}\n`.slice(position, position + length)),
  write(host, entry, _position, data) {
    host.values.set(entry.name, [0n]);
    return data.length;
  },
  takes: () => 'anything, which sets it to 0',
};
