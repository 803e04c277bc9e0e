import { ERRNO } from '../abi/errno.ts';
import { LIMITS } from '../abi/limits.ts';
import { LOG_LEVEL, type LogLevel } from '../abi/log-level.ts';
import { NotReserved } from '../abi/not-reserved.ts';
import { bootBanner } from './boot-banner.ts';
import { type Caller, UNKNOWN_CALLER } from '../abi/caller.ts';
import type { Effect, PrintkRecord } from './effect.ts';
import { newFailureState } from './memory-failure/failure-state.ts';
import { HugetlbPool } from './memory/hugetlb-pool.ts';
import type { MachineLayout } from './memory/layout.ts';
import { MemoryBlocks } from './memory/memory-blocks.ts';
import { PhysicalMemory } from './memory/physical-memory.ts';
import { PrintkRingBuffer } from './printk/ring-buffer.ts';
import { newVmEventCounts } from './statistics/vm-events.ts';
import type { Profile } from './profiles/profile.ts';
import { hash, type Random, seededRandom } from './random.ts';
import { bootValues, setBootValues } from './sysctl/boot-values.ts';
import type { CtlTable, MachineSize, SysctlHost, SysctlValue } from './sysctl/ctl-table.ts';
import { type MachineParts, type NetInterface, PLAIN_PARTS } from './sysctl/machine-parts.ts';
import { machineSysctls } from './sysctl/machine-sysctls.ts';
import { OWN } from './sysctl/net/inheritance.ts';

/** What a machine is made of: fixed for its life, whatever happens in it. */
export interface KernelConfig {
  readonly profile: Profile;
  readonly layout: MachineLayout;
  readonly seed: number;
  /** What decides which sysctls it has; the interface lo alone where absent. */
  readonly parts?: MachineParts;
  /** Values set at every boot, until {@link Kernel.nextBoot} says others, by dotted name, and the boot parameters that set them. */
  readonly bootSettings?: ReadonlyMap<string, SysctlValue>;
  readonly bootParameters?: readonly string[];
  /** Microseconds on a clock that never goes back. The model has none of its own. */
  readonly clock: () => number;
  /**
   * Reserves space for `records` more records where they are written down, besides those in effects that were not taken: 0, or the negative errno for
   * which they might not find any. It may take the effects to find out, amid an operation. Absent: there is always space.
   */
  readonly reserve?: (records: number) => number;
}

/** What a boot is given on its command line: sysctls by dotted name, and the boot parameters that set them. */
export interface BootCommandLine {
  readonly settings: ReadonlyMap<string, SysctlValue>;
  readonly parameters: readonly string[];
}

/** Thrown by panic(), which does not return; caught where the kernel was entered. */
export class Panicked extends Error {}

/** How a machine died, and when it comes back. */
export interface Death {
  readonly text: string;
  /** On the machine's clock, µs. Absent: it stays dead. */
  readonly rebootAt?: number;
}

/** Share of RAM that is free to be allocated after boot, and that the page allocator manages at all: as recorded on 1 GiB. */
const FREE_SHARE = 927_416 / 1_048_576;
const MANAGED_SHARE = 983_492 / 1_048_576;

/** The sizes that boot values are computed from, in kB, of a machine with so many bytes of RAM. */
export function machineSize(memoryBytes: number): MachineSize {
  const ramKb = memoryBytes / 1024;
  return { totalRamKb: Math.floor(ramKb * MANAGED_SHARE), freeRamKb: Math.floor(ramKb * FREE_SHARE) };
}

/**
 * One emulated machine: what a kernel keeps between two system calls. What it is made of is for life, and a boot makes each part as new: whoever
 * has kept a part does not see one of another boot. Pure: it reads the clock it was given and asks for effects, which the
 * caller takes with {@link takeEffects} and performs.
 */
export class Kernel implements SysctlHost {
  readonly profile: Profile;
  readonly totalRamKb: number;
  readonly freeRamKb: number;
  readonly values = new Map<string, SysctlValue>();
  readonly memory: PhysicalMemory;
  readonly hugetlbPool = new HugetlbPool(this);
  readonly memoryBlocks: MemoryBlocks;
  /** What was written to files of sysfs that only keep it, by path. */
  readonly attributes = new Map<string, string>();
  readonly events = newVmEventCounts();
  /** The seed's numbers, one after the other: only `reset` begins them again. */
  readonly random: Random = { integer: (below) => this.drawn.integer(below) };
  /** The seed's numbers for programs that ask for some: a read of them leaves {@link random} alone. */
  readonly entropy: Random = { integer: (below) => this.drawnForPrograms.integer(below) };
  readonly failures = newFailureState();
  caller: Caller = UNKNOWN_CALLER;
  death: Death | undefined;
  boots = 0;
  /** Differs from one boot to the next, also where `reset` has begun to count the boots again: what is of another life is not of this machine. */
  life = 0;
  /** The log of this boot, as far as its buffer holds it. */
  readonly log = new PrintkRingBuffer();

