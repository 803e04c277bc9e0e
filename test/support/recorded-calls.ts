import { bytesOf } from './file-operations.ts';
import type { RecordedKernel } from './recorded-writes.ts';
import { kernelsWith, recording } from './recording.ts';

/**
 * A call and what Linux answered. Commands are those of sysseq.c, and three more: `try FILE HEX` is `set` and `changed` in one, `log` takes
 * the next line of the log, `rest` all that are left in it.
 */
export interface RecordedCall {
  readonly command: string;
  readonly answer: string;
}

/** Calls that belong together, such as what was done with one descriptor. */
export interface Sequence {
  readonly title: string;
  readonly calls: readonly RecordedCall[];
}

/** The calls of one run of one program. */
export interface Piece {
  /** The directory below the root of the tree that names are relative to. */
  readonly directory: string;
  /** Commands before all others, whose answers are not compared. */
  readonly before?: readonly string[];
  readonly sequences: readonly Sequence[];
}

export interface RecordedCalls {
  readonly name: string;
  /** How the recorded machine differed at boot from an unchanged one of this size: `NAME=VALUE`. */
  readonly boot: readonly string[];
  /**
   * Every piece leaves the values as they were, so several machines may share the pieces. Otherwise all belong to one machine, in order.
   */
  readonly apart: boolean;
  readonly pieces: readonly Piece[];
}

const VM = 'proc/sys/vm';

function linesOf(name: string): string[] {
  return recording(name).trimEnd().split('\n');
}

/** The answer in a line of sysseq.c, which has no name for EAGAIN. */
export function answerOf(line: string): string {
  return line.replace(/^.*? =>/, '').trim().replace(/^E11$/, 'EAGAIN');
}

/** Sequences of a script and its golden. Each begins at a comment. The golden repeats commands, but cuts them after 150 characters. */
function sequences(script: readonly string[], golden: readonly string[]): Sequence[] {
  const all: { title: string; calls: RecordedCall[] }[] = [];
  for (const [index, line] of golden.entries()) {
    if (line.startsWith('#')) all.push({ title: line.slice(2), calls: [] });
    else all.at(-1)?.calls.push({ command: script[index] ?? '', answer: answerOf(line) });
  }
  return all;
}

interface WrittenFile {
  readonly file: string;
  readonly mode: string | number;
  readonly default: string;
  readonly writes: readonly { write: string; ret: number | string; changed?: Readonly<Record<string, string>> }[];
}

const WRITTEN = linesOf('sysctl-writes.7.3.jsonl').map((line) => JSON.parse(line) as WrittenFile);

/** The names of the files of /proc/sys/vm, in the order of readdir(3). */
export const FILES_OF_VM: readonly string[] = WRITTEN.map(({ file }) => file);

/** 98 writes to each file of /proc/sys/vm, each on a machine at boot values. */
function sysctlWrites(): RecordedCalls {
  const changed = (values: Readonly<Record<string, string>>): string =>
    Object.entries(values).sort().map(([name, value]) => ` ${name}=${value.replaceAll(/[\t ]/g, ',')}`).join('');
  const pieces = WRITTEN.map(({ file, writes }) => ({
    directory: VM,
    sequences: writes.map(({ write, ret, changed: values = {} }) => ({
      title: `${file} ${JSON.stringify(write)}`,
      calls: [{ command: `try ${file} ${Buffer.from(write, 'latin1').toString('hex') || '-'}`, answer: `${ret}${changed(values)}` }],
    })),
  }));
  return { name: 'sysctl-writes', boot: [], apart: true, pieces };
}

/** Mode and boot value of each file of /proc/sys/vm. */
function sysctlBootValues(): RecordedCalls {
  const all = WRITTEN.map(({ file, mode, default: value }) => ({
    title: file,
    calls: [
      { command: `stat ${file}`, answer: `mode=100${mode} uid=0 gid=0 size=0 nlink=1` },
      { command: `cat ${file}`, answer: value === 'EACCES' ? value : `${value.length} ${Buffer.from(value, 'latin1').toString('hex')}`.trim() },
    ],
  }));
  return { name: 'sysctl-boot-values', boot: [], apart: true, pieces: [{ directory: VM, sequences: all }] };
}

/** The number of sequences of one run of sysseq: a few seconds of a mount. */
const SEQUENCES_APART = 50;

/** At the boots of these recordings, other memory was free. One value shows it. */
const RESERVED: Readonly<Partial<Record<RecordedKernel, number>>> = { '7.3': 29_940, '6.12': 30_314, '6.1': 30_123 };

