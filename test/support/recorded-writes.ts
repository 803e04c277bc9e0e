import { errnoName } from '../../src/abi/errno.ts';
import { escapeKmsg } from '../../src/kernel/printk/extended-record.ts';
import type { CtlTable, SysctlValue } from '../../src/kernel/sysctl/ctl-table.ts';
import { LOOPBACK, type MachineParts } from '../../src/kernel/sysctl/machine-parts.ts';
import { withNeeded } from '../../src/kernel/sysctl/modules/names.ts';
import { sysctlRead, sysctlWrite } from '../../src/kernel/sysctl/sysctl-file.ts';
import { testMachine, type TestMachine } from './machine.ts';
import { kernelsWith, type RecordedKernel, recording } from './recording.ts';

/** A write of the recording, and what differed after it from before. */
export interface Write {
  readonly write: string;
  readonly at?: number;
  readonly ret: number | string;
  readonly value?: string;
  readonly changed?: Readonly<Record<string, string>>;
  readonly log?: readonly string[];
}

/** A file of the recording. */
export interface Row {
  readonly file: string;
  /** Absent: it is not compared. */
  readonly boot?: string;
  /** Nothing is restored after a write: the next one finds the values that the last one left. */
  readonly oneWay?: true;
  /** Another file to which these writes belong too. */
  readonly like?: string;
  readonly writes: readonly Write[];
}

/** The answer of a machine to a write. */
export interface WriteAnswer {
  readonly ret: number | string;
  /** The text of the file before and after it. Absent if nobody can read it. */
  readonly before: string | undefined;
  readonly value: string | undefined;
  /** Other files that differ from before. */
  readonly changed: Readonly<Record<string, string>>;
  readonly log: readonly string[];
}

/** A write, or a boot value, whose result differs from the recording. */
export interface Difference {
  readonly file: string;
  readonly write?: string;
  readonly at?: number;
  readonly wanted: unknown;
  readonly got: unknown;
}

/** Files whose boot value depends on the memory that is free at that time, or was set on the command line of the recorded machine. */
export const GIVEN_BOOT_VALUE: readonly string[] = [
  'fs/epoll/max_user_watches', 'fs/fanotify/max_user_marks', 'fs/file-max', 'fs/inotify/max_user_watches', 'kernel/panic', 'kernel/threads-max',
  'net/ipv4/inet_peer_threshold', 'net/ipv4/tcp_mem', 'net/ipv4/tcp_rmem', 'net/ipv4/udp_mem',
  'user/max_fanotify_marks', 'user/max_inotify_watches', 'vm/user_reserve_kbytes', 'vm/admin_reserve_kbytes',
  ...['binfmt_misc_interpreters', 'cgroup_namespaces', 'ipc_namespaces', 'mnt_namespaces', 'net_namespaces', 'pid_namespaces',
    'time_namespaces', 'user_namespaces', 'uts_namespaces'].map((limit) => `user/max_${limit}`),
];

/** Files that show the values of others. */
const SHOW_OTHERS = ['kernel/watchdog', 'kernel/soft_watchdog', 'kernel/panic_sys_info'];

/** A secret that the kernel drew by itself. */
const DRAWN = /^[0-9a-f]{4}(?::[0-9a-f]{4}){7}\n$/;

/**
 * The text of a file, without what differs from boot to boot. The recorder started programs all the time, and left out the value of
 * ns_last_pid.
 */
export function masked(path: string, text: string): string {
  if (path === 'kernel/ns_last_pid') return 'a pid\n';
  return path.endsWith('stable_secret') && DRAWN.test(text) ? 'a secret\n' : text;
}

/** What to compare. */
export interface Comparison {
  readonly profile: RecordedKernel;
  readonly rows: readonly Row[];
  readonly chosen: (path: string) => boolean;
  readonly parts: MachineParts;
}

