import { errnoName } from '../abi/errno.ts';
import { printableJson } from '../abi/printable.ts';
import type { FailureStats } from '../kernel/memory-failure/failure-state.ts';
import type { ProfileName } from '../kernel/profiles/names.ts';
import type { LackedSysctl, ModelSysctl } from '../kernel/sysctl/model-sysctls.ts';
import { type FileNode, shownFile } from '../vfs/node.ts';
import type { ControlledMachine } from './controlled-machine.ts';

/** Sysctls that decide what a memory error does, or that show what it did. */
export const SHOWN_SYSCTLS = [
  'vm.panic_on_unrecoverable_memory_failure', 'vm.memory_failure_recovery', 'vm.memory_failure_early_kill', 'vm.enable_soft_offline',
  'kernel.panic', 'kernel.panic_on_oops', 'kernel.tainted',
] as const satisfies readonly (ModelSysctl | LackedSysctl)[];

/** A command that was run: in which boot, how many seconds after the boot, and `ok` or the name of the errno. */
export interface CommandRun {
  readonly boot: number;
  readonly uptime: number;
  readonly command: string;
  readonly result: string;
}

/**
 * The state of a machine, as `status.json` and `vmsysctld status --json` show it. Keys keep their meaning; new ones may be added. Times are in
 * seconds, exact to the microsecond. What does not apply is null.
 */
export interface MachineStatus {
  /** `running`; `panicked`: dead until somebody reboots it; `rebooting`: dead, and it will reboot by itself. */
  readonly state: 'running' | 'panicked' | 'rebooting';
  /** The text of the panic. */
  readonly panic: string | null;
  /** Seconds until it reboots. */
  readonly reboot_in: number | null;
  readonly profile: ProfileName;
  readonly release: string;
  /** RAM in bytes. */
  readonly memory: number;
  readonly seed: number;
  /** Seconds since this boot. */
  readonly uptime: number;
  /** Boots since the daemon started or was reset, from 1. */
  readonly boot: number;
  /** The daemon: its process id, transport, subtree and log. Null if no process serves the machine's files, as in tests. */
  readonly pid: number | null;
  readonly transport: string | null;
  readonly subtree: string | null;
  readonly log: string | null;
  readonly log_format: string | null;
  /** Null: this kernel has no such file. */
  readonly sysctls: Readonly<Record<string, number | null>>;
  /** The counters of memory_failure(). */
  readonly memory_failures: Readonly<FailureStats>;
  /** HardwareCorrupted of /proc/meminfo. */
  readonly hardware_corrupted_kb: number;
  /** The faults of files, and how many more times each occurs. Null: until reset. */
  readonly faults: readonly { readonly rule: string; readonly left: number | null }[];
  /** Why the last refused batch was refused. */
  readonly refused: string | null;
  /** The last commands, oldest first. */
  readonly commands: readonly CommandRun[];
}

/** The state a machine is in now. */
export function statusOf({ kernel, faults, commandLog, served }: ControlledMachine): MachineStatus {
  kernel.tick();
  const { stats, poisonedPages } = kernel.failures;
  const daemon = served?.();
  return {
    ...lifeOf(kernel.death?.text, kernel.untilTick()),
    profile: kernel.profile.name, release: kernel.profile.release, memory: kernel.memoryBytes, seed: kernel.seed,
    uptime: kernel.uptime() / 1e6, boot: kernel.boots,
    pid: daemon?.pid ?? null, transport: daemon?.transport ?? null, subtree: daemon?.subtree ?? null,
    log: daemon?.logPath ?? null, log_format: daemon?.logFormat ?? null,
    sysctls: Object.fromEntries(SHOWN_SYSCTLS.map((name) => [name, kernel.intIfAny(name) ?? null])),
    memory_failures: { ...stats }, hardware_corrupted_kb: poisonedPages * 4,
    faults: faults.inForce().map(({ rule, left }) => ({ rule, left: left ?? null })),
    refused: commandLog.lastError ?? null,
    commands: commandLog.commands.map(({ boot, usec, command, result }) => ({
      boot, uptime: usec / 1e6, command, result: result === 0 ? 'ok' : errnoName(result),
    })),
  };
}

function lifeOf(panic: string | undefined, untilReboot: number | undefined): Pick<MachineStatus, 'state' | 'panic' | 'reboot_in'> {
  if (panic === undefined) return { state: 'running', panic: null, reboot_in: null };
  return untilReboot === undefined ? { state: 'panicked', panic, reboot_in: null } : { state: 'rebooting', panic, reboot_in: untilReboot / 1e6 };
}

/** `status.json`: the state as one JSON object. It is outside the machine, so it works on a dead one too. */
export function statusFile(machine: ControlledMachine): FileNode {
  return { ...shownFile(() => `${printableJson(JSON.stringify(statusOf(machine), undefined, 2))}\n`, 0), mode: 0o400, outside: true };
}
