// The kernel model: one emulated machine between two system calls. It is pure: no I/O, no clock of its own, no randomness but the seed.
// The folder imports only abi/. Each subsystem is a folder, named as in Linux: memory/ (page frames), memory-failure/ (the handler), sysctl/
// (files of /proc/sys), panic/, printk/ and statistics/; profiles/ holds what differs from one emulated kernel to the next. Start at
// Kernel.enter(), through which every system call comes, and at Kernel.takeEffects(), by which its results leave.
import { ERRNO, NotReserved } from '../abi/errno.ts';
import { LIMITS } from '../abi/limits.ts';
import { LOG_LEVEL, type LogLevel } from '../abi/log-level.ts';
import { bootBanner } from './boot-banner.ts';
import { type Caller, UNKNOWN_CALLER } from '../abi/caller.ts';
import type { Effect, PrintkRecord } from './effect.ts';
import { newFailureState } from './memory-failure/failure-state.ts';
import { HugetlbPool } from './memory/hugetlb-pool.ts';
import type { MachineLayout } from './memory/layout.ts';
import { MemoryBlocks } from './memory/memory-blocks.ts';
import type { MemoryHost } from './memory/memory-host.ts';
import { PhysicalMemory } from './memory/physical-memory.ts';
import { textOfBytes } from './printk/text-of-bytes.ts';
import { PrintkRingBuffer } from './printk/ring-buffer.ts';
import { newVmEventCounts } from './statistics/vm-events.ts';
import type { Profile } from './profiles/profile.ts';
import { hash, type Random, seededRandom } from './random.ts';
import { newRasState, type RasState } from './ras/ras-state.ts';
import type { TraceEvent, TraceSink } from './ras/trace-event.ts';
import { bootValues } from './sysctl/boot-values.ts';
import { type CtlTable, latin1Bytes, type MachineSize, type SysctlHost, type SysctlValue } from './sysctl/ctl-table.ts';
import { MachineInterfaces } from './sysctl/machine-interfaces.ts';
import { type MachineParts, type NetInterface, PLAIN_PARTS } from './sysctl/machine-parts.ts';
import type { KernelSysctls } from './sysctl/kernel-sysctls.ts';
import { machineDirectories, moduleLines } from './sysctl/machine-sysctls.ts';
import type { LackedSysctl, ModelSysctl } from './sysctl/model-sysctls.ts';
import { Tracing } from './trace/tracing.ts';

/** What a machine is made of. It is fixed for the life of the machine. */
export interface KernelConfig {
  readonly profile: Profile;
  readonly layout: MachineLayout;
  readonly seed: number;
  /** Interfaces, modules and features: they decide which sysctls the machine has. Absent: the interface lo alone. */
  readonly parts?: MachineParts;
  /** Values set at every boot, by dotted name, and the boot parameters that set them. {@link Kernel.nextBoot} replaces both. */
  readonly bootSettings?: ReadonlyMap<string, SysctlValue>;
  readonly bootParameters?: readonly string[];
  /** Microseconds on a clock that never goes back. The model has no clock of its own. */
  readonly clock: () => number;
  /** The time of day, in µs since 1970, when that clock shows 0. Absent: 1970. */
  readonly epoch?: number;
  /**
   * Reserves space in the log for `records` more records, besides those in effects that are not yet taken. Returns 0, or a negative errno
   * if there may be no space. It may take the effects to find out, in the middle of an operation. Absent: there is always space.
   */
  readonly reserve?: (records: number) => number;
}

/** The command line of a boot: sysctls by dotted name, and the boot parameters that set them. */
export interface BootCommandLine {
  readonly settings: ReadonlyMap<string, SysctlValue>;
  readonly parameters: readonly string[];
}

/** Thrown by panic(), which does not return; caught where the kernel was entered. */
export class Panicked extends Error {}

/** How a machine died, and when it reboots. */
export interface Death {
  readonly text: string;
  /** On the machine's clock, µs. Absent: it stays dead. */
  readonly rebootAt?: number;
}

const GIB_KB = 1024 ** 2;

/** What boot values are computed from: of a machine with this kernel and this number of bytes of RAM. */
export function machineSize(profile: KernelSysctls, memoryBytes: number): MachineSize {
  const { managedOfGib, freeOfGib } = profile.bootMemory;
  const gib = memoryBytes / 1024 / GIB_KB;
  return { profile, totalRamKb: Math.floor(gib * managedOfGib), freeRamKb: Math.floor(gib * freeOfGib) };
}

