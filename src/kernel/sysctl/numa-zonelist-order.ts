import { ERRNO } from '../../abi/errno.ts';
import { LOG_LEVEL } from '../../abi/log-level.ts';
import { latin1Text, type ProcHandler } from './ctl-table.ts';
import { procDostring } from './proc-dostring.ts';

/**
 * /proc/sys/vm/numa_zonelist_order: accepts words in d (default) and n (node), refuses others with a line in the log, and changes nothing.
 * The position does not matter. Mirrors numa_zonelist_order_handler() and __parse_numa_zonelist_order() (mm/page_alloc.c).
 */
export const numaZonelistOrderHandler: ProcHandler = {
  read: procDostring.read,
  write(host, _entry, _position, data) {
    const order = latin1Text(data);
    if (/^[dn]/i.test(order)) return data.length;
    // printk() removes the newline of its own format. One in the written text stays, and prints an empty line.
    host.printkLatin1(LOG_LEVEL.warn, `Ignoring unsupported numa_zonelist_order value:  ${order}`);
    return -ERRNO.EINVAL;
  },
  keepsPosition: () => true,
  takes: () => 'Node or Default',
};
