// Runs a command on a machine of its own. A thread (service.ts) serves the machine on a mount in namespaces of its own (namespace.ts), where
// the emulated files are at their real paths (mount-plan.ts). launcher.ts starts CMD there and reads how it ended. The folder may import what
// daemon may. Start with runCommand().
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { newServingWorker, ServingThread } from '../../fuse/dev-fuse/serving-thread-handle.ts';
import { TransportError } from '../../fuse/transport.ts';
import type { MachineServiceOptions } from '../machine-service.ts';
import { type Clocks, clocksNow } from './clocks.ts';
import { type Ending, hasDirectory, type Launch, type Launched, takeTerminalBack, unexecutable, waitForCommand } from './launcher.ts';
import { isOverlay, type MountRow, type MountTables, undone, writeTables } from './mount-plan.ts';
import { type Boot, Namespace } from './namespace.ts';
import { SCRATCH } from './namespace-scripts.ts';
import { clockOffsets, type Containment, containment, gainsCapabilities, idMaps, leftContainment } from './prepare.ts';
import { newRunState, RUN, type RunState } from './run-state.ts';
import type { BootState, ExecOrder, ExecServiceOptions } from './service.ts';
import { processGroups } from './signals.ts';
import type { Owner } from './user-namespace.ts';

/** The module from which the serving thread makes its service. */
const EXEC_SERVICE = new URL('service.js', import.meta.url).href;
/** How a shell numbers the end of init after reboot(2): LINUX_REBOOT_CMD_RESTART sends it SIGHUP, HALT and POWER_OFF send it SIGINT. */
const REBOOTED = { restart: 129, halt: 130 } as const;

/** How long the serving thread may take to end after its mount is gone, in milliseconds. */
const ENDS_WITHIN = 10_000;

export interface ExecOptions {
  readonly machine: Omit<MachineServiceOptions, 'logPath'> & { readonly logPath: string | undefined };
  /** An existing directory for the scratch filesystem, from scratchPlace(). */
  readonly scratch: string;
  /** CMD and its arguments. */
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  /** Descriptors from 3 on that CMD inherits. */
  readonly descriptors: readonly number[];
  /** Whether the machine has the network interfaces that CMD sees, also those that come and go. */
  readonly hostInterfaces: boolean;
  /** How often CMD may be run again after a reboot of the machine. */
  readonly reboots: number;
  readonly reportPath: string | undefined;
  /** Whether to print, at the end, which sysctls have changed. */
  readonly diff: boolean;
  /** The text that an expected panic must contain, if one is expected. */
  readonly expectedPanic: string | undefined;
  /** Whether CMD may change the host as far as this process may. */
  readonly privileged: boolean;
  /** The user of CMD, if this process is root in a user namespace of its own. */
  readonly owner: Owner | undefined;
  /** Receives a function that passes a signal on to CMD. */
  readonly onStart: (pass: (signal: NodeJS.Signals) => void) => void;
  /** Prints a line on standard error. */
  readonly complain: (line: string) => void;
}

/** The result of a run. */
export interface ExecResult {
  /** How CMD ended. Undefined if the machine panicked during its run. */
  readonly ending: Ending | undefined;
  readonly panics: number;
  /** Whether one of the panics printed the expected text. */
  readonly expected: boolean;
  /** Whether the wanted report could be written. */
  readonly reported: boolean;
}

/**
 * Runs a command on a machine of its own, until it and everything that it started have ended. Leaves nothing behind. @throws
 * TransportError, ServiceError
 */
export async function runCommand(options: ExecOptions): Promise<ExecResult> {
  // The parent may have ended before Linux was asked to end this process with it.
  if (options.owner !== undefined && options.owner.parent !== process.ppid) throw new TransportError('the exec that started this one has ended');
  const worker = newServingWorker(EXEC_SERVICE);
  const descriptor = openSync('/dev/fuse', 'r+');
  let namespace: Namespace | undefined;
  try {
    // Its name is in mount tables, which mount(8) searches for existing mounts.
    const source = `vmsysctld-${uniqueWord()}`;
    namespace = await Namespace.start({ descriptor, scratch: options.scratch, source });
    return await new Run(options, namespace, worker, descriptor).run();
  } finally {
    await namespace?.end();
    closeSync(descriptor);
  }
}

/** A word that no other exec uses. It need not be secret, and to load node:crypto takes a while. */
function uniqueWord(): string {
  return Math.floor(Math.random() * 2 ** 32).toString(16).padStart(8, '0');
}

