import type { EventFormat, SilentEvents } from '../event-format.ts';

/** The event class block_rq_completion (include/trace/events/block.h). `rwbsLen` is RWBS_LEN of the kernel: bytes of the letters for an operation. */
export const blockRqCompletion = (rwbsLen: number): Pick<EventFormat, 'fields' | 'print'> => ({
  fields: [
    'dev_t dev', 'sector_t sector', 'unsigned int nr_sector', 'int error', 'unsigned short ioprio', `char rwbs[${rwbsLen}]`,
    '__data_loc char[] cmd',
  ], print:
  '"%d,%d %s (%s) %llu + %u %s,%u,%u [%d]", ((unsigned int) ((REC->dev) >> 20)), ((unsigned int) ((REC->dev) & ((1U << 20) - '
    + '1))), REC->rwbs, __get_str(cmd), (unsigned long long)REC->sector, REC->nr_sector, __print_symbolic((((REC->ioprio) >> 13) & '
    + '(8 - 1)), { IOPRIO_CLASS_NONE, "none" }, { IOPRIO_CLASS_RT, "rt" }, { IOPRIO_CLASS_BE, "be" }, { IOPRIO_CLASS_IDLE, "idle" '
    + '}, { IOPRIO_CLASS_INVALID, "invalid"}), (((REC->ioprio) >> 3) & ((1 << 10) - 1)), ((REC->ioprio) & ((1 << 3) - 1)), '
    + 'REC->error',
});

const BLOCK_RQ_COMPLETION = blockRqCompletion(10);