/**
 * 1,500 random sequences of calls in /proc/sys/vm.
 */
function fileOps(kernel: RecordedKernel): RecordedCalls {
  const all = sequences(linesOf('file-ops.script.txt'), linesOf(`file-ops.${kernel}.txt`));
  const pieces = Array.from({ length: Math.ceil(all.length / SEQUENCES_APART) }, (_, n) => ({
    // The values that `changed` compares with. The recording calls it once, in the first sequence.
    directory: VM, before: ['snap'], sequences: all.slice(n * SEQUENCES_APART, (n + 1) * SEQUENCES_APART),
  }));
  return { name: 'file-ops', boot: [`vm.user_reserve_kbytes=${RESERVED[kernel] ?? 0}`], apart: true, pieces };
}

/** printk() keeps 1,021 bytes of a text with a level before it. The recording has the text as it was sent. */
const LONGEST_LINE = 1021;

/** A log line without what differs between two boots. */
export function comparableLogLine(line: string): string {
  return line.slice(0, LONGEST_LINE + '<4>'.length).replace(/\(\d+\)/, '(PID)');
}

/** The machine, and programs that write to it, change this file whenever a process starts. */
const OF_EVERY_PROCESS = 'kernel/ns_last_pid';

/** The text of bytes that the recording has as one character each. */
function ofBytes(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8');
}

/**
 * Numbers at the limits of their types and of the 21 characters, vectors that are refused half way, writes of a page and more, positions in
 * numbers and strings with kernel.sysctl_writes_strict at 1, 0 and -1, and the log lines of all that. `-more` has a file of each handler.
 * That machine was booted with panic=-1.
 */
function sysctlPositions(name: 'sysctl-positions' | 'sysctl-positions-more', kernel: RecordedKernel): RecordedCalls {
  const golden = linesOf(`${name}.${kernel}.txt`).map((line) =>
    line.startsWith('log ') ? `log => ${comparableLogLine(ofBytes(JSON.parse(line.slice('log '.length)) as string))}` : line,
  );
  // sysseq.c reads plain hexadecimal.
  const script = golden.map((line) => line.replace(/ => .*$/, '').replace(/\S*\*\S*$/, (repeated) => bytesOf(repeated).toString('hex')));
  const all = sequences(script, golden).filter(({ title }) => !title.endsWith(OF_EVERY_PROCESS))
    .map(({ title, calls }) => ({ title, calls: [...calls, { command: 'rest', answer: '' }] }));
  return { name, boot: ['kernel.panic=-1'], apart: false, pieces: [{ directory: 'proc/sys', sequences: all }] };
}

/** What the injection files accept and refuse, in sysfs and in debugfs, on one machine. */
function injectFiles(): RecordedCalls {
  const all = sequences(linesOf('inject-files.script.txt'), linesOf('inject-files.7.3.txt'));
  const sysfs = (sequence: Sequence): boolean => sequence.title.endsWith('_offline_page');
  return {
    name: 'inject-files',
    boot: [],
    apart: false,
    pieces: [
      { directory: 'sys/devices/system/memory', sequences: all.filter(sysfs) },
      { directory: 'sys/kernel/debug/hwpoison', sequences: all.filter((sequence) => !sysfs(sequence)) },
    ],
  };
}

/** The files of the machine's memory, in proc, sysfs and debugfs, of a kernel: what they show that is not of one boot, take, refuse. */
function machineFiles(kernel: RecordedKernel): RecordedCalls {
  const all = sequences(linesOf('machine-files.script.txt'), linesOf(`machine-files.${kernel}.txt`));
  return { name: 'machine-files', boot: [], apart: false, pieces: [{ directory: '', sequences: all }] };
}

/** The recordings of calls on files that were made of each kernel. */
export function recordedCallsOf(kernel: RecordedKernel): readonly RecordedCalls[] {
  const isThere = (name: string): boolean => kernelsWith(`${name}.KERNEL.txt`).includes(kernel);
  return [
    ...(isThere('file-ops') ? [fileOps(kernel)] : []),
    ...(['sysctl-positions', 'sysctl-positions-more'] as const).filter(isThere).map((name) => sysctlPositions(name, kernel)), machineFiles(kernel),
  ];
}

/** Every recording of calls on files, of Linux 7.3 with 1 GiB. */
export const RECORDED_CALLS: readonly RecordedCalls[] = [
  sysctlBootValues(), sysctlWrites(), injectFiles(), ...recordedCallsOf('7.3'),
];
