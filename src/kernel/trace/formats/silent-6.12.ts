import type { SilentEvents } from '../event-format.ts';
import { blockRqCompletion } from './silent-7.3.ts';

const BLOCK_RQ_COMPLETION = blockRqCompletion(8);

/** Events that nothing in the model raises, as recorded from Debian 13. */
export const LINUX_6_12_SILENT_EVENTS: SilentEvents = {
  'block:block_rq_error': { id: 1172, ...BLOCK_RQ_COMPLETION },
  'block:block_rq_complete': { id: 1173, ...BLOCK_RQ_COMPLETION },
  'cxl:cxl_poison': { id: 1294, fields: [
      '__data_loc char[] memdev', '__data_loc char[] host', 'u64 serial', 'u8 trace_type', '__data_loc char[] region', 'u64 overflow_ts',
      'u64 hpa', 'u64 dpa', 'u32 dpa_length', 'char uuid[16]', 'u8 source', 'u8 flags',
    ], print:
    '"memdev=%s host=%s serial=%lld trace_type=%s region=%s region_uuid=%pU hpa=0x%llx dpa=0x%llx dpa_length=0x%x source=%s '
      + 'flags=%s overflow_time=%llu", __get_str(memdev), __get_str(host), REC->serial, __print_symbolic(REC->trace_type, { '
      + 'CXL_POISON_TRACE_LIST, "List" }, { CXL_POISON_TRACE_INJECT, "Inject" }, { CXL_POISON_TRACE_CLEAR, "Clear" }), '
      + '__get_str(region), REC->uuid, REC->hpa, REC->dpa, REC->dpa_length, (((REC->source > 3) && (REC->source != 7)) ? "Reserved" : '
      + '__print_symbolic(REC->source, { 0, "Unknown" }, { 1, "External" }, { 2, "Internal" }, { 3, "Injected" }, { 7, "Vendor" })), '
      + '__print_flags(REC->flags, "|", { ((((1UL))) << (0)), "More" }, { ((((1UL))) << (1)), "Overflow" }, { ((((1UL))) << (2)), '
      + '"Scanning" }), REC->overflow_ts' },
  'cxl:cxl_memory_module': { id: 1295, fields: [
      '__data_loc char[] memdev', '__data_loc char[] host', 'int log', 'uuid_t hdr_uuid', 'u64 serial', 'u32 hdr_flags', 'u16 hdr_handle',
      'u16 hdr_related_handle', 'u64 hdr_timestamp', 'u8 hdr_length', 'u8 hdr_maint_op_class', 'u8 event_type', 'u8 health_status',
      'u8 media_status', 'u8 life_used', 'u32 dirty_shutdown_cnt', 'u32 cor_vol_err_cnt', 'u32 cor_per_err_cnt', 's16 device_temp',
      'u8 add_status',
    ], print:
    `"memdev=%s host=%s serial=%lld log=%s : time=%llu uuid=%pUb len=%d flags='%s' handle=%x related_handle=%x maint_op_class=%u `
      + `: event_type='%s' health_status='%s' media_status='%s' as_life_used=%s as_dev_temp=%s as_cor_vol_err_cnt=%s `
      + 'as_cor_per_err_cnt=%s life_used=%u device_temp=%d dirty_shutdown_cnt=%u cor_vol_err_cnt=%u cor_per_err_cnt=%u", '
      + '__get_str(memdev), __get_str(host), REC->serial, __print_symbolic(REC->log, { CXL_EVENT_TYPE_INFO, "Informational" }, { '
      + 'CXL_EVENT_TYPE_WARN, "Warning" }, { CXL_EVENT_TYPE_FAIL, "Failure" }, { CXL_EVENT_TYPE_FATAL, "Fatal" }), '
      + 'REC->hdr_timestamp, &REC->hdr_uuid, REC->hdr_length, __print_flags(REC->hdr_flags, " | ", { ((((1UL))) << (2)), '
      + '"PERMANENT_CONDITION" }, { ((((1UL))) << (3)), "MAINTENANCE_NEEDED" }, { ((((1UL))) << (4)), "PERFORMANCE_DEGRADED" }, { '
      + '((((1UL))) << (5)), "HARDWARE_REPLACEMENT_NEEDED" } ), REC->hdr_handle, REC->hdr_related_handle, REC->hdr_maint_op_class, '
      + '__print_symbolic(REC->event_type, { 0x00, "Health Status Change" }, { 0x01, "Media Status Change" }, { 0x02, "Life Used '
      + 'Change" }, { 0x03, "Temperature Change" }, { 0x04, "Data Path Error" }, { 0x05, "LSA Error" } ), '
      + '__print_flags(REC->health_status, "|", { ((((1UL))) << (0)), "MAINTENANCE_NEEDED" }, { ((((1UL))) << (1)), '
      + '"PERFORMANCE_DEGRADED" }, { ((((1UL))) << (2)), "REPLACEMENT_NEEDED" } ), __print_symbolic(REC->media_status, { 0x00, '
      + '"Normal" }, { 0x01, "Not Ready" }, { 0x02, "Write Persistency Lost" }, { 0x03, "All Data Lost" }, { 0x04, "Write Persistency '
      + 'Loss in the Event of Power Loss" }, { 0x05, "Write Persistency Loss in Event of Shutdown" }, { 0x06, "Write Persistency Loss '
      + 'Imminent" }, { 0x07, "All Data Loss in Event of Power Loss" }, { 0x08, "All Data loss in the Event of Shutdown" }, { 0x09, '
      + '"All Data Loss Imminent" } ), __print_symbolic((REC->add_status & 0x3), { 0x0, "Normal" }, { 0x1, "Warning" }, { 0x2, '
      + '"Critical" } ), __print_symbolic(((REC->add_status & 0xC) >> 2), { 0x0, "Normal" }, { 0x1, "Warning" }, { 0x2, "Critical" } '
      + '), __print_symbolic(((REC->add_status & 0x10) >> 4), { 0x0, "Normal" }, { 0x1, "Warning" } ), '
      + '__print_symbolic(((REC->add_status & 0x20) >> 5), { 0x0, "Normal" }, { 0x1, "Warning" } ), REC->life_used, REC->device_temp, '
      + 'REC->dirty_shutdown_cnt, REC->cor_vol_err_cnt, REC->cor_per_err_cnt' },
  'cxl:cxl_dram': { id: 1296, fields: [
      '__data_loc char[] memdev', '__data_loc char[] host', 'int log', 'uuid_t hdr_uuid', 'u64 serial', 'u32 hdr_flags', 'u16 hdr_handle',
      'u16 hdr_related_handle', 'u64 hdr_timestamp', 'u8 hdr_length', 'u8 hdr_maint_op_class', 'u64 dpa', 'u8 descriptor', 'u8 type',
      'u8 transaction_type', 'u8 channel', 'u16 validity_flags', 'u16 column', 'u32 nibble_mask', 'u32 row', 'u8 cor_mask[32]', 'u64 hpa',
      'uuid_t region_uuid', 'u8 rank', 'u8 bank_group', 'u8 bank', 'u8 dpa_flags', '__data_loc char[] region_name',
    ], print:
    `"memdev=%s host=%s serial=%lld log=%s : time=%llu uuid=%pUb len=%d flags='%s' handle=%x related_handle=%x maint_op_class=%u `
      + `: dpa=%llx dpa_flags='%s' descriptor='%s' type='%s' transaction_type='%s' channel=%u rank=%u nibble_mask=%x bank_group=%u `
      + `bank=%u row=%u column=%u cor_mask=%s validity_flags='%s' hpa=%llx region=%s region_uuid=%pUb", __get_str(memdev), `
      + '__get_str(host), REC->serial, __print_symbolic(REC->log, { CXL_EVENT_TYPE_INFO, "Informational" }, { CXL_EVENT_TYPE_WARN, '
      + '"Warning" }, { CXL_EVENT_TYPE_FAIL, "Failure" }, { CXL_EVENT_TYPE_FATAL, "Fatal" }), REC->hdr_timestamp, &REC->hdr_uuid, '
      + 'REC->hdr_length, __print_flags(REC->hdr_flags, " | ", { ((((1UL))) << (2)), "PERMANENT_CONDITION" }, { ((((1UL))) << (3)), '
      + '"MAINTENANCE_NEEDED" }, { ((((1UL))) << (4)), "PERFORMANCE_DEGRADED" }, { ((((1UL))) << (5)), "HARDWARE_REPLACEMENT_NEEDED" '
      + '} ), REC->hdr_handle, REC->hdr_related_handle, REC->hdr_maint_op_class, REC->dpa, __print_flags(REC->dpa_flags, "|", { '
      + '((((1UL))) << (0)), "VOLATILE" }, { ((((1UL))) << (1)), "NOT_REPAIRABLE" } ), __print_flags(REC->descriptor, "|", { '
      + '((((1UL))) << (0)), "UNCORRECTABLE_EVENT" }, { ((((1UL))) << (1)), "THRESHOLD_EVENT" }, { ((((1UL))) << (2)), '
      + '"POISON_LIST_OVERFLOW" } ), __print_symbolic(REC->type, { 0x00, "ECC Error" }, { 0x01, "Scrub Media ECC Error" }, { 0x02, '
      + '"Invalid Address" }, { 0x03, "Data Path Error" } ), __print_symbolic(REC->transaction_type, { 0x00, "Unknown" }, { 0x01, '
      + '"Host Read" }, { 0x02, "Host Write" }, { 0x03, "Host Scan Media" }, { 0x04, "Host Inject Poison" }, { 0x05, "Internal Media '
      + 'Scrub" }, { 0x06, "Internal Media Management" } ), REC->channel, REC->rank, REC->nibble_mask, REC->bank_group, REC->bank, '
      + 'REC->row, REC->column, __print_hex(REC->cor_mask, 0x20), __print_flags(REC->validity_flags, "|", { ((((1UL))) << (0)), '
      + '"CHANNEL" }, { ((((1UL))) << (1)), "RANK" }, { ((((1UL))) << (2)), "NIBBLE" }, { ((((1UL))) << (3)), "BANK GROUP" }, { '
      + '((((1UL))) << (4)), "BANK" }, { ((((1UL))) << (5)), "ROW" }, { ((((1UL))) << (6)), "COLUMN" }, { ((((1UL))) << (7)), '
      + '"CORRECTION MASK" } ), REC->hpa, __get_str(region_name), &REC->region_uuid' },
  'cxl:cxl_general_media': { id: 1297, fields: [
      '__data_loc char[] memdev', '__data_loc char[] host', 'int log', 'uuid_t hdr_uuid', 'u64 serial', 'u32 hdr_flags', 'u16 hdr_handle',
      'u16 hdr_related_handle', 'u64 hdr_timestamp', 'u8 hdr_length', 'u8 hdr_maint_op_class', 'u64 dpa', 'u8 descriptor', 'u8 type',
      'u8 transaction_type', 'u8 channel', 'u32 device', 'u8 comp_id[16]', 'u64 hpa', 'uuid_t region_uuid', 'u16 validity_flags',
      'u8 rank', 'u8 dpa_flags', '__data_loc char[] region_name',
    ], print:
    `"memdev=%s host=%s serial=%lld log=%s : time=%llu uuid=%pUb len=%d flags='%s' handle=%x related_handle=%x maint_op_class=%u `
      + `: dpa=%llx dpa_flags='%s' descriptor='%s' type='%s' transaction_type='%s' channel=%u rank=%u device=%x comp_id=%s `
      + `validity_flags='%s' hpa=%llx region=%s region_uuid=%pUb", __get_str(memdev), __get_str(host), REC->serial, `
      + '__print_symbolic(REC->log, { CXL_EVENT_TYPE_INFO, "Informational" }, { CXL_EVENT_TYPE_WARN, "Warning" }, { '
      + 'CXL_EVENT_TYPE_FAIL, "Failure" }, { CXL_EVENT_TYPE_FATAL, "Fatal" }), REC->hdr_timestamp, &REC->hdr_uuid, REC->hdr_length, '
      + '__print_flags(REC->hdr_flags, " | ", { ((((1UL))) << (2)), "PERMANENT_CONDITION" }, { ((((1UL))) << (3)), '
      + '"MAINTENANCE_NEEDED" }, { ((((1UL))) << (4)), "PERFORMANCE_DEGRADED" }, { ((((1UL))) << (5)), "HARDWARE_REPLACEMENT_NEEDED" '
      + '} ), REC->hdr_handle, REC->hdr_related_handle, REC->hdr_maint_op_class, REC->dpa, __print_flags(REC->dpa_flags, "|", { '
      + '((((1UL))) << (0)), "VOLATILE" }, { ((((1UL))) << (1)), "NOT_REPAIRABLE" } ), __print_flags(REC->descriptor, "|", { '
      + '((((1UL))) << (0)), "UNCORRECTABLE_EVENT" }, { ((((1UL))) << (1)), "THRESHOLD_EVENT" }, { ((((1UL))) << (2)), '
      + '"POISON_LIST_OVERFLOW" } ), __print_symbolic(REC->type, { 0x00, "ECC Error" }, { 0x01, "Invalid Address" }, { 0x02, "Data '
      + 'Path Error" } ), __print_symbolic(REC->transaction_type, { 0x00, "Unknown" }, { 0x01, "Host Read" }, { 0x02, "Host Write" }, '
      + '{ 0x03, "Host Scan Media" }, { 0x04, "Host Inject Poison" }, { 0x05, "Internal Media Scrub" }, { 0x06, "Internal Media '
      + 'Management" } ), REC->channel, REC->rank, REC->device, __print_hex(REC->comp_id, 0x10), __print_flags(REC->validity_flags, '
      + '"|", { ((((1UL))) << (0)), "CHANNEL" }, { ((((1UL))) << (1)), "RANK" }, { ((((1UL))) << (2)), "DEVICE" }, { ((((1UL))) << '
      + '(3)), "COMPONENT" } ), REC->hpa, __get_str(region_name), &REC->region_uuid' },
  'cxl:cxl_generic_event': { id: 1298, fields: [
      '__data_loc char[] memdev', '__data_loc char[] host', 'int log', 'uuid_t hdr_uuid', 'u64 serial', 'u32 hdr_flags', 'u16 hdr_handle',
      'u16 hdr_related_handle', 'u64 hdr_timestamp', 'u8 hdr_length', 'u8 hdr_maint_op_class', 'u8 data[80]',
    ], print:
    `"memdev=%s host=%s serial=%lld log=%s : time=%llu uuid=%pUb len=%d flags='%s' handle=%x related_handle=%x maint_op_class=%u `
      + ': %s", __get_str(memdev), __get_str(host), REC->serial, __print_symbolic(REC->log, { CXL_EVENT_TYPE_INFO, "Informational" }, '
      + '{ CXL_EVENT_TYPE_WARN, "Warning" }, { CXL_EVENT_TYPE_FAIL, "Failure" }, { CXL_EVENT_TYPE_FATAL, "Fatal" }), '
      + 'REC->hdr_timestamp, &REC->hdr_uuid, REC->hdr_length, __print_flags(REC->hdr_flags, " | ", { ((((1UL))) << (2)), '
      + '"PERMANENT_CONDITION" }, { ((((1UL))) << (3)), "MAINTENANCE_NEEDED" }, { ((((1UL))) << (4)), "PERFORMANCE_DEGRADED" }, { '
      + '((((1UL))) << (5)), "HARDWARE_REPLACEMENT_NEEDED" } ), REC->hdr_handle, REC->hdr_related_handle, REC->hdr_maint_op_class, '
      + '__print_hex(REC->data, 0x50)' },
  'cxl:cxl_overflow': { id: 1299, fields: [
      '__data_loc char[] memdev', '__data_loc char[] host', 'int log', 'u64 serial', 'u64 first_ts', 'u64 last_ts', 'u16 count',
    ], print:
    '"memdev=%s host=%s serial=%lld: log=%s : %u records from %llu to %llu", __get_str(memdev), __get_str(host), REC->serial, '
      + '__print_symbolic(REC->log, { CXL_EVENT_TYPE_INFO, "Informational" }, { CXL_EVENT_TYPE_WARN, "Warning" }, { '
      + 'CXL_EVENT_TYPE_FAIL, "Failure" }, { CXL_EVENT_TYPE_FATAL, "Fatal" }), REC->count, REC->first_ts, REC->last_ts' },
  'cxl:cxl_aer_correctable_error': { id: 1300, fields: ['__data_loc char[] memdev', '__data_loc char[] host', 'u64 serial', 'u32 status'], print:
    `"memdev=%s host=%s serial=%lld: status: '%s'", __get_str(memdev), __get_str(host), REC->serial, __print_flags(REC->status, " `
      + '| ", { ((((1UL))) << (0)), "Cache Data ECC Error" }, { ((((1UL))) << (1)), "Memory Data ECC Error" }, { ((((1UL))) << (2)), '
      + '"CRC Threshold Hit" }, { ((((1UL))) << (3)), "Retry Threshold" }, { ((((1UL))) << (4)), "Received Cache Poison From Peer" }, '
      + '{ ((((1UL))) << (5)), "Received Memory Poison From Peer" }, { ((((1UL))) << (6)), "Received Error From Physical Layer" } )' },
  'cxl:cxl_aer_uncorrectable_error': { id: 1301, fields: [
      '__data_loc char[] memdev', '__data_loc char[] host', 'u64 serial', 'u32 status', 'u32 first_error', 'u32 header_log[128]',
    ], print:
    `"memdev=%s host=%s serial=%lld: status: '%s' first_error: '%s'", __get_str(memdev), __get_str(host), REC->serial, `
      + '__print_flags(REC->status, " | ", { ((((1UL))) << (0)), "Cache Data Parity Error" }, { ((((1UL))) << (1)), "Cache Address '
      + 'Parity Error" }, { ((((1UL))) << (2)), "Cache Byte Enable Parity Error" }, { ((((1UL))) << (3)), "Cache Data ECC Error" }, { '
      + '((((1UL))) << (4)), "Memory Data Parity Error" }, { ((((1UL))) << (5)), "Memory Address Parity Error" }, { ((((1UL))) << '
      + '(6)), "Memory Byte Enable Parity Error" }, { ((((1UL))) << (7)), "Memory Data ECC Error" }, { ((((1UL))) << (8)), "REINIT '
      + 'Threshold Hit" }, { ((((1UL))) << (9)), "Received Unrecognized Encoding" }, { ((((1UL))) << (10)), "Received Poison From '
      + 'Peer" }, { ((((1UL))) << (11)), "Receiver Overflow" }, { ((((1UL))) << (14)), "Component Specific Error" }, { ((((1UL))) << '
      + '(15)), "IDE Tx Error" }, { ((((1UL))) << (16)), "IDE Rx Error" } ), __print_flags(REC->first_error, " | ", { ((((1UL))) << '
      + '(0)), "Cache Data Parity Error" }, { ((((1UL))) << (1)), "Cache Address Parity Error" }, { ((((1UL))) << (2)), "Cache Byte '
      + 'Enable Parity Error" }, { ((((1UL))) << (3)), "Cache Data ECC Error" }, { ((((1UL))) << (4)), "Memory Data Parity Error" }, '
      + '{ ((((1UL))) << (5)), "Memory Address Parity Error" }, { ((((1UL))) << (6)), "Memory Byte Enable Parity Error" }, { '
      + '((((1UL))) << (7)), "Memory Data ECC Error" }, { ((((1UL))) << (8)), "REINIT Threshold Hit" }, { ((((1UL))) << (9)), '
      + '"Received Unrecognized Encoding" }, { ((((1UL))) << (10)), "Received Poison From Peer" }, { ((((1UL))) << (11)), "Receiver '
      + 'Overflow" }, { ((((1UL))) << (14)), "Component Specific Error" }, { ((((1UL))) << (15)), "IDE Tx Error" }, { ((((1UL))) << '
      + '(16)), "IDE Rx Error" } )' },
  'net:net_dev_xmit_timeout': { id: 1456, fields: ['__data_loc char[] name', '__data_loc char[] driver', 'int queue_index'], print:
    '"dev=%s driver=%s queue=%d", __get_str(name), __get_str(driver), REC->queue_index' },
  'devlink:devlink_health_report': { id: 1470, fields: [
      '__data_loc char[] bus_name', '__data_loc char[] dev_name', '__data_loc char[] driver_name', '__data_loc char[] reporter_name',
      '__data_loc char[] msg',
    ], print:
    '"bus_name=%s dev_name=%s driver_name=%s reporter_name=%s: %s", __get_str(bus_name), __get_str(dev_name), '
      + '__get_str(driver_name), __get_str(reporter_name), __get_str(msg)' },
};
