import { errnoName } from '../abi/errno.ts';
import type { ProfileName } from '../kernel/profiles/names.ts';
import type { FailureStats } from '../kernel/memory-failure/failure-state.ts';
import type { FaultInForce } from '../vfs/faults.ts';
import type { ControlledMachine, ServedBy } from './controlled-machine.ts';

/** Sysctls that decide what comes of an error in memory, or tell what came of one. */
export const SHOWN_SYSCTLS = [
  'vm.panic_on_unrecoverable_memory_failure', 'vm.memory_failure_recovery', 'vm.memory_failure_early_kill', 'vm.enable_soft_offline',
  'kernel.panic', 'kernel.panic_on_oops', 'kernel.tainted',
] as const;

/** Whether a machine lives: running; dead until somebody reboots it; dead, and about to reboot in so many seconds. */
export type Life =
  | { readonly state: 'running' }
  | { readonly state: 'panicked'; readonly panic: string }
  | { readonly state: 'rebooting'; readonly panic: string; readonly rebootIn: number };

/** The value of an integer sysctl. */
export interface Setting {
  readonly name: string;
  readonly value: number;
}

/** The counters of memory_failure(), and HardwareCorrupted of /proc/meminfo, in kB. */
export interface Failures extends Readonly<FailureStats> {
  readonly hardwareCorrupted: number;
}

/** A command of the control file that was run: in which boot, how many seconds after it, and `ok` or the name of the errno. */
export interface CommandRun {
  readonly boot: number;
  readonly uptime: number;
  readonly command: string;
  readonly result: string;
}

/** What there is to know about a machine from outside. Times are seconds, in microseconds exactly. */
export interface MachineStatus {
  readonly profile: ProfileName;
  readonly release: string;
  /** RAM in bytes. */
  readonly memory: number;
  readonly seed: number;
  readonly life: Life;
  /** Since the boot, which is so manieth since the daemon started or was reset, from 1. */
  readonly uptime: number;
  readonly boot: number;
  /** Absent where nobody serves the machine's files, as in tests. */
  readonly served?: ServedBy;
  readonly sysctls: readonly Setting[];
  readonly failures: Failures;
  readonly faults: readonly FaultInForce[];
  /** Why the last batch that was refused was. */
  readonly refused?: string;
  /** The last commands, oldest first. */
  readonly commands: readonly CommandRun[];
}

/** The state a machine is in now. */
export function statusOf({ kernel, faults, history, served }: ControlledMachine): MachineStatus {
  kernel.tick();
  const { stats, poisonedPages } = kernel.failures;
  return {
    profile: kernel.profile.name, release: kernel.profile.release, memory: kernel.memoryBytes, seed: kernel.seed,
    life: lifeOf(kernel.death?.text, kernel.untilTick()), uptime: kernel.uptime() / 1e6, boot: kernel.boots,
    ...(served && { served: served() }),
    sysctls: SHOWN_SYSCTLS.map((name) => ({ name, value: kernel.int(name) })),
    failures: { ...stats, hardwareCorrupted: poisonedPages * 4 },
    faults: faults.inForce(),
    ...(history.lastError !== undefined && { refused: history.lastError }),
    commands: history.events.map(({ boot, usec, command, result }) => ({
      boot, uptime: usec / 1e6, command, result: result === 0 ? 'ok' : errnoName(result),
    })),
  };
}

function lifeOf(panic: string | undefined, untilReboot: number | undefined): Life {
  if (panic === undefined) return { state: 'running' };
  return untilReboot === undefined ? { state: 'panicked', panic } : { state: 'rebooting', panic, rebootIn: untilReboot / 1e6 };
}