/** The machine of the recording. The driver dummy made both interfaces, whatever their names. */
export const RECORDED_PARTS: MachineParts = {
  interfaces: [LOOPBACK, { name: 'dummy0', kind: 'no-arp' }, { name: 'eth0.100', kind: 'no-arp' }],
  modules: withNeeded(['nf_conntrack', 'br_netfilter', 'tcp_bbr', 'sch_fq']), without: [],
};
/** The task that wrote. */
export const RECORDER = { pid: 130, uid: 0, comm: 'sysctl-all' };
/**
 * The recorder checks the other files after this many writes that change a file's own value. For a file that changes others it checks them
 * after each write.
 */
const LOOKS = 3;

/** Of the files that answer on an older kernel as on 7.3, and of those that answer as another, one in this many is compared. On a mount, `npm run test:transports` compares all. */
const [EVERY, EVERY_LIKE] = [40, 4];
/** The effect of a write to one of these depends on the writes before it, so all writes are made. */
const ORDERED = /^net\/ipv[46]\/neigh\/default\/|^kernel\/(?:auto_msgmni|ftrace_enabled)$|\/(?:addr_gen_mode|stable_secret)$/;
/** Kernels whose files of /proc/sys were recorded: all of distributions. */
export const RECORDED_KERNELS = kernelsWith('proc-sys-files.KERNEL.txt');
export type { RecordedKernel };

type RecordedRow = Row & { readonly absent?: true };

function recorded(name: string): RecordedRow[] {
  return parsed(recording(name));
}

function parsed(text: string): RecordedRow[] {
  return text.trimEnd().split('\n').map((line) => JSON.parse(line) as RecordedRow);
}

/** Set on the command line of every recorded machine, and so the same on all. */
const SAME_ON_ALL = 'kernel/panic';
/** Logged without a newline, so it comes with the next line. */
const UNFINISHED_LINE = '<6>writing to auto_msgmni has no effect';
/** Where it comes on 6.12. On the recorded machine the next line was one of no write. */
const AFTER_UNFINISHED = { kernel: '6.12', file: 'kernel/perf_cpu_time_max_percent' } as const;

/** The answers of an older kernel to a row of 7.3 for which the recording has no other answers. Its boot value is not known. */
function likeOn(kernel: RecordedKernel, { boot, ...row }: Row): Row {
  const [first, ...others] = row.writes;
  const writes = kernel === AFTER_UNFINISHED.kernel && row.file === AFTER_UNFINISHED.file && first
    ? [{ ...first, log: [UNFINISHED_LINE, ...first.log ?? []] }, ...others] : row.writes;
  return { ...row, writes, ...(row.file === SAME_ON_ALL && boot !== undefined && { boot }) };
}

/**
 * The answers of a kernel to the writes of a recording of 7.3. The recording of another kernel has the files that answer differently, and
 * those that it lacks. The others answer as on 7.3. Of an older kernel these are a sample, unless all are wanted.
 */
export function recordedRowsOf(kernel: RecordedKernel, recordingName: string, which: 'sample' | 'all' = 'sample'): Row[] {
  const rows = recordedRows(`${recordingName}.7.3.jsonl`);
  if (kernel === '7.3') return rows;
  const name = `${recordingName}.${kernel}.jsonl`;
  const its = recorded(name).map(({ file }) => file);
  const chosen = (file: string, index: number, every: number): boolean => which === 'all' || index % every === 0 || ORDERED.test(file);
  const own = new Map(recordedRows(name).flatMap((row, index) => (row.like === undefined || chosen(row.file, index, EVERY_LIKE) ? [[row.file, row]] : [])));
  const sample = rows.filter(({ file }) => !its.includes(file)).filter(({ file }, index) => chosen(file, index, EVERY));
  const alike = new Map(sample.map((row) => [row.file, likeOn(kernel, row)]));
  // In the order of the recorder: as in that of 7.3, then files that 7.3 lacks, and at the end what cannot be restored.
  const inOrder = [
    ...rows.flatMap(({ file }) => own.get(file) ?? alike.get(file) ?? []), ...[...own.values()].filter(({ file }) => !rows.some((row) => row.file === file)),
  ];
  return [...inOrder].sort((a, b) => Number(a.oneWay ?? false) - Number(b.oneWay ?? false));
}

/** The rows of a recording of writes, in its order. */
export function recordedRows(name: string): Row[] {
  return rowsOf(recording(name));
}