/** Events that nothing in the model raises, as recorded from Debian's 7.3. */
export const LINUX_7_3_SILENT_EVENTS: SilentEvents = {
  'block:block_rq_error': { id: 1237, ...BLOCK_RQ_COMPLETION },
  'block:block_rq_complete': { id: 1238, ...BLOCK_RQ_COMPLETION },
  'cxl:cxl_poison': { id: 1373, fields: [
      '__data_loc char[] memdev', '__data_loc char[] host', 'u64 serial', 'u8 trace_type', '__data_loc char[] region', 'u64 overflow_ts',
      'u64 hpa', 'u64 hpa_alias0', 'u64 dpa', 'u32 dpa_length', 'char uuid[16]', 'u8 source', 'u8 flags',
    ], print:
    '"memdev=%s host=%s serial=%llu trace_type=%s region=%s region_uuid=%pU hpa=0x%llx hpa_alias0=0x%llx dpa=0x%llx '
      + 'dpa_length=0x%x source=%s flags=%s overflow_time=%llu", __get_str(memdev), __get_str(host), REC->serial, '
      + '__print_symbolic(REC->trace_type, { CXL_POISON_TRACE_LIST, "List" }, { CXL_POISON_TRACE_INJECT, "Inject" }, { '
      + 'CXL_POISON_TRACE_CLEAR, "Clear" }), __get_str(region), REC->uuid, REC->hpa, REC->hpa_alias0, REC->dpa, REC->dpa_length, '
      + '(((REC->source > 3) && (REC->source != 7)) ? "Reserved" : __print_symbolic(REC->source, { 0, "Unknown" }, { 1, "External" }, '
      + '{ 2, "Internal" }, { 3, "Injected" }, { 7, "Vendor" })), __print_flags(REC->flags, "|", { ((((1UL))) << (0)), "More" }, { '
      + '((((1UL))) << (1)), "Overflow" }, { ((((1UL))) << (2)), "Scanning" }), REC->overflow_ts' },
  'cxl:cxl_memory_sparing': { id: 1374, fields: [
      '__data_loc char[] memdev', '__data_loc char[] host', 'int log', 'uuid_t hdr_uuid', 'u64 serial', 'u32 hdr_flags', 'u16 hdr_handle',
      'u16 hdr_related_handle', 'u64 hdr_timestamp', 'u8 hdr_length', 'u8 hdr_maint_op_class', 'u8 hdr_maint_op_sub_class',
      'u16 hdr_ld_id', 'u8 hdr_head_id', 'u8 flags', 'u8 result', 'u16 validity_flags', 'u16 res_avail', 'u8 channel', 'u8 rank',
      'u32 nibble_mask', 'u8 bank_group', 'u8 bank', 'u32 row', 'u16 column', 'u8 sub_channel', 'u8 comp_id[16]',
    ], print:
    `"memdev=%s host=%s serial=%llu log=%s : time=%llu uuid=%pUb len=%d flags='%s' handle=%x related_handle=%x maint_op_class=%u `
      + `maint_op_sub_class=%u ld_id=%x head_id=%x : flags='%s' result=%u validity_flags='%s' spare resource avail=%u channel=%u `
      + `rank=%u nibble_mask=%x bank_group=%u bank=%u row=%u column=%u sub_channel=%u comp_id=%s comp_id_pldm_valid_flags='%s' `
      + 'pldm_entity_id=%s pldm_resource_id=%s", __get_str(memdev), __get_str(host), REC->serial, __print_symbolic(REC->log, { '
      + 'CXL_EVENT_TYPE_INFO, "Informational" }, { CXL_EVENT_TYPE_WARN, "Warning" }, { CXL_EVENT_TYPE_FAIL, "Failure" }, { '
      + 'CXL_EVENT_TYPE_FATAL, "Fatal" }), REC->hdr_timestamp, &REC->hdr_uuid, REC->hdr_length, __print_flags(REC->hdr_flags, " | ", '
      + '{ ((((1UL))) << (2)), "PERMANENT_CONDITION" }, { ((((1UL))) << (3)), "MAINTENANCE_NEEDED" }, { ((((1UL))) << (4)), '
      + '"PERFORMANCE_DEGRADED" }, { ((((1UL))) << (5)), "HARDWARE_REPLACEMENT_NEEDED" }, { ((((1UL))) << (6)), '
      + '"MAINT_OP_SUB_CLASS_VALID" }, { ((((1UL))) << (7)), "LD_ID_VALID" }, { ((((1UL))) << (8)), "HEAD_ID_VALID" } ), '
      + 'REC->hdr_handle, REC->hdr_related_handle, REC->hdr_maint_op_class, REC->hdr_maint_op_sub_class, REC->hdr_ld_id, '
      + 'REC->hdr_head_id, __print_flags(REC->flags, "|", { ((((1UL))) << (0)), "Query Resources" }, { ((((1UL))) << (1)), "Hard '
      + 'Sparing" }, { ((((1UL))) << (2)), "Device Initiated Sparing" } ), REC->result, __print_flags(REC->validity_flags, "|", { '
      + '((((1UL))) << (0)), "CHANNEL" }, { ((((1UL))) << (1)), "RANK" }, { ((((1UL))) << (2)), "NIBBLE" }, { ((((1UL))) << (3)), '
      + '"BANK GROUP" }, { ((((1UL))) << (4)), "BANK" }, { ((((1UL))) << (5)), "ROW" }, { ((((1UL))) << (6)), "COLUMN" }, { '
      + '((((1UL))) << (7)), "COMPONENT ID" }, { ((((1UL))) << (8)), "COMPONENT ID PLDM FORMAT" }, { ((((1UL))) << (9)), "SUB '
      + 'CHANNEL" } ), REC->res_avail, REC->channel, REC->rank, REC->nibble_mask, REC->bank_group, REC->bank, REC->row, REC->column, '
      + 'REC->sub_channel, __print_hex(REC->comp_id, 0x10), __print_flags(REC->comp_id[0], " | ", { ((((1UL))) << (0)), "PLDM Entity '
      + 'ID" }, { ((((1UL))) << (1)), "Resource ID" } ), (REC->validity_flags & ((((1UL))) << (7)) && REC->validity_flags & '
      + '((((1UL))) << (8))) ? (REC->comp_id[0] & ((((1UL))) << (0))) ? __print_hex(&REC->comp_id[1], 6) : "0x00" : "0x00", '
      + '(REC->validity_flags & ((((1UL))) << (7)) && REC->validity_flags & ((((1UL))) << (8))) ? (REC->comp_id[0] & ((((1UL))) << '
      + '(1))) ? __print_hex(&REC->comp_id[7], 4) : "0x00" : "0x00"' },
  'cxl:cxl_memory_module': { id: 1375, fields: [
      '__data_loc char[] memdev', '__data_loc char[] host', 'int log', 'uuid_t hdr_uuid', 'u64 serial', 'u32 hdr_flags', 'u16 hdr_handle',
      'u16 hdr_related_handle', 'u64 hdr_timestamp', 'u8 hdr_length', 'u8 hdr_maint_op_class', 'u8 hdr_maint_op_sub_class',
      'u16 hdr_ld_id', 'u8 hdr_head_id', 'u8 event_type', 'u8 health_status', 'u8 media_status', 'u8 life_used', 'u32 dirty_shutdown_cnt',
      'u32 cor_vol_err_cnt', 'u32 cor_per_err_cnt', 's16 device_temp', 'u8 add_status', 'u8 event_sub_type', 'u8 comp_id[16]',
      'u16 validity_flags',
    ], print:
    `"memdev=%s host=%s serial=%llu log=%s : time=%llu uuid=%pUb len=%d flags='%s' handle=%x related_handle=%x maint_op_class=%u `
      + `maint_op_sub_class=%u ld_id=%x head_id=%x : event_type='%s' event_sub_type='%s' health_status='%s' media_status='%s' `
      + 'as_life_used=%s as_dev_temp=%s as_cor_vol_err_cnt=%s as_cor_per_err_cnt=%s life_used=%u device_temp=%d dirty_shutdown_cnt=%u '
      + `cor_vol_err_cnt=%u cor_per_err_cnt=%u validity_flags='%s' comp_id=%s comp_id_pldm_valid_flags='%s' pldm_entity_id=%s `
      + 'pldm_resource_id=%s", __get_str(memdev), __get_str(host), REC->serial, __print_symbolic(REC->log, { CXL_EVENT_TYPE_INFO, '
      + '"Informational" }, { CXL_EVENT_TYPE_WARN, "Warning" }, { CXL_EVENT_TYPE_FAIL, "Failure" }, { CXL_EVENT_TYPE_FATAL, "Fatal" '
      + '}), REC->hdr_timestamp, &REC->hdr_uuid, REC->hdr_length, __print_flags(REC->hdr_flags, " | ", { ((((1UL))) << (2)), '
      + '"PERMANENT_CONDITION" }, { ((((1UL))) << (3)), "MAINTENANCE_NEEDED" }, { ((((1UL))) << (4)), "PERFORMANCE_DEGRADED" }, { '
      + '((((1UL))) << (5)), "HARDWARE_REPLACEMENT_NEEDED" }, { ((((1UL))) << (6)), "MAINT_OP_SUB_CLASS_VALID" }, { ((((1UL))) << '
      + '(7)), "LD_ID_VALID" }, { ((((1UL))) << (8)), "HEAD_ID_VALID" } ), REC->hdr_handle, REC->hdr_related_handle, '
      + 'REC->hdr_maint_op_class, REC->hdr_maint_op_sub_class, REC->hdr_ld_id, REC->hdr_head_id, __print_symbolic(REC->event_type, { '
      + '0x00, "Health Status Change" }, { 0x01, "Media Status Change" }, { 0x02, "Life Used Change" }, { 0x03, "Temperature Change" '
      + '}, { 0x04, "Data Path Error" }, { 0x05, "LSA Error" }, { 0x06, "Unrecoverable Internal Sideband Bus Error" }, { 0x07, '
      + '"Memory Media FRU Error" }, { 0x08, "Power Management Fault" } ), __print_symbolic(REC->event_sub_type, { 0x00, "Not '
      + 'Reported" }, { 0x01, "Invalid Config Data" }, { 0x02, "Unsupported Config Data" }, { 0x03, "Unsupported Memory Media FRU" } '
      + '), __print_flags(REC->health_status, "|", { ((((1UL))) << (0)), "MAINTENANCE_NEEDED" }, { ((((1UL))) << (1)), '
      + '"PERFORMANCE_DEGRADED" }, { ((((1UL))) << (2)), "REPLACEMENT_NEEDED" }, { ((((1UL))) << (3)), "MEM_CAPACITY_DEGRADED" } ), '
      + '__print_symbolic(REC->media_status, { 0x00, "Normal" }, { 0x01, "Not Ready" }, { 0x02, "Write Persistency Lost" }, { 0x03, '
      + '"All Data Lost" }, { 0x04, "Write Persistency Loss in the Event of Power Loss" }, { 0x05, "Write Persistency Loss in Event '
      + 'of Shutdown" }, { 0x06, "Write Persistency Loss Imminent" }, { 0x07, "All Data Loss in Event of Power Loss" }, { 0x08, "All '
      + 'Data loss in the Event of Shutdown" }, { 0x09, "All Data Loss Imminent" } ), __print_symbolic((REC->add_status & 0x3), { '
      + '0x0, "Normal" }, { 0x1, "Warning" }, { 0x2, "Critical" } ), __print_symbolic(((REC->add_status & 0xC) >> 2), { 0x0, "Normal" '
      + '}, { 0x1, "Warning" }, { 0x2, "Critical" } ), __print_symbolic(((REC->add_status & 0x10) >> 4), { 0x0, "Normal" }, { 0x1, '
      + '"Warning" } ), __print_symbolic(((REC->add_status & 0x20) >> 5), { 0x0, "Normal" }, { 0x1, "Warning" } ), REC->life_used, '
      + 'REC->device_temp, REC->dirty_shutdown_cnt, REC->cor_vol_err_cnt, REC->cor_per_err_cnt, __print_flags(REC->validity_flags, '
      + '"|", { ((((1UL))) << (0)), "COMPONENT" }, { ((((1UL))) << (1)), "COMPONENT PLDM FORMAT" } ), __print_hex(REC->comp_id, '
      + '0x10), __print_flags(REC->comp_id[0], " | ", { ((((1UL))) << (0)), "PLDM Entity ID" }, { ((((1UL))) << (1)), "Resource ID" } '
      + '), (REC->validity_flags & ((((1UL))) << (0)) && REC->validity_flags & ((((1UL))) << (1))) ? (REC->comp_id[0] & ((((1UL))) << '
      + '(0))) ? __print_hex(&REC->comp_id[1], 6) : "0x00" : "0x00", (REC->validity_flags & ((((1UL))) << (0)) && REC->validity_flags '
      + '& ((((1UL))) << (1))) ? (REC->comp_id[0] & ((((1UL))) << (1))) ? __print_hex(&REC->comp_id[7], 4) : "0x00" : "0x00"' },
  'cxl:cxl_dram': { id: 1376, fields: [
      '__data_loc char[] memdev', '__data_loc char[] host', 'int log', 'uuid_t hdr_uuid', 'u64 serial', 'u32 hdr_flags', 'u16 hdr_handle',
      'u16 hdr_related_handle', 'u64 hdr_timestamp', 'u8 hdr_length', 'u8 hdr_maint_op_class', 'u8 hdr_maint_op_sub_class',
      'u16 hdr_ld_id', 'u8 hdr_head_id', 'u64 dpa', 'u8 descriptor', 'u8 type', 'u8 transaction_type', 'u8 channel', 'u16 validity_flags',
      'u16 column', 'u32 nibble_mask', 'u32 row', 'u8 cor_mask[32]', 'u64 hpa', 'u64 hpa_alias0', 'uuid_t region_uuid', 'u8 rank',
      'u8 bank_group', 'u8 bank', 'u8 dpa_flags', 'u8 comp_id[16]', 'u32 cvme_count', 'u8 sub_type', 'u8 sub_channel',
      'u8 cme_threshold_ev_flags', '__data_loc char[] region_name',
    ], print:
    `"memdev=%s host=%s serial=%llu log=%s : time=%llu uuid=%pUb len=%d flags='%s' handle=%x related_handle=%x maint_op_class=%u `
      + `maint_op_sub_class=%u ld_id=%x head_id=%x : dpa=%llx dpa_flags='%s' descriptor='%s' type='%s' sub_type='%s' `
      + `transaction_type='%s' channel=%u rank=%u nibble_mask=%x bank_group=%u bank=%u row=%u column=%u cor_mask=%s `
      + `validity_flags='%s' comp_id=%s comp_id_pldm_valid_flags='%s' pldm_entity_id=%s pldm_resource_id=%s hpa=%llx hpa_alias0=%llx `
      + `region=%s region_uuid=%pUb sub_channel=%u cme_threshold_ev_flags='%s' cvme_count=%u", __get_str(memdev), __get_str(host), `
      + 'REC->serial, __print_symbolic(REC->log, { CXL_EVENT_TYPE_INFO, "Informational" }, { CXL_EVENT_TYPE_WARN, "Warning" }, { '
      + 'CXL_EVENT_TYPE_FAIL, "Failure" }, { CXL_EVENT_TYPE_FATAL, "Fatal" }), REC->hdr_timestamp, &REC->hdr_uuid, REC->hdr_length, '
      + '__print_flags(REC->hdr_flags, " | ", { ((((1UL))) << (2)), "PERMANENT_CONDITION" }, { ((((1UL))) << (3)), '
      + '"MAINTENANCE_NEEDED" }, { ((((1UL))) << (4)), "PERFORMANCE_DEGRADED" }, { ((((1UL))) << (5)), "HARDWARE_REPLACEMENT_NEEDED" '
      + '}, { ((((1UL))) << (6)), "MAINT_OP_SUB_CLASS_VALID" }, { ((((1UL))) << (7)), "LD_ID_VALID" }, { ((((1UL))) << (8)), '
      + '"HEAD_ID_VALID" } ), REC->hdr_handle, REC->hdr_related_handle, REC->hdr_maint_op_class, REC->hdr_maint_op_sub_class, '
      + 'REC->hdr_ld_id, REC->hdr_head_id, REC->dpa, __print_flags(REC->dpa_flags, "|", { ((((1UL))) << (0)), "VOLATILE" }, { '
      + '((((1UL))) << (1)), "NOT_REPAIRABLE" } ), __print_flags(REC->descriptor, "|", { ((((1UL))) << (0)), "UNCORRECTABLE_EVENT" }, '
      + '{ ((((1UL))) << (1)), "THRESHOLD_EVENT" }, { ((((1UL))) << (2)), "POISON_LIST_OVERFLOW" } ), __print_symbolic(REC->type, { '
      + '0x00, "ECC Error" }, { 0x01, "Scrub Media ECC Error" }, { 0x02, "Invalid Address" }, { 0x03, "Data Path Error" }, { 0x04, '
      + '"TE State Violation" }, { 0x05, "Adv Prog CME Counter Expiration" }, { 0x06, "CKID Violation" } ), '
      + '__print_symbolic(REC->sub_type, { 0x00, "Not Reported" }, { 0x01, "Internal Datapath Error" }, { 0x02, "Media Link Command '
      + 'Training Error" }, { 0x03, "Media Link Control Training Error" }, { 0x04, "Media Link Data Training Error" }, { 0x05, "Media '
      + 'Link CRC Error" } ), __print_symbolic(REC->transaction_type, { 0x00, "Unknown" }, { 0x01, "Host Read" }, { 0x02, "Host '
      + 'Write" }, { 0x03, "Host Scan Media" }, { 0x04, "Host Inject Poison" }, { 0x05, "Internal Media Scrub" }, { 0x06, "Internal '
      + 'Media Management" }, { 0x07, "Internal Media Error Check Scrub" }, { 0x08, "Media Initialization" } ), REC->channel, '
      + 'REC->rank, REC->nibble_mask, REC->bank_group, REC->bank, REC->row, REC->column, __print_hex(REC->cor_mask, 0x20), '
      + '__print_flags(REC->validity_flags, "|", { ((((1UL))) << (0)), "CHANNEL" }, { ((((1UL))) << (1)), "RANK" }, { ((((1UL))) << '
      + '(2)), "NIBBLE" }, { ((((1UL))) << (3)), "BANK GROUP" }, { ((((1UL))) << (4)), "BANK" }, { ((((1UL))) << (5)), "ROW" }, { '
      + '((((1UL))) << (6)), "COLUMN" }, { ((((1UL))) << (7)), "CORRECTION MASK" }, { ((((1UL))) << (8)), "COMPONENT" }, { ((((1UL))) '
      + '<< (9)), "COMPONENT PLDM FORMAT" }, { ((((1UL))) << (10)), "SUB CHANNEL" } ), __print_hex(REC->comp_id, 0x10), '
      + '__print_flags(REC->comp_id[0], " | ", { ((((1UL))) << (0)), "PLDM Entity ID" }, { ((((1UL))) << (1)), "Resource ID" } ), '
      + '(REC->validity_flags & ((((1UL))) << (8)) && REC->validity_flags & ((((1UL))) << (9))) ? (REC->comp_id[0] & ((((1UL))) << '
      + '(0))) ? __print_hex(&REC->comp_id[1], 6) : "0x00" : "0x00", (REC->validity_flags & ((((1UL))) << (8)) && REC->validity_flags '
      + '& ((((1UL))) << (9))) ? (REC->comp_id[0] & ((((1UL))) << (1))) ? __print_hex(&REC->comp_id[7], 4) : "0x00" : "0x00", '
      + 'REC->hpa, REC->hpa_alias0, __get_str(region_name), &REC->region_uuid, REC->sub_channel, '
      + '__print_flags(REC->cme_threshold_ev_flags, "|", { ((((1UL))) << (0)), "Corrected Memory Errors in Multiple Media Components" '
      + '}, { ((((1UL))) << (1)), "Exceeded Programmable Threshold" } ), REC->cvme_count' },
  'cxl:cxl_general_media': { id: 1377, fields: [
      '__data_loc char[] memdev', '__data_loc char[] host', 'int log', 'uuid_t hdr_uuid', 'u64 serial', 'u32 hdr_flags', 'u16 hdr_handle',
      'u16 hdr_related_handle', 'u64 hdr_timestamp', 'u8 hdr_length', 'u8 hdr_maint_op_class', 'u8 hdr_maint_op_sub_class',
      'u16 hdr_ld_id', 'u8 hdr_head_id', 'u64 dpa', 'u8 descriptor', 'u8 type', 'u8 transaction_type', 'u8 channel', 'u32 device',
      'u8 comp_id[16]', 'u64 hpa', 'u64 hpa_alias0', 'uuid_t region_uuid', 'u16 validity_flags', 'u8 rank', 'u8 dpa_flags',
      'u32 cme_count', 'u8 sub_type', 'u8 cme_threshold_ev_flags', '__data_loc char[] region_name',
    ], print:
    `"memdev=%s host=%s serial=%llu log=%s : time=%llu uuid=%pUb len=%d flags='%s' handle=%x related_handle=%x maint_op_class=%u `
      + `maint_op_sub_class=%u ld_id=%x head_id=%x : dpa=%llx dpa_flags='%s' descriptor='%s' type='%s' sub_type='%s' `
      + `transaction_type='%s' channel=%u rank=%u device=%x validity_flags='%s' comp_id=%s comp_id_pldm_valid_flags='%s' `
      + `pldm_entity_id=%s pldm_resource_id=%s hpa=%llx hpa_alias0=%llx region=%s region_uuid=%pUb cme_threshold_ev_flags='%s' `
      + 'cme_count=%u", __get_str(memdev), __get_str(host), REC->serial, __print_symbolic(REC->log, { CXL_EVENT_TYPE_INFO, '
      + '"Informational" }, { CXL_EVENT_TYPE_WARN, "Warning" }, { CXL_EVENT_TYPE_FAIL, "Failure" }, { CXL_EVENT_TYPE_FATAL, "Fatal" '
      + '}), REC->hdr_timestamp, &REC->hdr_uuid, REC->hdr_length, __print_flags(REC->hdr_flags, " | ", { ((((1UL))) << (2)), '
      + '"PERMANENT_CONDITION" }, { ((((1UL))) << (3)), "MAINTENANCE_NEEDED" }, { ((((1UL))) << (4)), "PERFORMANCE_DEGRADED" }, { '
      + '((((1UL))) << (5)), "HARDWARE_REPLACEMENT_NEEDED" }, { ((((1UL))) << (6)), "MAINT_OP_SUB_CLASS_VALID" }, { ((((1UL))) << '
      + '(7)), "LD_ID_VALID" }, { ((((1UL))) << (8)), "HEAD_ID_VALID" } ), REC->hdr_handle, REC->hdr_related_handle, '
      + 'REC->hdr_maint_op_class, REC->hdr_maint_op_sub_class, REC->hdr_ld_id, REC->hdr_head_id, REC->dpa, '
      + '__print_flags(REC->dpa_flags, "|", { ((((1UL))) << (0)), "VOLATILE" }, { ((((1UL))) << (1)), "NOT_REPAIRABLE" } ), '
      + '__print_flags(REC->descriptor, "|", { ((((1UL))) << (0)), "UNCORRECTABLE_EVENT" }, { ((((1UL))) << (1)), "THRESHOLD_EVENT" '
      + '}, { ((((1UL))) << (2)), "POISON_LIST_OVERFLOW" } ), __print_symbolic(REC->type, { 0x00, "ECC Error" }, { 0x01, "Invalid '
      + 'Address" }, { 0x02, "Data Path Error" }, { 0x03, "TE State Violation" }, { 0x04, "Scrub Media ECC Error" }, { 0x05, "Adv '
      + 'Prog CME Counter Expiration" }, { 0x06, "CKID Violation" } ), __print_symbolic(REC->sub_type, { 0x00, "Not Reported" }, { '
      + '0x01, "Internal Datapath Error" }, { 0x02, "Media Link Command Training Error" }, { 0x03, "Media Link Control Training '
      + 'Error" }, { 0x04, "Media Link Data Training Error" }, { 0x05, "Media Link CRC Error" } ), '
      + '__print_symbolic(REC->transaction_type, { 0x00, "Unknown" }, { 0x01, "Host Read" }, { 0x02, "Host Write" }, { 0x03, "Host '
      + 'Scan Media" }, { 0x04, "Host Inject Poison" }, { 0x05, "Internal Media Scrub" }, { 0x06, "Internal Media Management" }, { '
      + '0x07, "Internal Media Error Check Scrub" }, { 0x08, "Media Initialization" } ), REC->channel, REC->rank, REC->device, '
      + '__print_flags(REC->validity_flags, "|", { ((((1UL))) << (0)), "CHANNEL" }, { ((((1UL))) << (1)), "RANK" }, { ((((1UL))) << '
      + '(2)), "DEVICE" }, { ((((1UL))) << (3)), "COMPONENT" }, { ((((1UL))) << (4)), "COMPONENT PLDM FORMAT" } ), '
      + '__print_hex(REC->comp_id, 0x10), __print_flags(REC->comp_id[0], " | ", { ((((1UL))) << (0)), "PLDM Entity ID" }, { '
      + '((((1UL))) << (1)), "Resource ID" } ), (REC->validity_flags & ((((1UL))) << (3)) && REC->validity_flags & ((((1UL))) << '
      + '(4))) ? (REC->comp_id[0] & ((((1UL))) << (0))) ? __print_hex(&REC->comp_id[1], 6) : "0x00" : "0x00", (REC->validity_flags & '
      + '((((1UL))) << (3)) && REC->validity_flags & ((((1UL))) << (4))) ? (REC->comp_id[0] & ((((1UL))) << (1))) ? '
      + '__print_hex(&REC->comp_id[7], 4) : "0x00" : "0x00", REC->hpa, REC->hpa_alias0, __get_str(region_name), &REC->region_uuid, '
      + '__print_flags(REC->cme_threshold_ev_flags, "|", { ((((1UL))) << (0)), "Corrected Memory Errors in Multiple Media Components" '
      + '}, { ((((1UL))) << (1)), "Exceeded Programmable Threshold" } ), REC->cme_count' },
  'cxl:cxl_generic_event': { id: 1378, fields: [
      '__data_loc char[] memdev', '__data_loc char[] host', 'int log', 'uuid_t hdr_uuid', 'u64 serial', 'u32 hdr_flags', 'u16 hdr_handle',
      'u16 hdr_related_handle', 'u64 hdr_timestamp', 'u8 hdr_length', 'u8 hdr_maint_op_class', 'u8 hdr_maint_op_sub_class',
      'u16 hdr_ld_id', 'u8 hdr_head_id', 'u8 data[80]',
    ], print:
    `"memdev=%s host=%s serial=%llu log=%s : time=%llu uuid=%pUb len=%d flags='%s' handle=%x related_handle=%x maint_op_class=%u `
      + 'maint_op_sub_class=%u ld_id=%x head_id=%x : %s", __get_str(memdev), __get_str(host), REC->serial, __print_symbolic(REC->log, '
      + '{ CXL_EVENT_TYPE_INFO, "Informational" }, { CXL_EVENT_TYPE_WARN, "Warning" }, { CXL_EVENT_TYPE_FAIL, "Failure" }, { '
      + 'CXL_EVENT_TYPE_FATAL, "Fatal" }), REC->hdr_timestamp, &REC->hdr_uuid, REC->hdr_length, __print_flags(REC->hdr_flags, " | ", '
      + '{ ((((1UL))) << (2)), "PERMANENT_CONDITION" }, { ((((1UL))) << (3)), "MAINTENANCE_NEEDED" }, { ((((1UL))) << (4)), '
      + '"PERFORMANCE_DEGRADED" }, { ((((1UL))) << (5)), "HARDWARE_REPLACEMENT_NEEDED" }, { ((((1UL))) << (6)), '
      + '"MAINT_OP_SUB_CLASS_VALID" }, { ((((1UL))) << (7)), "LD_ID_VALID" }, { ((((1UL))) << (8)), "HEAD_ID_VALID" } ), '
      + 'REC->hdr_handle, REC->hdr_related_handle, REC->hdr_maint_op_class, REC->hdr_maint_op_sub_class, REC->hdr_ld_id, '
      + 'REC->hdr_head_id, __print_hex(REC->data, 0x50)' },
  'cxl:cxl_overflow': { id: 1379, fields: [
      '__data_loc char[] memdev', '__data_loc char[] host', 'int log', 'u64 serial', 'u64 first_ts', 'u64 last_ts', 'u16 count',
    ], print:
    '"memdev=%s host=%s serial=%llu: log=%s : %u records from %llu to %llu", __get_str(memdev), __get_str(host), REC->serial, '
      + '__print_symbolic(REC->log, { CXL_EVENT_TYPE_INFO, "Informational" }, { CXL_EVENT_TYPE_WARN, "Warning" }, { '
      + 'CXL_EVENT_TYPE_FAIL, "Failure" }, { CXL_EVENT_TYPE_FATAL, "Fatal" }), REC->count, REC->first_ts, REC->last_ts' },
  'cxl:cxl_aer_correctable_error': { id: 1380, fields: ['__data_loc char[] memdev', '__data_loc char[] host', 'u64 serial', 'u32 status'], print:
    `"memdev=%s host=%s serial=%llu: status: '%s'", __get_str(memdev), __get_str(host), REC->serial, __print_flags(REC->status, " `
      + '| ", { ((((1UL))) << (0)), "Cache Data ECC Error" }, { ((((1UL))) << (1)), "Memory Data ECC Error" }, { ((((1UL))) << (2)), '
      + '"CRC Threshold Hit" }, { ((((1UL))) << (3)), "Retry Threshold" }, { ((((1UL))) << (4)), "Received Cache Poison From Peer" }, '
      + '{ ((((1UL))) << (5)), "Received Memory Poison From Peer" }, { ((((1UL))) << (6)), "Received Error From Physical Layer" } )' },
  'cxl:cxl_port_aer_correctable_error': { id: 1381, fields: ['__data_loc char[] device', '__data_loc char[] host', 'u32 status'], print:
    `"device=%s host=%s status='%s'", __get_str(device), __get_str(host), __print_flags(REC->status, " | ", { ((((1UL))) << (0)), `
      + '"Cache Data ECC Error" }, { ((((1UL))) << (1)), "Memory Data ECC Error" }, { ((((1UL))) << (2)), "CRC Threshold Hit" }, { '
      + '((((1UL))) << (3)), "Retry Threshold" }, { ((((1UL))) << (4)), "Received Cache Poison From Peer" }, { ((((1UL))) << (5)), '
      + '"Received Memory Poison From Peer" }, { ((((1UL))) << (6)), "Received Error From Physical Layer" } )' },
  'cxl:cxl_aer_uncorrectable_error': { id: 1382, fields: [
      '__data_loc char[] memdev', '__data_loc char[] host', 'u64 serial', 'u32 status', 'u32 first_error', 'u32 header_log[128]',
    ], print:
    `"memdev=%s host=%s serial=%llu: status: '%s' first_error: '%s'", __get_str(memdev), __get_str(host), REC->serial, `
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
  'cxl:cxl_port_aer_uncorrectable_error': { id: 1383, fields: [
      '__data_loc char[] device', '__data_loc char[] host', 'u32 status', 'u32 first_error', 'u32 header_log[128]',
    ], print:
    `"device=%s host=%s status: '%s' first_error: '%s'", __get_str(device), __get_str(host), __print_flags(REC->status, " | ", { `
      + '((((1UL))) << (0)), "Cache Data Parity Error" }, { ((((1UL))) << (1)), "Cache Address Parity Error" }, { ((((1UL))) << (2)), '
      + '"Cache Byte Enable Parity Error" }, { ((((1UL))) << (3)), "Cache Data ECC Error" }, { ((((1UL))) << (4)), "Memory Data '
      + 'Parity Error" }, { ((((1UL))) << (5)), "Memory Address Parity Error" }, { ((((1UL))) << (6)), "Memory Byte Enable Parity '
      + 'Error" }, { ((((1UL))) << (7)), "Memory Data ECC Error" }, { ((((1UL))) << (8)), "REINIT Threshold Hit" }, { ((((1UL))) << '
      + '(9)), "Received Unrecognized Encoding" }, { ((((1UL))) << (10)), "Received Poison From Peer" }, { ((((1UL))) << (11)), '
      + '"Receiver Overflow" }, { ((((1UL))) << (14)), "Component Specific Error" }, { ((((1UL))) << (15)), "IDE Tx Error" }, { '
      + '((((1UL))) << (16)), "IDE Rx Error" } ), __print_flags(REC->first_error, " | ", { ((((1UL))) << (0)), "Cache Data Parity '
      + 'Error" }, { ((((1UL))) << (1)), "Cache Address Parity Error" }, { ((((1UL))) << (2)), "Cache Byte Enable Parity Error" }, { '
      + '((((1UL))) << (3)), "Cache Data ECC Error" }, { ((((1UL))) << (4)), "Memory Data Parity Error" }, { ((((1UL))) << (5)), '
      + '"Memory Address Parity Error" }, { ((((1UL))) << (6)), "Memory Byte Enable Parity Error" }, { ((((1UL))) << (7)), "Memory '
      + 'Data ECC Error" }, { ((((1UL))) << (8)), "REINIT Threshold Hit" }, { ((((1UL))) << (9)), "Received Unrecognized Encoding" }, '
      + '{ ((((1UL))) << (10)), "Received Poison From Peer" }, { ((((1UL))) << (11)), "Receiver Overflow" }, { ((((1UL))) << (14)), '
      + '"Component Specific Error" }, { ((((1UL))) << (15)), "IDE Tx Error" }, { ((((1UL))) << (16)), "IDE Rx Error" } )' },
  'net:net_dev_xmit_timeout': { id: 1568, fields: [
      '__data_loc char[] name', '__data_loc char[] driver', 'int queue_index', 'u64 net_cookie',
    ], print:
    '"dev=%s driver=%s queue=%d net_cookie=%llu", __get_str(name), __get_str(driver), REC->queue_index, REC->net_cookie' },
  'devlink:devlink_health_report': { id: 1582, fields: [
      '__data_loc char[] bus_name', '__data_loc char[] dev_name', '__data_loc char[] driver_name', '__data_loc char[] reporter_name',
      '__data_loc char[] msg',
    ], print:
    '"bus_name=%s dev_name=%s driver_name=%s reporter_name=%s: %s", __get_str(bus_name), __get_str(dev_name), '
      + '__get_str(driver_name), __get_str(reporter_name), __get_str(msg)' },
};
