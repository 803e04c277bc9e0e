import type { SilentEvents } from '../event-format.ts';

/** Events that nothing in the model raises, as recorded from Debian 12, which has no events of CXL. */
export const LINUX_6_1_SILENT_EVENTS: SilentEvents = {
  'block:block_rq_error': { id: 1063, fields: [
      'dev_t dev', 'sector_t sector', 'unsigned int nr_sector', 'int error', 'char rwbs[8]', '__data_loc char[] cmd',
    ], print:
    '"%d,%d %s (%s) %llu + %u [%d]", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), '
      + 'REC->rwbs, __get_str(cmd), (unsigned long long)REC->sector, REC->nr_sector, REC->error' },
  'block:block_rq_complete': { id: 1064, fields: [
      'dev_t dev', 'sector_t sector', 'unsigned int nr_sector', 'int error', 'char rwbs[8]', '__data_loc char[] cmd',
    ], print:
    '"%d,%d %s (%s) %llu + %u [%d]", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - 1))), '
      + 'REC->rwbs, __get_str(cmd), (unsigned long long)REC->sector, REC->nr_sector, REC->error' },
  'net:net_dev_xmit_timeout': { id: 1314, fields: ['__data_loc char[] name', '__data_loc char[] driver', 'int queue_index'], print:
    '"dev=%s driver=%s queue=%d", __get_str(name), __get_str(driver), REC->queue_index' },
  'devlink:devlink_health_report': { id: 1327, fields: [
      '__data_loc char[] bus_name', '__data_loc char[] dev_name', '__data_loc char[] driver_name', '__data_loc char[] reporter_name',
      '__data_loc char[] msg',
    ], print:
    '"bus_name=%s dev_name=%s driver_name=%s reporter_name=%s: %s", __get_str(bus_name), __get_str(dev_name), '
      + '__get_str(driver_name), __get_str(reporter_name), __get_str(msg)' },
};