/** The rows of a text of such a recording. A row with `like` has the writes of an earlier one. */
export function rowsOf(text: string): Row[] {
  const all = new Map<string, Row>();
  for (const { absent, ...row } of parsed(text)) {
    if (absent) continue;
    const other = row.like === undefined ? undefined : all.get(row.like);
    all.set(row.file, other ? { ...row, writes: other.writes, ...(other.oneWay && { oneWay: true as const }) } : row);
  }
  return [...all.values()];
}

/** For each write of a row, in order: whether the recorder compared the other files after it. */
export function looksOf({ writes }: Row): boolean[] {
  let looks = LOOKS;
  return writes.map(({ value, changed }) => {
    const looked = changed !== undefined || (value !== undefined && looks > 0);
    if (value !== undefined) looks -= 1;
    return looked;
  });
}

/** The kernel prints ten of these in five seconds, and the recorder wrote faster than that. A machine prints all. */
const RATE_LIMITED = /^<4>XFS: \w+ sysctl option is deprecated\.$/;

/** How an answer differs from the recorded one. Undefined if it does not. */
export function differenceOf(file: string, write: Write, looked: boolean, answer: WriteAnswer): Difference | undefined {
  const shown = (text: string | undefined): string | undefined => (text === undefined ? undefined : masked(file, text));
  const others = (changed: Readonly<Record<string, string>>): unknown =>
    Object.entries(changed).map(([path, text]) => [path, masked(path, text)]).sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
  const { ret, value, changed = {}, log = [] } = write;
  const logged = answer.log.filter((line) => log.includes(line) || !RATE_LIMITED.test(line));
  const wanted = {
    ret, value: answer.before === undefined ? undefined : shown(value ?? answer.before), changed: looked ? others(changed) : 'not looked at', log,
  };
  const got = { ret: answer.ret, value: shown(answer.value), changed: looked ? others(answer.changed) : 'not looked at', log: logged };
  if (JSON.stringify(got) === JSON.stringify(wanted)) return undefined;
  return { file, write: write.write, ...(write.at !== undefined && { at: write.at }), wanted, got };
}

/** A machine that is used as the recorder used it. */
class Driven {
  readonly byPath: ReadonlyMap<string, CtlTable>;
  readonly #machine: TestMachine;
  readonly #byName: ReadonlyMap<string, CtlTable>;
  readonly #showOthers: readonly CtlTable[];
  readonly #before = new Map<string, SysctlValue>();
  #shown = new Map<CtlTable, string>();
  #logged: number;

  constructor(profile: RecordedKernel, parts: MachineParts) {
    this.#machine = testMachine({ profile, parts });
    const { sysctls, log } = this.#kernel;
    this.byPath = new Map(sysctls.map((entry) => [entry.path, entry]));
    this.#byName = new Map(sysctls.map((entry) => [entry.name, entry]));
    this.#showOthers = sysctls.filter(({ path }) => SHOW_OTHERS.includes(path));
    this.#logged = log.end;
  }

  set(path: string, boot: string): void {
    const name = this.byPath.get(path)?.name;
    if (name !== undefined) this.#kernel.values.set(name, boot.trimEnd().split('\t').map(BigInt));
  }

