// Apart from the buffer: this is a table, one row for each file of options/.
/** A flag of trace_options: its name, and whether it is set at boot in the main buffer and in a new instance. */
export type TraceOption = readonly [name: string, atBoot: boolean, inInstance: boolean];

const on = (name: string): TraceOption => [name, true, true];
const off = (name: string): TraceOption => [name, false, false];

/**
 * The flags, in the order of trace_options, as recorded from 7.3; those of the tracer nop are the last two. The model honours annotate, block,
 * context-info, irq-info, overwrite and record-cmd. It stores the others. Source: TRACE_FLAGS of kernel/trace/trace.h.
 */
export const TRACE_OPTIONS: readonly TraceOption[] = [
  on('print-parent'), off('sym-offset'), off('sym-addr'), off('verbose'), off('raw'), off('hex'), off('bin'), off('block'), off('fields'),
  on('trace_printk'), on('annotate'), off('userstacktrace'), off('sym-userobj'), off('printk-msg-only'), on('context-info'), off('latency-format'),
  on('record-cmd'), off('record-tgid'), on('overwrite'), off('disable_on_free'), on('irq-info'), on('markers'), off('event-fork'),
  ['trace_printk_dest', true, false], ['copy_trace_marker', true, false], off('pause-on-trace'), on('hash-ptr'), off('bitmask-list'),
  on('function-trace'), off('function-fork'), off('display-graph'), off('stacktrace'), off('test_nop_accept'), off('test_nop_refuse'),
];
