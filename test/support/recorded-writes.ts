import { errnoName } from '../../src/abi/errno.ts';
import { escapeKmsg } from '../../src/kernel/printk/extended-record.ts';
import type { ProfileName } from '../../src/kernel/profiles/names.ts';
import type { CtlTable, SysctlValue } from '../../src/kernel/sysctl/ctl-table.ts';
import { LOOPBACK, type MachineParts } from '../../src/kernel/sysctl/machine-parts.ts';
import { sysctlRead, sysctlWrite } from '../../src/kernel/sysctl/sysctl-file.ts';
import { testMachine, type TestMachine } from './machine.ts';
import { recording } from './recording.ts';

/** A write of the recording, and what differed after it from before. */
interface Write {
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
  /** Nothing is put back after a write: the next finds what the last left. */
  readonly oneWay?: true;
  readonly writes: readonly Write[];
}

/** A write, or a boot value, that came out otherwise than recorded. */
export interface Difference {
  readonly file: string;
  readonly write?: string;
  readonly at?: number;
  readonly wanted: unknown;
  readonly got: unknown;
}

/** What to compare, and how. */
export interface Comparison {
  readonly profile: ProfileName;
  readonly rows: readonly Row[];
  readonly chosen: (path: string) => boolean;
  /** Files whose boot value depends on how much memory happened to be free, or on the command line: they are given the recorded one. */
  readonly givenBootValue: readonly string[];
  /** Replaces what differs from machine to machine in what a file shows. */
  readonly masked?: (path: string, text: string) => string;
  /** Files that show the values of others. */
  readonly showOthers?: readonly string[];
}

/** The machine of the recording. Both interfaces were made by the driver dummy, whatever their names. */
export const RECORDED_PARTS: MachineParts = {
  interfaces: [LOOPBACK, { name: 'dummy0', kind: 'no-arp' }, { name: 'eth0.100', kind: 'no-arp' }],
  modules: ['nf_conntrack', 'br_netfilter', 'tcp_bbr', 'sch_fq'], without: [],
};
/** Who wrote. */
const RECORDER = { pid: 130, uid: 0, comm: 'sysctl-all' };
/**
 * The recorder checks the other files after this many writes that change a file's own value, and after each write of a file that changes
 * others.
 */
export const LOOKS = 3;

/** Of the files that answer on an older kernel as on 7.3, one of this number is compared: at 1, all were, and identical. */
const EVERY = 40;
/** What a write to one of these does depends on which of them were written before: all are made. */
const ORDERED = /^net\/ipv[46]\/neigh\/default\/|^kernel\/auto_msgmni$|\/(?:addr_gen_mode|stable_secret)$/;
/** Kernels whose writes were recorded. */
export const RECORDED_KERNELS = ['7.3', '6.12', '6.1'] as const;
export type RecordedKernel = (typeof RECORDED_KERNELS)[number];

function recorded(name: string): (Row & { readonly like?: string; readonly absent?: true })[] {
  return recording(name).trimEnd().split('\n').map((line) => JSON.parse(line) as Row & { readonly like?: string; readonly absent?: true });
}

/** The rows of a recording of writes, in its order. A row with `like` has the writes of an earlier one. */
export function recordedRows(name: string): Row[] {
  const all = new Map<string, Row>();
  for (const { like, absent, ...row } of recorded(name)) {
    if (absent) continue;
    const other = like === undefined ? undefined : all.get(like);
    all.set(row.file, other ? { ...row, writes: other.writes, ...(other.oneWay && { oneWay: true as const }) } : row);
  }
  return [...all.values()];
}

/**
 * What a kernel answered to the writes of a recording of 7.3. The recording of another kernel has the files that answer otherwise, and those that it
 * lacks; the others answer as on 7.3, and a sample of them is here.
 */
export function recordedRowsOf(kernel: RecordedKernel, recordingName: string): Row[] {
  const rows = recordedRows(`${recordingName}.7.3.jsonl`);
  if (kernel === '7.3') return rows;
  const name = `${recordingName}.${kernel}.jsonl`;
  const own = new Map(recordedRows(name).map((row) => [row.file, row]));
  const others = recorded(name).flatMap(({ file }) => (own.has(file) ? [] : [file]));
  const sample = rows.filter(({ file }) => !own.has(file) && !others.includes(file)).filter(({ file }, index) => index % EVERY === 0 || ORDERED.test(file));
  const alike = new Map(sample.map(({ boot: _, ...row }) => [row.file, row]));
  // In the order in which the recorder made them: by that of 7.3, then what 7.3 lacks, and at last what cannot be put back.
  const inOrder = [...rows.flatMap(({ file }) => own.get(file) ?? alike.get(file) ?? []), ...[...own.values()].filter(({ file }) => !rows.some((row) => row.file === file))];
  return [...inOrder].sort((a, b) => Number(a.oneWay ?? false) - Number(b.oneWay ?? false));
}

/** The machine as the recorder drives it. */
class Driven {
  readonly byPath: ReadonlyMap<string, CtlTable>;
  private readonly machine: TestMachine;
  private readonly byName: ReadonlyMap<string, CtlTable>;
  private readonly showOthers: readonly CtlTable[];
  private readonly masked: NonNullable<Comparison['masked']>;
  private readonly before = new Map<string, SysctlValue>();
  private shown = new Map<CtlTable, string>();
  private logged: number;

  constructor({ profile, masked = (_path, text) => text, showOthers = [] }: Comparison) {
    this.machine = testMachine({ profile, parts: RECORDED_PARTS });
    const { sysctls, log } = this.machine.machine.kernel;
    this.byPath = new Map(sysctls.map((entry) => [entry.path, entry]));
    this.byName = new Map(sysctls.map((entry) => [entry.name, entry]));
    this.showOthers = sysctls.filter(({ path }) => showOthers.includes(path));
    this.masked = masked;
    this.logged = log.end;
  }