  read(entry: CtlTable): string {
    const answer = sysctlRead(this.#kernel, entry, 0, 65_536);
    return typeof answer === 'number' ? errnoName(answer) : Buffer.from(answer).toString('latin1');
  }

  /** The text of the file. Undefined if nobody can read it. */
  value(entry: CtlTable): string | undefined {
    return (entry.mode & 0o400) === 0 ? undefined : this.read(entry);
  }

  write(entry: CtlTable, position: number, text: string): number | string {
    this.#kernel.caller = RECORDER;
    const answer = sysctlWrite(this.#kernel, entry, position, Buffer.from(text, 'latin1'));
    return answer < 0 ? errnoName(answer) : answer;
  }

  /** The lines that readers of the log have seen since the last call, each as `<LEVEL>TEXT`. */
  newLines(): string[] {
    const { log } = this.#kernel;
    const texts: string[] = [];
    for (; this.#logged < log.next; this.#logged += 1) {
      const record = log.from(this.#logged);
      if (record) texts.push(`<${record.level}>${escapeKmsg(record)}`);
    }
    this.#machine.lines();
    return texts;
  }

  /** Remembers the present values: differences are found by comparison with them. */
  remember(): void {
    for (const [name, value] of this.#kernel.values) if (this.#before.get(name) !== value) this.#before.set(name, value);
    this.#shown = new Map(this.#showOthers.map((entry) => [entry, this.read(entry)]));
  }

  /** The files whose value differs from the remembered one. */
  differing(): CtlTable[] {
    const differing = new Set(this.#showOthers.filter((entry) => this.read(entry) !== this.#shown.get(entry)));
    for (const [name, value] of this.#kernel.values) {
      const old = this.#before.get(name);
      if (value === old) continue;
      const entry = this.#byName.get(name);
      if (entry === undefined || (entry.mode & 0o400) === 0 || this.#showOthers.includes(entry)) continue;
      if (String(value) !== String(old)) differing.add(entry);
    }
    return [...differing];
  }

  /** As the recorder does it: all that differ are written back, and this is repeated, because one may set another. */
  putBack(differing: readonly CtlTable[]): void {
    const texts = new Map(differing.map((entry) => [entry, this.#shown.get(entry) ?? this.#rememberedText(entry)]));
    for (let pass = 0; pass < 2; pass += 1) {
      for (const entry of [...differing].sort((a, b) => (a.path < b.path ? -1 : 1))) {
        const text = texts.get(entry);
        if (text !== undefined) this.write(entry, 0, text);
      }
    }
  }

  get #kernel(): TestMachine['machine']['kernel'] {
    return this.#machine.machine.kernel;
  }

  #rememberedText(entry: CtlTable): string | undefined {
    const { values } = this.#kernel;
    const [now, old] = [values.get(entry.name), this.#before.get(entry.name)];
    if (old === undefined) return undefined;
    values.set(entry.name, old);
    const text = this.read(entry);
    if (now !== undefined) values.set(entry.name, now);
    return text;
  }
}

/** Makes every recorded write to the chosen files, in order. Returns how many there were, and those whose result differs. */
export function compareWrites({ profile, rows, chosen, parts }: Comparison): Compared {
  return compareRows(rows.filter(({ file }) => chosen(file)), parts, profile);
}

/** How many writes to how many files were compared, and those whose result differs. */
interface Compared {
  readonly count: number;
  readonly files: number;
  readonly wrong: readonly Difference[];
}

/** Makes the writes of these rows on a machine with such a kernel, in order. */
export function compareRows(rows: readonly Row[], parts: MachineParts, profile: RecordedKernel = '7.3'): Compared {
  const driven = new Driven(profile, parts);
  for (const { file, boot } of rows) if (boot !== undefined && GIVEN_BOOT_VALUE.includes(file)) driven.set(file, boot);
  const wrong: Difference[] = [];
  let count = 0;
  driven.remember();
  for (const row of rows) {
    const { file, boot, oneWay, writes } = row;
    const entry = driven.byPath.get(file);
    if (entry === undefined) {
      wrong.push({ file, wanted: 'a file', got: 'none' });
      continue;
    }
    const shown = driven.value(entry);
    if (shown !== undefined && boot !== undefined && masked(file, shown) !== masked(file, boot)) wrong.push({ file, wanted: boot, got: shown });
    const looks = looksOf(row);
    driven.newLines();
    for (const [index, write] of writes.entries()) {
      count += 1;
      const before = driven.value(entry);
      const ret = driven.write(entry, write.at ?? 0, write.write);
      const differing = driven.differing();
      const changed = Object.fromEntries(differing.filter((each) => each !== entry).map((each) => [each.path, driven.value(each) ?? '']));
      const answer = { ret, before, value: driven.value(entry), changed, log: driven.newLines() };
      const difference = differenceOf(file, write, looks[index] === true, answer);
      if (difference) wrong.push(difference);
      if (!oneWay) driven.putBack(differing);
      driven.newLines();
      driven.remember();
    }
  }
  return { count, files: rows.length, wrong };
}