  /** What the next boot is given; this one keeps what it was. */
  nextBoot: BootCommandLine;

  /** The network interfaces it has now. They are not the kernel's own: a reboot leaves them. */
  interfaces: readonly NetInterface[];
  /** Every file below /proc/sys. */
  sysctls: readonly CtlTable[];
  /** Another number each time that files of the tree come or go. */
  treeVersion = 0;

  private bootCommandLine: BootCommandLine;
  private readonly config: KernelConfig;
  private drawn: Random;
  private drawnForPrograms: Random;
  private effects: Effect[] = [];
  /** What is in the effects that were not taken yet: lines, and UTF-16 units of text in them. */
  private readonly unwritten = { records: 0, units: 0 };
  private waitedUsec = 0;
  private bootedAt: number;

  constructor(config: KernelConfig) {
    this.config = config;
    this.nextBoot = { settings: config.bootSettings ?? new Map(), parameters: config.bootParameters ?? [] };
    this.bootCommandLine = this.nextBoot;
    this.profile = config.profile;
    this.interfaces = this.parts.interfaces;
    this.sysctls = machineSysctls(this.profile, this.parts);
    const { totalRamKb, freeRamKb } = machineSize(config.layout.memoryBytes);
    this.totalRamKb = totalRamKb;
    this.freeRamKb = freeRamKb;
    this.drawn = seededRandom(config.seed);
    this.drawnForPrograms = seededRandom(hash(config.seed));
    this.memory = new PhysicalMemory(config.layout, (pages) => {
      this.failures.poisonedPages += pages;
    });
    this.memoryBlocks = new MemoryBlocks(this, config.layout);
    this.bootedAt = this.now();
    this.boot(this.bootedAt);
  }

  /** The machine's clock in µs: the one it was given, and what `wait` has added. */
  now(): number {
    return this.config.clock() + this.waitedUsec;
  }

  /** Microseconds since boot. */
  uptime(): number {
    return this.now() - this.bootedAt;
  }

  get layout(): MachineLayout {
    return this.config.layout;
  }

  /** RAM in bytes. */
  get memoryBytes(): number {
    return this.config.layout.memoryBytes;
  }

  get seed(): number {
    return this.config.seed;
  }

  private get parts(): MachineParts {
    return this.config.parts ?? PLAIN_PARTS;
  }

  /** The kernel modules that are loaded, in order. */
  get modules(): readonly string[] {
    return this.parts.modules;
  }

  /** Makes a network interface appear, with its files: it begins with what `default` holds. One of that name goes first. */
  addInterface(added: NetInterface): void {
    this.setInterfaces([...this.interfaces.filter(({ name }) => name !== added.name), added]);
    const rows = this.profile.interfaceSysctls(added);
    for (const { name } of rows) {
      this.values.delete(name);
      this.values.delete(`${name}${OWN}`);
    }
    setBootValues(this.values, rows, this);
    for (const { name, inherits } of rows) {
      if (inherits !== undefined && this.values.has(`${inherits}${OWN}`)) this.values.set(`${name}${OWN}`, [1n]);
    }
  }

  /** Makes a network interface go, with its files. */
  removeInterface(gone: string): void {
    this.setInterfaces(this.interfaces.filter(({ name }) => name !== gone));
  }

  private setInterfaces(interfaces: readonly NetInterface[]): void {
    this.interfaces = interfaces;
    this.sysctls = machineSysctls(this.profile, { ...this.parts, interfaces });
    this.treeVersion += 1;
  }

  /** The boot command line, as /proc/cmdline shows it. */
  get commandLine(): string {
    return ['console=ttyS0', ...this.bootCommandLine.parameters].join(' ');
  }

  /** The value of an integer sysctl by its dotted name; 0 for one this machine has not. */
  int(name: string): number {
    const value = this.values.get(name);
    return typeof value === 'object' ? Number(value[0] ?? 0n) : 0;
  }

  /** The level of a line that names none: the second number of kernel.printk. */
  get defaultMessageLevel(): LogLevel {
    const value = this.values.get('kernel.printk');
    const level = typeof value === 'object' ? Number(value[1]) : LOG_LEVEL.warn;
    return Math.min(LOG_LEVEL.debug, Math.max(LOG_LEVEL.emerg, level)) as LogLevel;
  }