  set(path: string, boot: string): void {
    const name = this.byPath.get(path)?.name;
    if (name !== undefined) this.machine.machine.kernel.values.set(name, boot.trimEnd().split('\t').map(BigInt));
  }

  read(entry: CtlTable): string {
    const answer = sysctlRead(this.kernel, entry, 0, 65_536);
    return typeof answer === 'number' ? errnoName(answer) : Buffer.from(answer).toString('latin1');
  }

  /** What the file shows, without what differs from machine to machine; undefined where nobody can read it. */
  value(entry: CtlTable): string | undefined {
    return (entry.mode & 0o400) === 0 ? undefined : this.masked(entry.path, this.read(entry));
  }

  write(entry: CtlTable, position: number, text: string): number | string {
    this.kernel.caller = RECORDER;
    const answer = sysctlWrite(this.kernel, entry, position, Buffer.from(text, 'latin1'));
    return answer < 0 ? errnoName(answer) : answer;
  }

  /** Lines that readers of the log have seen since the last call, each as `<LEVEL>TEXT`. */
  newLines(): string[] {
    const { log } = this.kernel;
    const texts: string[] = [];
    for (; this.logged < log.next; this.logged += 1) {
      const record = log.from(this.logged);
      if (record) texts.push(`<${record.level}>${escapeKmsg(record)}`);
    }
    this.machine.lines();
    return texts;
  }

  /** From here on, what differs is what differs from now. */
  remember(): void {
    for (const [name, value] of this.kernel.values) if (this.before.get(name) !== value) this.before.set(name, value);
    this.shown = new Map(this.showOthers.map((entry) => [entry, this.read(entry)]));
  }

  /** The files that show another value than remembered. */
  differing(): CtlTable[] {
    const differing = new Set(this.showOthers.filter((entry) => this.read(entry) !== this.shown.get(entry)));
    for (const [name, value] of this.kernel.values) {
      const old = this.before.get(name);
      const entry = this.byName.get(name);
      if (entry === undefined || (entry.mode & 0o400) === 0 || this.showOthers.includes(entry)) continue;
      if (value !== old && String(value) !== String(old)) differing.add(entry);
    }
    return [...differing];
  }

  /** As the recorder does: all that differ are written back, and again, for one may set another. */
  putBack(differing: readonly CtlTable[]): void {
    const texts = new Map(differing.map((entry) => [entry, this.shown.get(entry) ?? this.rememberedText(entry)]));
    for (let pass = 0; pass < 2; pass += 1) {
      for (const entry of [...differing].sort((a, b) => (a.path < b.path ? -1 : 1))) {
        const text = texts.get(entry);
        if (text !== undefined) this.write(entry, 0, text);
      }
    }
  }

  private get kernel(): TestMachine['machine']['kernel'] {
    return this.machine.machine.kernel;
  }

  private rememberedText(entry: CtlTable): string | undefined {
    const { values } = this.kernel;
    const [now, old] = [values.get(entry.name), this.before.get(entry.name)];
    if (old === undefined) return undefined;
    values.set(entry.name, old);
    const text = this.read(entry);
    if (now !== undefined) values.set(entry.name, now);
    return text;
  }
}

/** Makes every recorded write to the chosen files, in order: how many there were, and those that came out otherwise. */
export function compareWrites(comparison: Comparison): { readonly count: number; readonly files: number; readonly wrong: readonly Difference[] } {
  const { chosen, givenBootValue, masked = (_path, text) => text } = comparison;
  const driven = new Driven(comparison);
  const rows = comparison.rows.filter(({ file }) => chosen(file));
  for (const { file, boot } of rows) if (boot !== undefined && givenBootValue.includes(file)) driven.set(file, boot);
  const wrong: Difference[] = [];
  let count = 0;
  driven.remember();
  for (const { file, boot, oneWay, writes } of rows) {
    const entry = driven.byPath.get(file);
    if (entry === undefined) {
      wrong.push({ file, wanted: 'a file', got: 'none' });
      continue;
    }
    const shown = driven.value(entry);
    if (shown !== undefined && boot !== undefined && shown !== masked(file, boot)) wrong.push({ file, wanted: boot, got: shown });
    let looks = LOOKS;
    driven.newLines();
    for (const { write, at = 0, ret, value, changed, log = [] } of writes) {
      count += 1;
      const own = driven.value(entry);
      const answer = driven.write(entry, at, write);
      const differing = driven.differing();
      const others = sorted(Object.fromEntries(differing.filter((each) => each !== entry).map((each) => [each.path, driven.value(each) ?? ''])));
      const got = { ret: answer, value: driven.value(entry), changed: others, log: driven.newLines() };
      // Whether the recorder looked at the other files.
      const looked = changed !== undefined || (value !== undefined && looks > 0);
      if (value !== undefined) looks -= 1;
      const wanted = {
        ret,
        value: own === undefined ? undefined : value === undefined ? own : masked(file, value),
        changed: looked ? sorted(Object.fromEntries(Object.entries(changed ?? {}).map(([path, text]) => [path, masked(path, text)]))) : others,
        log: [...log],
      };
      if (JSON.stringify(got) !== JSON.stringify(wanted)) wrong.push({ file, write, at, wanted, got });
      if (!oneWay) driven.putBack(differing);
      driven.newLines();
      driven.remember();
    }
  }
  return { count, files: rows.length, wrong };
}

function sorted(texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1)));
}
