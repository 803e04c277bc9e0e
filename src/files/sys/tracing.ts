import { ERRNO } from '../../abi/errno.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { CPUS } from '../../kernel/cpus.ts';
import type { TraceArray } from '../../kernel/trace/trace-array.ts';
import { statsText } from '../../kernel/trace/trace-text.ts';
import { TRACE_CLOCKS } from '../../kernel/trace/trace-clock.ts';
import { SAVED_CMDLINES } from '../../kernel/trace/tracing.ts';
import { directory, type DirectoryNode, type TreeNode } from '../../vfs/node.ts';
import { decimal, textFile, written } from './tracing/array-file.ts';
import { eventsDirectory, setEventFile } from './tracing/events.ts';
import { traceFile, tracePipe, tracePipeRaw } from './tracing/pipes.ts';
import { README } from './tracing/readme.ts';

/** The longest write to trace_clock and trace_options: a buffer of 64 bytes with a NUL. */
const LONGEST_WORDS = 63;

const kb = (bytes: number): number => bytes >> 10;

/** The size of the buffers, in kB per CPU. Mirrors tracing_entries_read(). */
function sizeText(array: TraceArray): string {
  const sizes = new Set(array.buffers.map((_, cpu) => kb(array.bufferBytes(cpu))));
  if (sizes.size > 1) return 'X\n';
  return `${[...sizes][0] ?? 0}${array.isExpanded ? '' : ` (expanded: ${array.expandedKb})`}\n`;
}

/** Mirrors tracing_total_entries_read(). */
function totalSizeText(array: TraceArray): string {
  const total = array.buffers.reduce((sum, _, cpu) => sum + kb(array.bufferBytes(cpu)), 0);
  return `${total}${array.isExpanded ? '' : ` (expanded: ${array.expandedKb * CPUS})`}\n`;
}

function cpuDirectory(array: () => TraceArray, cpu: number): DirectoryNode {
  return directory({
    trace_pipe: tracePipe(array, cpu),
    trace: traceFile(array, cpu),
    trace_pipe_raw: tracePipeRaw(array, cpu),
    stats: textFile(array, () => statsText(array(), cpu)),
    buffer_size_kb: textFile(array, () => `${kb(array().bufferBytes(cpu))}\n`, decimal((size) => array().resize(size * 1024, cpu), { least: 1 })),
  });
}

/** Flags as files. Mirrors trace_options_core_write(). */
function optionsDirectory(array: () => TraceArray): DirectoryNode {
  return directory(Object.fromEntries([...array().options.keys()].map((name) => [name, textFile(
    array, () => `${array().option(name) ? 1 : 0}\n`, decimal((value) => array().setOption(value === 1 ? name : `no${name}`), { most: 1 }),
  )])));
}

/** What the main buffer and each instance have. */
function arrayFiles(kernel: Kernel, array: () => TraceArray): Record<string, TreeNode> {
  const { layouts } = kernel.tracing;
  const words = (store: (text: string) => number) => (data: Uint8Array): number => {
    return data.length > LONGEST_WORDS ? -ERRNO.EINVAL : store(written(data).trim()) || data.length;
  };
  return {
    available_tracers: textFile(array, () => 'nop\n'),
    current_tracer: textFile(array, () => 'nop\n', words((name) => (name === 'nop' ? 0 : -ERRNO.EINVAL))),
    tracing_cpumask: textFile(array, () => `${array().cpumask.toString(16)}\n`, words((text) => {
      const mask = /^[\da-f]{1,8}$/i.test(text) ? parseInt(text, 16) : undefined;
      if (mask === undefined) return -ERRNO.EINVAL;
      if (mask >= 2 ** CPUS) return -ERRNO.EOVERFLOW;
      array().cpumask = mask;
      return 0;
    })),
    trace_options: textFile(
      array, () => [...array().options].map(([name, set]) => `${set ? '' : 'no'}${name}\n`).join(''), words((text) => array().setOption(text)),
    ),
    trace: traceFile(array),
    trace_pipe: tracePipe(array),
    buffer_size_kb: textFile(array, () => sizeText(array()), decimal((size) => array().resize(size * 1024), { least: 1 })),
    buffer_total_size_kb: textFile(array, () => totalSizeText(array())),
    trace_clock: textFile(
      array, () => `${TRACE_CLOCKS.map((clock) => (clock === array().clock ? `[${clock.name}]` : clock.name)).join(' ')}\n`,
      words((name) => array().setClock(name)),
    ),
    timestamp_mode: textFile(array, () => '[delta] absolute\n'),
    options: optionsDirectory(array),
    per_cpu: directory(Object.fromEntries(Array.from({ length: CPUS }, (_, cpu) => [`cpu${cpu}`, cpuDirectory(array, cpu)]))),
    buffer_percent: textFile(array, () => `${array().percent}\n`, decimal((percent) => {
      array().percent = percent;
      return 0;
    }, { most: 100 })),
    tracing_on: textFile(array, () => `${array().isOn ? 1 : 0}\n`, decimal((value) => {
      array().isOn = value !== 0;
      return 0;
    })),
    events: eventsDirectory(array, layouts),
    set_event: setEventFile(array, layouts),
  };
}

/** The directory `instances`: mkdir(2) makes a buffer in it, rmdir(2) removes one. */
function instancesDirectory(kernel: Kernel): DirectoryNode {
  const { tracing } = kernel;
  const made = new WeakMap<TraceArray, DirectoryNode>();
  return {
    kind: 'directory',
    children: {
      get(name) {
        const instance = tracing.instances.get(name);
        if (instance === undefined) return undefined;
        const known = made.get(instance) ?? directory(arrayFiles(kernel, () => instance), { goes: true });
        made.set(instance, known);
        return known;
      },
      keys: () => tracing.instances.keys(),
    },
    mkdir: (name) => tracing.addInstance(name),
    rmdir: (name) => tracing.removeInstance(name),
  };
}

/** /sys/kernel/tracing: the events of the systems ras and mce, in the main buffer and in instances. Source: kernel/trace/trace.c. */
export function tracingDirectory(kernel: Kernel): DirectoryNode {
  const { tracing } = kernel;
  const main = (): TraceArray => tracing.main;
  return directory({
    README: textFile(main, () => README),
    saved_cmdlines: textFile(main, () => [...tracing.commands].map(([pid, comm]) => `${pid} ${comm}\n`).join('')),
    saved_cmdlines_size: textFile(main, () => `${SAVED_CMDLINES}\n`),
    available_events: textFile(main, () => tracing.layouts.map(({ name }) => `${name}\n`).join('')),
    instances: instancesDirectory(kernel),
    ...arrayFiles(kernel, main),
  }, { filesystem: 'tracefs', mode: 0o700, whole: true });
}