class Run {
  readonly #options: ExecOptions;
  readonly #namespace: Namespace;
  readonly #thread: ServingThread;
  readonly #descriptor: number;
  readonly #outside: string;
  readonly #shownLogPath: string;
  readonly #state: RunState = newRunState();
  readonly #groups = processGroups();
  #containment: Containment;
  #tables: MountTables | undefined;
  /** When the machine boots first, once the namespaces of that boot are made; undefined for later boots. */
  #begun: Clocks | undefined;
  /** CMD, while it runs. */
  #command: number | undefined;
  readonly #pending: NodeJS.Signals[] = [];

  constructor(options: ExecOptions, namespace: Namespace, worker: ReturnType<typeof newServingWorker>, descriptor: number) {
    this.#options = options;
    this.#namespace = namespace;
    this.#descriptor = descriptor;
    this.#containment = containment(options.privileged);
    this.#outside = `/proc/${namespace.keeper}/root${options.scratch}`;
    const { machine, reportPath, scratch } = options;
    this.#shownLogPath = machine.logPath ?? join(scratch, SCRATCH.log);
    const data: ExecServiceOptions = {
      ...machine, logPath: machine.logPath ?? join(this.#outside, SCRATCH.log), shownLogPath: this.#shownLogPath, state: this.#state, command: options.command,
      outside: this.#outside, scratch, contained: !options.privileged, ownName: !options.privileged, hostInterfaces: options.hostInterfaces,
      expectedPanic: options.expectedPanic ?? '', diff: options.diff, ...(reportPath !== undefined && { reportPath }),
    };
    this.#thread = new ServingThread({
      source: { module: EXEC_SERVICE, data }, wakeName: '.wake', worker, onNews: (news) => { this.#tables ??= news as MountTables; },
    });
  }

