import { closeSync, ftruncateSync, openSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { errnoName, negativeErrno } from '../../abi/errno.ts';
import { type Service, ServiceError, type ServiceHost } from '../../fuse/service.ts';
import type { Effect } from '../../kernel/effect.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { emulatedPlaces } from '../../machine/places.ts';
import type { DirectoryNode } from '../../vfs/node.ts';
import { type MachineServiceOptions, serveMachine } from '../machine-service.ts';
import { operationalLog } from '../operational-log.ts';
import { foreignAt } from '../trusted-path.ts';
import { alignClock, type Clocks } from './clocks.ts';
import { following } from './following.ts';
import { type Launch, launch } from './launcher.ts';
import { type MountTables, writeTables } from './mount-plan.ts';
import { killNamespace, panicRecords, printRecords, writeToStderr } from './panic.ts';
import { diffLines, type SysctlValues } from './diff.ts';
import { Recorder } from './recorder.ts';
import type { ExecReport } from './report.ts';
import { RUN, type RunState } from './run-state.ts';
import { signalName } from './signals.ts';

/** A machine on which a command runs. */
export interface ExecServiceOptions extends MachineServiceOptions {
  readonly state: RunState;
  readonly command: readonly string[];
  /** Absolute. */
  readonly reportPath?: string;
  /** Whether to print, at the end, which sysctls have changed. */
  readonly diff: boolean;
  /** The scratch filesystem, as this process sees it and as the namespace does. */
  readonly outside: string;
  readonly scratch: string;
  /** The text that an expected panic must contain. The empty text is in every panic. */
  readonly expectedPanic: string;
  /** Whether CMD's writes to files of the kernel must not reach the host. */
  readonly contained: boolean;
  /** Whether CMD has the hostname of the machine instead of the host's. */
  readonly ownName: boolean;
  /** Whether the machine has the network interfaces that CMD sees. */
  readonly hostInterfaces: boolean;
}

/** An order of the main thread. */
export type ExecOrder =
  /** Answers when everything begun before is done. */
  | { readonly kind: 'settle' }
  /** A boot begins: at this time by the clocks of the host, or else now. Answers BootState. */
  | { readonly kind: 'begin'; readonly clocks: Clocks | undefined }
  /** Starts CMD: answers as launch() does. */
  | { readonly kind: 'launch'; readonly launch: Launch }
  /** CMD called reboot(2): the machine boots again, unless it was switched off. */
  | { readonly kind: 'reboot'; readonly halted: boolean };

/** The machine at the beginning of a boot. */
export interface BootState {
  readonly clocks: Clocks;
  readonly hostname: string;
}

/** kernel.hostname until it is set: UTS_NODENAME of include/linux/uts.h. */
const UNNAMED = '(none)';

/** Opens the report, so that an unwritable one is refused before anything runs. */
function openReport(path: string): number {
  try {
    const foreign = foreignAt(path);
    if (foreign === undefined) return openSync(path, 'w', 0o644);
    throw new ServiceError(`the report ${path} is not written: another user has put ${foreign.path} where everybody may write; name another with --report FILE`);
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    throw new ServiceError(`the report ${path} cannot be written (${errnoName(negativeErrno(error))}): name another with --report FILE`);
  }
}

function mountTables(root: DirectoryNode, options: ExecServiceOptions): MountTables {
  try {
    return writeTables(emulatedPlaces(root), { ...options, overlays: true });
  } catch (error) {
    const errno = errnoName(negativeErrno(error));
    throw new ServiceError(errno === 'EFBIG' ? 'no file may grow here (EFBIG): raise the limit, ulimit -f unlimited' : `the mounts cannot be planned (${errno})`);
  }
}

/**
 * A machine whose panic ends everything that runs on it: the process that caused it gets no answer that it could use. If it is to reboot,
 * it does so at once: its clock is advanced by the seconds of kernel.panic.
 */
export function startService(data: unknown, host: ServiceHost): Service {
  const options = data as ExecServiceOptions;
  const { state, reportPath } = options;
  const report = reportPath === undefined ? undefined : openReport(reportPath);
  const recorder = new Recorder();
  const log = operationalLog(options.verbose, 'error');

  function die(kernel: Kernel, effects: readonly Effect[]): void {
    // First, because the main thread may see the end of CMD before the rest is done. Then it asks this thread for the machine's state.
    Atomics.add(state, RUN.panics, 1);
    const init = Atomics.load(state, RUN.init);
    if (init !== 0 && !killNamespace(init)) log.error({ init }, 'some processes of the machine may not have been killed');
    const records = panicRecords(effects);
    if (records.some(({ text }) => text.includes(options.expectedPanic))) Atomics.store(state, RUN.expected, 1);
    printRecords(records);
    if (kernel.death !== undefined && kernel.death.rebootAt === undefined) Atomics.store(state, RUN.halted, 1);
    // No process is left that waits for it.
    const wait = kernel.untilTick();
    if (wait !== undefined && Atomics.load(state, RUN.rebootsLeft) > 0) kernel.wait(wait);
  }

  const { service, kernel, root } = serveMachine(options, host, log, (machine, effects) => {
    recorder.observe(machine, effects);
    if (effects.some(({ kind }) => kind === 'panic')) die(machine, effects);
  });

  const tables = mountTables(root, options);
  if (tables.unplaceable.length > 0) writeToStderr(`vmsysctld: this machine has no ${tables.unplaceable.join(', ')} in whose place the emulated one could stand\n`);
  host.tell(tables);

  /** The values of sysctls when CMD was first started. */
  let before: SysctlValues | undefined;

  function order(command: ExecOrder): unknown {
    switch (command.kind) {
      case 'settle':
        return undefined;
      case 'begin': {
        // Until the machine gets a name, it has the name of the host.
        if (options.ownName && kernel.values.get('kernel.hostname') === UNNAMED) kernel.values.set('kernel.hostname', hostname());
        const clocks = alignClock(kernel, command.clocks);
        service.wake();
        return { clocks, hostname: String(kernel.values.get('kernel.hostname')) } satisfies BootState;
      }
      case 'launch':
        before ??= new Map(kernel.values);
        return launch(command.launch);
      case 'reboot':
        recorder.rebooted(kernel, command.halted);
        if (!command.halted) kernel.reboot();
        service.wake();
        return undefined;
    }
  }

  const watched = recorder.watch(service.filesystem, kernel);
  return {
    ...service,
    filesystem: following(watched, kernel, { init: () => Atomics.load(state, RUN.init), ownNames: options.ownName, hostInterfaces: options.hostInterfaces }),
    command: (command) => order(command as ExecOrder),
    close() {
      service.close();
      if (options.diff && before !== undefined) writeToStderr(diffLines(before, kernel.values, recorder.sysctls, recorder.refusedOpens).map((line) => `${line}\n`).join(''));
      if (report === undefined) return;
      const status = Atomics.load(state, RUN.status);
      const signal = Atomics.load(state, RUN.signal);
      const text: ExecReport = {
        profile: options.profile, seed: options.seed, command: options.command, runs: Atomics.load(state, RUN.reboots) + 1,
        sysctls: recorder.sysctls, injections: recorder.injections, panics: recorder.panics, reboots: recorder.reboots,
        status: status < 0 ? null : status, signal: signal < 0 ? null : signalName(signal),
      };
      try {
        ftruncateSync(report);
        writeFileSync(report, `${JSON.stringify(text, undefined, 2)}\n`);
        closeSync(report);
        Atomics.store(state, RUN.reported, 1);
      } catch (error) {
        writeToStderr(`vmsysctld: the report ${reportPath} could not be written: ${(error as Error).message}\n`);
      }
    },
  };
}
