// Apart from its table: tables hold rows alone.
import type { ProcHandler } from './ctl-table.ts';

const NOTHING = new Uint8Array(0);

/**
 * /proc/sys/vm/stat_refresh: any write or read makes the counters of /proc/vmstat exact; here they always are. A write may have any text,
 * and a read is empty. Mirrors vmstat_refresh() (mm/vmstat.c).
 */
export const vmstatRefresh: ProcHandler = {
  read: () => NOTHING,
  write: (_host, _entry, _position, data) => data.length,
  takes: () => 'anything',
};
