import { ERRNO } from '../../../abi/errno.ts';
import { O } from '../../../abi/file-calls.ts';
import { type EventLayout, formatText, printEventFormat } from '../../../kernel/trace/event-format.ts';
import type { TraceArray } from '../../../kernel/trace/trace-array.ts';
import { directory, type DirectoryNode, type FileNode, readText } from '../../../vfs/node.ts';
import { arrayFile, decimal, textFile, written } from './array-file.ts';

/** The header of a page, and of an event. Mirrors ring_buffer_print_page_header() and ring_buffer_print_entry_header(). */
const HEADER_PAGE = `\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;
\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;
\tfield: char overwrite;\toffset:8;\tsize:1;\tsigned:0;
\tfield: char data;\toffset:16;\tsize:4080;\tsigned:0;
`;
const HEADER_EVENT = `# compressed entry header
\ttype_len    :    5 bits
\ttime_delta  :   27 bits
\tarray       :   32 bits

\tpadding     : type == 29
\ttime_extend : type == 30
\ttime_stamp : type == 31
\tdata max type_len  == 28
`;
const SYSTEM_FILTER_HELP = `### global filter ###
# Use this to set filters for multiple events.
# Only events with the given fields will be affected.
# If no events are modified, an error message will be displayed here
`;
/** EVENT_BUF_SIZE: the longest word of set_event. */
const LONGEST_WORD = 127;
/** A filter is at most a page long. */
const LONGEST_FILTER = 4095;

/** Whether all of some events are enabled: 1, 0, or X for some. Mirrors system_enable_read(). */
function enabledText(array: TraceArray, layouts: readonly EventLayout[]): string {
  const enabled = layouts.filter(({ name }) => array.enabled.has(name)).length;
  return `${enabled === 0 ? '0' : enabled === layouts.length ? '1' : 'X'}\n`;
}

function enableFile(array: () => TraceArray, layouts: readonly EventLayout[]): FileNode {
  return textFile(array, () => enabledText(array(), layouts), decimal((value) => {
    const expanded = array().expand();
    if (expanded < 0) return expanded;
    for (const layout of layouts) array().enable(layout, value === 1);
    return 0;
  }, { most: 1 }));
}

/** The text of a filter that is written, or a negative errno. Mirrors event_filter_write(). */
function filterWords(data: Uint8Array): string | number {
  if (data.length > LONGEST_FILTER) return -ERRNO.EINVAL;
  return written(data).replace(/\s+$/, '');
}

function eventDirectory(array: () => TraceArray, layout: EventLayout): DirectoryNode {
  return directory({
    enable: enableFile(array, [layout]),
    filter: textFile(array, () => array().filterText(layout), (data) => {
      const words = filterWords(data);
      return typeof words === 'number' ? words : array().setFilter(layout, words) || data.length;
    }),
    format: textFile(array, () => formatText(layout)),
    id: textFile(array, () => `${layout.id}\n`),
  }, { mode: 0o755 });
}

/** The filter of a system. A write succeeds even if no event has the fields of the filter. Mirrors subsystem_filter_write(). */
function systemFilter(array: () => TraceArray, layouts: readonly EventLayout[]): FileNode {
  return textFile(array, () => SYSTEM_FILTER_HELP, (data) => {
    const words = filterWords(data);
    if (typeof words === 'number') return words;
    array().setSystemFilter(layouts, words);
    return data.length;
  });
}

/** The directory `events` of a buffer. */
export function eventsDirectory(array: () => TraceArray, layouts: readonly EventLayout[]): DirectoryNode {
  const systems = [...new Set(layouts.map(({ system }) => system))].map((system): [string, DirectoryNode] => {
    const own = layouts.filter((layout) => layout.system === system);
    return [system, directory({
      ...Object.fromEntries(own.map((layout) => [layout.event, eventDirectory(array, layout)])),
      enable: enableFile(array, own),
      filter: systemFilter(array, own),
    }, { mode: 0o755 })];
  });
  const { id, format } = printEventFormat(array().tracing.formats);
  return directory({
    ...Object.fromEntries(systems),
    ftrace: directory({
      print: directory({ format: textFile(array, () => format), id: textFile(array, () => `${id}\n`) }, { mode: 0o755 }),
    }, { mode: 0o755 }),
    enable: enableFile(array, layouts),
    header_page: textFile(array, () => HEADER_PAGE),
    header_event: textFile(array, () => HEADER_EVENT),
  }, { mode: 0o755 });
}

/**
 * The file set_event: the names of the events that are enabled. A write takes one word, up to the blank behind it, and returns its length. Opened
 * with O_TRUNC it disables all. Mirrors ftrace_event_write() and ftrace_event_set_open() (kernel/trace/trace_events.c).
 */
export function setEventFile(array: () => TraceArray, layouts: readonly EventLayout[]): FileNode {
  return arrayFile(array, {
    mode: 0o640,
    open({ flags }) {
      if ((flags & O.trunc) !== 0 && (flags & O.accmode) !== O.rdonly) for (const layout of layouts) array().enable(layout, false);
      return 0;
    },
    read: (file, position, length) => readText(file, position, length,
      () => layouts.filter(({ name }) => array().enabled.has(name)).map(({ name }) => `${name}\n`).join('')),
    write(_file, _position, data) {
      if (data.length === 0) return 0;
      const expanded = array().expand();
      if (expanded < 0) return expanded;
      const [, blank = '', word = '', after = ''] = /^(\s*)([^\s\0]*)([\s\0]?)/.exec(String.fromCharCode(...data.subarray(0, 2 * LONGEST_WORD))) ?? [];
      if (word.length > LONGEST_WORD) return -ERRNO.EINVAL;
      const result = word === '' ? 0 : array().setEvent(word);
      return result < 0 ? result : blank.length + word.length + (word === '' ? 0 : after.length);
    },
  });
}