/**
 * One emulated machine: the state of a kernel between two system calls. The configuration is fixed; a boot resets each part in place. Pure:
 * it reads the clock of its configuration and emits effects, which the caller takes with {@link takeEffects} and carries out.
 */
export class Kernel implements SysctlHost, MemoryHost {
  /** The kernel that is emulated. */
  readonly profile: Profile;
  /** RAM that the page allocator manages, in kB: `MemTotal` of /proc/meminfo with all memory online. */
  readonly totalRamKb: number;
  /** Free RAM at boot, in kB. */
  readonly freeRamKb: number;
  /**
   * The values of sysctls by dotted name. A key with `#` is not a file: it is a static variable of a handler (`NAME#warned`, `NAME#ended`), or
   * notes that an interface has a value of its own (`NAME#own`). A boot clears all of them.
   */
  readonly values = new Map<string, SysctlValue>();
  /** Every page frame. */
  readonly memory: PhysicalMemory;
  readonly hugetlbPool = new HugetlbPool(this);
  readonly memoryBlocks: MemoryBlocks;
  /** What was written to files of sysfs that only store it, by path. */
  readonly attributes = new Map<string, string>();
  /** Counters of /proc/vmstat since boot. */
  readonly events = newVmEventCounts();
  /** Random numbers from the seed, in one sequence. Only `reset` starts it again. */
  readonly random: Random = { integer: (below) => this.#drawn.integer(below) };
  /** Random numbers for programs that ask for some: reading them leaves {@link random} alone. */
  readonly entropy: Random = { integer: (below) => this.#drawnForPrograms.integer(below) };
  /** The state of mm/memory-failure.c. */
  readonly failures = newFailureState();
  /** The state of the drivers that report hardware errors. */
  readonly ras: RasState;
  /** The task whose system call runs now, or ran last. */
  caller: Caller = UNKNOWN_CALLER;
  /** How the machine died; undefined while it lives. */
  death: Death | undefined;
  /** Boots since the machine was made or reset, from 1. */
  boots = 0;
  /** Counts boots without end: `reset` does not set it back. State of another life does not belong to this machine. */
  life = 0;
  /** The buffer of the log of this boot. */
  readonly log = new PrintkRingBuffer();

  /** The buffers of tracefs. */
  readonly tracing: Tracing;
  /** What takes trace events: {@link tracing}. */
  traceSink: TraceSink = (event) => { this.tracing.record(event); };

  /** The command line of the next boot. This boot does not change. */
  nextBoot: BootCommandLine;

  /** The network interfaces, which may come and go, with their files. */
  readonly netInterfaces: MachineInterfaces;
  /** Directories below /proc/sys in which there are no files. */
  readonly sysctlDirectories: readonly string[];
  /** Grows each time that files of the tree appear or disappear. */
  treeVersion = 0;

  #bootCommandLine: BootCommandLine;
  readonly #config: KernelConfig;
  #drawn: Random;
  #drawnForPrograms: Random;
  #effects: Effect[] = [];
  /** In the effects that are not yet taken: records, and UTF-16 units of their text. */
  readonly #unwritten = { records: 0, units: 0 };
  #waitedUsec = 0;
  #bootedAt: number;

  constructor(config: KernelConfig) {
    this.#config = config;
    this.nextBoot = { settings: config.bootSettings ?? new Map(), parameters: config.bootParameters ?? [] };
    this.#bootCommandLine = this.nextBoot;
    this.profile = config.profile;
    this.sysctlDirectories = machineDirectories(this.#parts);
    const { totalRamKb, freeRamKb } = machineSize(this.profile, config.layout.memoryBytes);
    this.totalRamKb = totalRamKb;
    this.freeRamKb = freeRamKb;
    this.netInterfaces = new MachineInterfaces(this, this.#parts);
    this.#drawn = seededRandom(config.seed);
    this.#drawnForPrograms = seededRandom(hash(config.seed));
    this.memory = new PhysicalMemory(config.layout, (pages) => {
      this.failures.poisonedPages += pages;
    });
    this.memoryBlocks = new MemoryBlocks(this, config.layout);
    this.tracing = new Tracing(this);
    this.ras = this.#newRasState();
    this.#bootedAt = this.now();
    this.#boot(this.#bootedAt);
  }

  /** The clock of the machine in µs: that of the configuration, and what `wait` added. */
  now(): number {
    return this.#config.clock() + this.#waitedUsec;
  }

  /** Milliseconds since 1970 on the clock of the machine, as the dates of its log have it. */
  wallMs(): number {
    return ((this.#config.epoch ?? 0) + this.now()) / 1000;
  }

  /** Microseconds since boot. */
  uptime(): number {
    return this.now() - this.#bootedAt;
  }

  /** When it booted, in whole seconds since 1970: {@link uptime} before the time that programs see. Mirrors getboottime64() (kernel/time/timekeeping.c). */
  get bootTime(): number {
    return Math.floor(((this.#config.epoch ?? 0) + this.#config.clock() - this.uptime()) / 1e6);
  }

  get layout(): MachineLayout {
    return this.#config.layout;
  }

  /** RAM in bytes. */
  get memoryBytes(): number {
    return this.#config.layout.memoryBytes;
  }

  get seed(): number {
    return this.#config.seed;
  }

  get #parts(): MachineParts {
    return this.#config.parts ?? PLAIN_PARTS;
  }

  /** The kernel modules that are loaded, in order. */
  get modules(): readonly string[] {
    return this.#parts.modules;
  }

  /** The network interfaces of the machine now. */
  get interfaces(): readonly NetInterface[] {
    return this.netInterfaces.all;
  }

  /** Every file below /proc/sys: a new list whenever they change. */
  get sysctls(): readonly CtlTable[] {
    return this.netInterfaces.sysctls;
  }

  /** Whether interfaces come and go while the machine runs. If so, nobody may cache their directories. */
  get interfacesChange(): boolean {
    return this.#parts.interfacesChange === true;
  }

  /** The boot command line, as /proc/cmdline shows it. */
  get commandLine(): string {
    return ['console=ttyS0', ...this.#bootCommandLine.parameters].join(' ');
  }

  /** The value of an integer sysctl that the model reads, or its first number. @throws Error where this kernel has no such sysctl */
  int(name: ModelSysctl): number {
    const value = this.intIfAny(name);
    if (value === undefined) throw new Error(`this kernel has no integer sysctl ${name}`);
    return value;
  }

  /** The value of an integer sysctl that some kernels lack: undefined where this one does. */
  intIfAny(name: LackedSysctl | ModelSysctl): number | undefined {
    const value = this.values.get(name);
    return typeof value === 'object' ? Number(value[0] ?? 0n) : undefined;
  }

  /** The level of a line without a level of its own: the second number of kernel.printk. */
  get defaultMessageLevel(): LogLevel {
    const value = this.values.get('kernel.printk');
    const level = typeof value === 'object' ? Number(value[1]) : LOG_LEVEL.warn;
    return Math.min(LOG_LEVEL.debug, Math.max(LOG_LEVEL.emerg, level)) as LogLevel;
  }

  /**
   * Enters the kernel as a system call of `caller` does, and returns what `work` returns: -EIO on a dead machine, and from a call
   * that panics. A reboot that is due by now happens first.
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

  /** Does what depends on time alone: the reboot after a panic. */
  tick(): void {
    if (this.death?.rebootAt !== undefined && this.now() >= this.death.rebootAt) this.#boot(this.death.rebootAt);
  }

  /** Microseconds until {@link tick} has something to do; undefined if it never has. */
  untilTick(): number | undefined {
    return this.death?.rebootAt === undefined ? undefined : Math.max(0, this.death.rebootAt - this.now());
  }

  /** Moves the clock forward by `usec`: 0, or a negative errno if that is more than the clock can hold. */
  wait(usec: number): number {
    const { most, errno } = LIMITS.clock;
    if (this.now() + usec > most) return -ERRNO[errno];
    this.#waitedUsec += usec;
    this.tick();
    return 0;
  }

  /** Boots the machine, alive or dead: resets everything but the configuration and the clock. */
  reboot(): void {
    this.#boot(this.now());
  }

  /** Resets the machine, its random numbers too, but not its clock. */
  reset(): void {
    this.#drawn = seededRandom(this.#config.seed);
    this.#drawnForPrograms = seededRandom(hash(this.#config.seed));
    this.boots = 0;
    this.#boot(this.now());
  }

  /** printk(): adds a record to the log. The text is cut at the length that a record of the buffer can hold. */
  printk(level: LogLevel, text: string, unfinished?: 'unfinished'): void {
    const clockUsec = this.now();
    const fitting = text.length > SURELY_FITS ? cutText(text, this.#textBytes) : text;
    this.#addRecord({ level, text: fitting, sequence: this.log.end, usec: clockUsec - this.#bootedAt, clockUsec }, unfinished === undefined);
  }

  /** The longest text of printk(): what /dev/kmsg takes too, but for the level before it and a NUL. */
  get #textBytes(): number {
    return this.profile.devkmsg.longestWrite - LEVEL_BYTES - 1;
  }

  /** {@link SysctlHost.printkLatin1}. */
  printkLatin1(level: LogLevel, text: string): void {
    this.printkFromUser({ level, ...textOfBytes(latin1Bytes(text).subarray(0, this.#textBytes)) }, true);
  }

  /** Adds a record that a process wrote. If it is not finished, because it has no newline, readers see it when the next is added. */
  printkFromUser(line: Pick<PrintkRecord, 'level' | 'facility' | 'text' | 'bytes'>, finished: boolean): void {
    const clockUsec = this.now();
    this.#addRecord({ ...line, sequence: this.log.end, usec: clockUsec - this.#bootedAt, clockUsec }, finished);
  }

  /** Passes a hit of a tracepoint to {@link traceSink}. */
  trace(event: TraceEvent): void {
    this.traceSink(event);
  }

  /** Emits an effect. */
  emit(effect: Effect): void {
    this.#effects.push(effect);
  }

  /** How much the effects print that are not yet taken: records, and UTF-16 units of their text. */
  get printed(): { readonly records: number; readonly units: number } {
    return this.#unwritten;
  }

  /**
   * Reserves space for `records` more records, so that none gets lost. Call it before each step of an operation that can print much: a
   * command of a batch, one injection of many. @throws NotReserved
   */
  reserve(records: number): void {
    const refused = this.#config.reserve?.(records) ?? 0;
    if (refused < 0) throw new NotReserved(refused);
  }

  /** The effects since the last call, in order. */
  takeEffects(): readonly Effect[] {
    if (this.#effects.length === 0) return NOTHING;
    const effects = this.#effects;
    this.#effects = [];
    this.#unwritten.records = 0;
    this.#unwritten.units = 0;
    return effects;
  }

  #boot(at: number): void {
    this.death = undefined;
    this.#bootCommandLine = this.nextBoot;
    this.#bootedAt = at;
    this.log.boot();
    this.boots += 1;
    this.life += 1;
    this.memory.boot();
    this.memoryBlocks.boot();
    this.tracing.boot();
    Object.assign(this.events, newVmEventCounts());
    this.attributes.clear();
    Object.assign(this.failures, newFailureState());
    Object.assign(this.ras, this.#newRasState());
    // Pages that the description of the machine makes poisoned from the start.
    this.failures.poisonedPages = this.memory.poisonedBetween(0, Infinity);
    this.caller = UNKNOWN_CALLER;
    this.values.clear();
    for (const [name, value] of bootValues(this.sysctls, this)) this.values.set(name, value);
    for (const [name, value] of this.#bootCommandLine.settings) this.values.set(name, value);
    this.hugetlbPool.boot(this.#bootCommandLine.settings.has('vm.nr_hugepages'));
    this.emit({ kind: 'boot' });
    const loaded = moduleLines(this.modules);
    for (const [level, text] of [...bootBanner(this.profile, this.commandLine), ...loaded]) {
      this.#addRecord({ level, text, sequence: this.log.end, usec: 0, clockUsec: at });
    }
  }

  #newRasState(): RasState {
    return newRasState(this.layout.dimms.map(({ label }) => label), this.profile.ras.mceLogLimited);
  }

  #addRecord(record: PrintkRecord, finished = true): void {
    this.log.add(record, finished);
    this.#unwritten.records += 1;
    this.#unwritten.units += record.text.length;
    this.#effects.push({ kind: 'printk', record });
  }
}

/** Bytes of a level before a text of printk(): KERN_SOH and a digit. */
const LEVEL_BYTES = 2;
/** A text of at most this number of UTF-16 units fits into a record of any kernel. */
const SURELY_FITS = 300;

function cutText(text: string, most: number): string {
  const bytes = new TextEncoder().encode(text);
  return bytes.length <= most ? text : new TextDecoder().decode(bytes.subarray(0, most)).replace(/\uFFFD$/, '');
}

const NOTHING: readonly Effect[] = [];
