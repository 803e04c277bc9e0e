import { ERRNO } from '../../../abi/errno.ts';
import { ALWAYS_READY, BLOCKS, O, POLL } from '../../../abi/file-calls.ts';
import { PAGE_SIZE } from '../../../kernel/trace/sub-buffer.ts';
import type { TraceArray } from '../../../kernel/trace/trace-array.ts';
import { takeLine, traceText } from '../../../kernel/trace/trace-text.ts';
import { type FileNode, type OpenFile, readText } from '../../../vfs/node.ts';
import { arrayFile } from './array-file.ts';

const READABLE = POLL.in | POLL.rdnorm;
const NOTHING = new Uint8Array(0);
const UTF8 = new TextEncoder();
/** TRACE_SEQ_BUFFER_SIZE: lines that trace_pipe makes at a time. */
const LINES_AT_A_TIME = 8156;

/** The events of poll(2). Reads of all CPUs wait for any event. Mirrors trace_poll() (kernel/trace/trace.c). */
function pollEvents(array: TraceArray, cpu: number | undefined): number {
  if (array.option('block')) return READABLE;
  const ready = cpu === undefined ? array.buffers.some((buffer) => buffer.entries > 0) : (array.buffers[cpu]?.watermarkHit(array.percent) ?? false);
  return ready ? READABLE : 0;
}

/** The file `trace`: the events as text. To open it with O_TRUNC empties the buffer. Mirrors tracing_open(). */
export function traceFile(array: () => TraceArray, cpu?: number): FileNode {
  return arrayFile(array, {
    mode: 0o640,
    open({ flags }) {
      if ((flags & O.trunc) !== 0 && (flags & O.accmode) !== O.rdonly) {
        array().buffers.forEach((buffer, index) => { if (cpu === undefined || cpu === index) buffer.reset(); });
      }
      return 0;
    },
    read: (file, position, length) => readText(file, position, length, () => traceText(array(), cpu)),
    write: (_file, _position, data) => data.length,
    poll: () => ALWAYS_READY,
  });
}

/** The file trace_pipe: takes events out of the buffer, as text. Mirrors tracing_read_pipe(). */
export function tracePipe(array: () => TraceArray, cpu?: number): FileNode {
  const cpus = (): readonly number[] => (cpu === undefined ? [...array().buffers.keys()] : [cpu]);
  /** Text that did not fit into the last read, and whether anything was read. */
  const pending = new WeakMap<OpenFile, Uint8Array>();
  return arrayFile(array, {
    mode: 0o440,
    read(file, _position, length, flags) {
      let text = pending.get(file) ?? NOTHING;
      if (text.length === 0) {
        const lines: string[] = [];
        for (let made = 0; made < Math.min(length, LINES_AT_A_TIME);) {
          const line = takeLine(array(), cpus());
          if (line === undefined) break;
          lines.push(line);
          made += line.length;
        }
        if (lines.length === 0) {
          if ((flags & O.nonblock) !== 0) return -ERRNO.EAGAIN;
          return pending.has(file) && !array().isOn ? NOTHING : BLOCKS;
        }
        text = UTF8.encode(lines.join(''));
      }
      pending.set(file, text.subarray(length));
      return text.subarray(0, length);
    },
    poll: () => pollEvents(array(), cpu),
  }, { seeking: 'none' });
}

/** A page that was taken, and the bytes of it that were read. */
interface Spare {
  readonly page: Uint8Array;
  read: number;
}

/** The file trace_pipe_raw: takes events out of the buffer, as pages. Mirrors tracing_buffers_read(). */
export function tracePipeRaw(array: () => TraceArray, cpu: number): FileNode {
  const spares = new WeakMap<OpenFile, Spare>();
  return arrayFile(array, {
    mode: 0o440,
    read(file, _position, length, flags) {
      if (length === 0) return NOTHING;
      let spare = spares.get(file);
      if (spare === undefined || spare.read >= PAGE_SIZE) {
        const buffer = array().buffers[cpu];
        const page = buffer?.readPage(length);
        if (page === undefined) {
          if (buffer !== undefined && buffer.entries > 0) return NOTHING;
          return (flags & O.nonblock) !== 0 ? -ERRNO.EAGAIN : BLOCKS;
        }
        spare = { page, read: 0 };
        spares.set(file, spare);
      }
      const bytes = spare.page.subarray(spare.read, spare.read + length);
      spare.read += bytes.length;
      return bytes;
    },
    poll: () => pollEvents(array(), cpu),
  }, { seeking: 'none', stream: true });
}