  /**
   * Enters the kernel as a system call of `caller` does, and comes back with what `work` answers: -EIO on a dead machine, and from a call
   * that the machine did not survive. A reboot that has fallen due by now comes first.
   */
  enter<T>(caller: Caller | undefined, work: () => T): T | number {
    this.tick();
    if (this.death) return -ERRNO.EIO;
    this.caller = caller ?? UNKNOWN_CALLER;
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Panicked)) throw error;
      this.tick();
      return -ERRNO.EIO;
    } finally {
      this.memory.forgetUnchanged();
    }
  }

  /** {@link SysctlHost.resizeHugetlbPool}. */
  resizeHugetlbPool(wanted: bigint, had: bigint): bigint {
    return BigInt(this.hugetlbPool.resize(Number(wanted), Number(had)));
  }

  /** Lets what depends on time alone happen: the reboot after a panic. */
  tick(): void {
    if (this.death?.rebootAt !== undefined && this.now() >= this.death.rebootAt) this.boot(this.death.rebootAt);
  }

  /** Microseconds until {@link tick} has something to do; undefined when it never will by itself. */
  untilTick(): number | undefined {
    return this.death?.rebootAt === undefined ? undefined : Math.max(0, this.death.rebootAt - this.now());
  }

  /** Moves the clock on: 0, or a negative errno where it would come to its end. */
  wait(usec: number): number {
    const { most, errno } = LIMITS.clock;
    if (this.now() + usec > most) return -ERRNO[errno];
    this.waitedUsec += usec;
    this.tick();
    return 0;
  }

  /** Boots the machine, alive or dead: everything but the configuration and the clock is as new. */
  reboot(): void {
    this.boot(this.now());
  }

  /** Makes the machine as it was when it was new, but for the clock: also what the seed decides comes the same again. */
  reset(): void {
    this.drawn = seededRandom(this.config.seed);
    this.drawnForPrograms = seededRandom(hash(this.config.seed));
    this.boots = 0;
    this.boot(this.now());
  }

  /** printk(): adds a record to the log, cut at the length of text a record of the kernel's buffer has room for. */
  printk(level: LogLevel, text: string, unfinished?: 'unfinished'): void {
    const clockUsec = this.now();
    const fitting = text.length > SURELY_FITS ? cutText(text) : text;
    this.addRecord({ level, text: fitting, sequence: this.log.end, usec: clockUsec - this.bootedAt, clockUsec }, unfinished === undefined);
  }

  /** Adds a record that a process wrote. One that is not finished, for want of a newline, is in the buffer for readers when the next is added. */
  printkFromUser(line: Pick<PrintkRecord, 'level' | 'facility' | 'text' | 'bytes'>, finished: boolean): void {
    const clockUsec = this.now();
    this.addRecord({ ...line, sequence: this.log.end, usec: clockUsec - this.bootedAt, clockUsec }, finished);
  }

  /** Asks for something to be done outside. */
  emit(effect: Effect): void {
    this.effects.push(effect);
  }

  /** How much is printed in the effects that were not taken yet: records, and UTF-16 units of text in them. */
  get printed(): { readonly records: number; readonly units: number } {
    return this.unwritten;
  }

  /**
   * Reserves space for `records` more records, so that none gets lost. To be called before each step of what may print without end: a command
   * of a batch, an injection of many. @throws NotReserved
   */
  reserve(records: number): void {
    const refused = this.config.reserve?.(records) ?? 0;
    if (refused < 0) throw new NotReserved(refused);
  }

  /** What the world is to do, in order; each is handed out once. */
  takeEffects(): readonly Effect[] {
    if (this.effects.length === 0) return NOTHING;
    const effects = this.effects;
    this.effects = [];
    this.unwritten.records = 0;
    this.unwritten.units = 0;
    return effects;
  }

  private boot(at: number): void {
    this.death = undefined;
    this.bootCommandLine = this.nextBoot;
    this.bootedAt = at;
    this.log.boot();
    this.boots += 1;
    this.life += 1;
    this.memory.boot();
    this.memoryBlocks.boot();
    Object.assign(this.events, newVmEventCounts());
    this.attributes.clear();
    Object.assign(this.failures, newFailureState());
    // What the machine's description says is poisoned before anything happened.
    this.failures.poisonedPages = this.memory.poisonedBetween(0, Infinity);
    this.caller = UNKNOWN_CALLER;
    this.values.clear();
    for (const [name, value] of bootValues(this.sysctls, this)) this.values.set(name, value);
    this.values.set('kernel.osrelease', this.profile.release);
    this.values.set('kernel.version', this.profile.version);
    for (const [name, value] of this.bootCommandLine.settings) this.values.set(name, value);
    this.hugetlbPool.boot(this.bootCommandLine.settings.has('vm.nr_hugepages'));
    this.emit({ kind: 'boot' });
    for (const [level, text] of bootBanner(this.profile, this.commandLine)) {
      this.addRecord({ level, text, sequence: this.log.end, usec: 0, clockUsec: at });
    }
  }

  private addRecord(record: PrintkRecord, finished = true): void {
    this.log.add(record, finished);
    this.unwritten.records += 1;
    this.unwritten.units += record.text.length;
    this.effects.push({ kind: 'printk', record });
  }
}

/** Bytes of text in a record at most: measured on 7.3, PRINTKRB_RECORD_MAX less what ends it. */
const TEXT_BYTES = 1021;
/** A text of so many UTF-16 units has no more bytes than that in UTF-8. */
const SURELY_FITS = Math.floor(TEXT_BYTES / 3);

function cutText(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return bytes.length <= TEXT_BYTES ? text : new TextDecoder().decode(bytes.subarray(0, TEXT_BYTES)).replace(/\uFFFD$/, '');
}

const NOTHING: readonly Effect[] = [];