  async run(): Promise<ExecResult> {
    Atomics.store(this.#state, RUN.rebootsLeft, this.#options.reboots);
    try {
      await this.#startAndBegin();
      this.#options.onStart((signal) => { this.#pass(signal); });
      const ending = await this.#runBoots();
      if (ending !== undefined && 'status' in ending) Atomics.store(this.#state, RUN.status, ending.status);
      if (ending !== undefined && 'killed' in ending) Atomics.store(this.#state, RUN.signal, ending.killed);
      await this.#namespace.end();
      await this.#thread.ended;
      return {
        ending, panics: Atomics.load(this.#state, RUN.panics), expected: Atomics.load(this.#state, RUN.expected) === 1,
        reported: this.#options.reportPath === undefined || Atomics.load(this.#state, RUN.reported) === 1,
      };
    } catch (error) {
      await this.#namespace.end();
      this.#thread.stop();
      // It reads the descriptor of /dev/fuse, which is closed next.
      await Promise.race([this.#thread.ended, delay(ENDS_WITHIN, undefined, { ref: false })]);
      throw error;
    }
  }

  /** Runs CMD, and again for each wanted boot. */
  async #runBoots(): Promise<Ending | undefined> {
    const state = this.#state;
    for (;;) {
      const panics = Atomics.load(state, RUN.panics);
      const init = await this.#boot();
      const ending = await this.#runCommand(init).catch((error: unknown) => {
        // A panic ends the namespaces at any time.
        if (Atomics.load(state, RUN.panics) > panics) return undefined;
        throw error;
      });
      const initEnding = await this.#namespace.endBoot();
      Atomics.store(state, RUN.init, 0);
      const rebooted = Object.entries(REBOOTED).find(([, status]) => status === initEnding)?.[0] as keyof typeof REBOOTED | undefined;
      if (rebooted !== undefined) await this.#order({ kind: 'reboot', halted: rebooted === 'halt' });
      // The panic may still be in progress. The thread answers when it has handled it.
      else await this.#order({ kind: 'settle' });
      const died = Atomics.load(state, RUN.panics) > panics;
      const boots = died ? Atomics.load(state, RUN.halted) === 0 : rebooted === 'restart';
      if (!boots || Atomics.load(state, RUN.rebootsLeft) === 0) {
        if (died) return undefined;
        return rebooted === undefined ? ending : { status: REBOOTED[rebooted] };
      }
      Atomics.sub(state, RUN.rebootsLeft, 1);
      Atomics.add(state, RUN.reboots, 1);
    }
  }

  async #order(order: ExecOrder): Promise<unknown> {
    return this.#thread.command(order);
  }

  /** Starts the machine. The namespaces of its first boot are made meanwhile. */
  async #startAndBegin(): Promise<void> {
    const clocks = clocksNow();
    const started = this.#thread.start(this.#descriptor, join(this.#outside, SCRATCH.tree)).then(() => this.#thread.serve());
    const begun = this.#begin(clocks);
    await Promise.allSettled([started, begun]);
    // The user can repair the reason why the machine cannot start, so this error comes first.
    await started;
    await begun;
    this.#begun = clocks;
  }

  /** Makes the namespaces of a boot of the machine at a time by the clocks of the host. @throws TransportError */
  async #begin(clocks: Clocks): Promise<void> {
    try {
      await this.#namespace.begin(this.#bootOptions(clocks));
    } catch (error) {
      if (this.#options.privileged || !(error instanceof TransportError)) throw error;
      const left = await leftContainment();
      if (left.namespaces.length === this.#containment.namespaces.length) throw error;
      this.#containment = left;
      for (const note of left.notes) this.#options.complain(`vmsysctld: ${note}`);
      await this.#namespace.begin(this.#bootOptions(clocks));
    }
  }

  #bootOptions(clocks: Clocks): Parameters<Namespace['begin']>[0] {
    const { namespaces } = this.#containment;
    const { owner } = this.#options;
    return {
      namespaces: [...namespaces, ...(namespaces.includes('--time') ? clockOffsets(clocks) : [])], ids: namespaces.includes('--user') ? idMaps(owner) : undefined,
      mayMount: owner === undefined && gainsCapabilities(),
    };
  }

  /** Boots in namespaces of its own, with the files in their places. Returns init of the pid namespace. */
  async #boot(): Promise<number> {
    const { owner, scratch, privileged } = this.#options;
    const { clocks, hostname } = await this.#order({ kind: 'begin', clocks: this.#begun }) as BootState;
    if (this.#begun === undefined) await this.#begin(clocks);
    this.#begun = undefined;
    let boot = await this.#namespace.place();
    let row = this.#undone(boot);
    if (row !== undefined && isOverlay(row) && this.#tables !== undefined) {
      // This kernel has no overlays: copies have many more mounts, but do as well.
      await this.#namespace.endBoot();
      this.#tables = writeTables(this.#tables.places, { outside: this.#outside, scratch, contained: !privileged, overlays: false });
      await this.#begin(clocks);
      boot = await this.#namespace.place();
      row = this.#undone(boot);
    }
    if (row !== undefined) {
      throw new TransportError(`${row.target} cannot be mounted (${row.options}) for CMD: ${boot.complaint.replace(/^mount: /, '') || 'mount(8) passed it over'}`);
    }
    await this.#namespace.open(boot.init, this.#containment.namespaces.includes('--uts') ? hostname : '');
    if (this.#namespace.unnamed && owner === undefined) this.#options.complain('vmsysctld: hostname(1) is missing, or may not set the name here: CMD sees the hostname of the host');
    Atomics.store(this.#state, RUN.init, boot.init);
    return boot.init;
  }

  /** What could not be mounted for a boot. */
  #undone({ table, mounts }: Boot): MountRow | undefined {
    const { scratch } = this.#options;
    const isNew = table === SCRATCH.fstab;
    const rows = (isNew ? this.#tables?.fstab : this.#tables?.sharedFstab) ?? [];
    const lasting = rows.filter(({ target }) => !target.startsWith(join(scratch, SCRATCH.graft)));
    return undone(lasting, mounts, join(scratch, SCRATCH.tree), isNew ? join(scratch, SCRATCH.proc) : undefined);
  }

  /** Starts CMD in a boot, and waits until it has ended. */
  async #runCommand(init: number): Promise<Ending> {
    const { command: [command, ...args], env, directory, descriptors, scratch } = this.#options;
    const launch: Launch = {
      command, args, directory, descriptors, init, namespaces: this.#containment.namespaces, dropCapabilities: this.#containment.dropCapabilities,
      gate: join(scratch, SCRATCH.tree, `gate-${uniqueWord()}`),
      env: {
        DEBUGFS_PATH: '/sys/kernel/debug', ...env, VMSYSCTLD_CONTROL: join(scratch, SCRATCH.tree, 'control'), VMSYSCTLD_LOG: this.#shownLogPath,
      },
    };
    const errno = unexecutable(launch);
    if (errno !== undefined) return { errno };
    if (!hasDirectory(launch)) throw new TransportError(`the working directory ${directory} is not there on the machine: change to another first`);
    try {
      const started = await this.#order({ kind: 'launch', launch }) as Launched;
      if (started === undefined) throw new TransportError('CMD was not started: its namespaces ended first');
      if ('errno' in started) return started;
      return await waitForCommand(started.pid, (pid) => {
        this.#command = pid;
        for (const signal of this.#pending.splice(0)) this.#pass(signal);
      });
    } finally {
      this.#command = undefined;
      const { own, foreground } = processGroups();
      if (this.#groups.foreground === this.#groups.own && foreground !== own && foreground !== -1) takeTerminalBack();
    }
  }

  /** Passes a signal on to CMD, as soon as CMD exists. */
  #pass(signal: NodeJS.Signals): void {
    if (this.#command === undefined) this.#pending.push(signal);
    else process.kill(this.#command, signal);
  }
}
