import { errnoName } from '../abi/errno.ts';
import { type Service, ServiceError, type ServiceHost } from '../fuse/service.ts';
import type { Effect, PrintkRecord } from '../kernel/effect.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { MachineDescription } from '../kernel/memory/layout.ts';
import { LOG_FORMATS, type LogFormatName } from '../kernel/printk/log-format.ts';
import type { ProfileName } from '../kernel/profiles/names.ts';
import type { SysctlValue } from '../kernel/sysctl/ctl-table.ts';
import type { MachineParts } from '../kernel/sysctl/machine-parts.ts';
import { type AssembledMachine, assembleMachine, type AssemblyOptions, NoSuchSubtree } from '../machine/assemble-machine.ts';
import type { ServedBy } from '../control/controlled-machine.ts';
import type { DirectoryNode } from '../vfs/node.ts';
import { Admission } from './log/admission.ts';
import { openLog } from './log/log.ts';
import { type OperationalLog, operationalLevel, operationalLog } from './operational-log.ts';
import { EffectPerformer, logNews } from './perform-effects.ts';
import { servedFiles } from './served-files.ts';

/** The options of a machine and its log. Only data, because they go to another thread. */
export interface MachineServiceOptions {
  readonly profile: ProfileName;
  readonly memory: MachineDescription;
  readonly seed: number;
  readonly parts: MachineParts;
  readonly bootSettings: ReadonlyMap<string, SysctlValue>;
  readonly bootParameters: readonly string[];
  readonly subtree?: string;
  /** Absolute. */
  readonly logPath: string;
  /** The path of the same file as users of the mount see it, if it differs. */
  readonly shownLogPath?: string;
  readonly logFormat: LogFormatName;
  readonly verbose: boolean;
}

/** The options of a machine that can change while it runs. They are an order to its service. */
export type ChangeableOptions = Pick<MachineServiceOptions, 'logPath' | 'logFormat' | 'verbose' | 'bootSettings' | 'bootParameters'>;

/** The news that the service of a machine sends to the main thread, at each boot and each panic. */
export interface MachineNews {
  readonly profile: ProfileName;
  readonly memoryBytes: number;
  /** The text of the panic, while the machine is dead. */
  readonly panic?: string;
}

/** Boots a machine, with its log, for a transport to serve. Its options are MachineServiceOptions; its news are MachineNews. */
export function startService(data: unknown, host: ServiceHost): Service {
  const options = data as MachineServiceOptions;
  return serveMachine(options, host, operationalLog(options.verbose), (kernel, effects) => {
    if (!effects.some(({ kind }) => kind === 'boot' || kind === 'panic')) return;
    const { death, memoryBytes } = kernel;
    host.tell({ profile: options.profile, memoryBytes, ...(death && { panic: death.text }) } satisfies MachineNews);
  }).service;
}

/** Boots a machine whose effects an observer sees too, including those of the boot. @throws ServiceError */
export function serveMachine(
  options: MachineServiceOptions, host: ServiceHost, log: OperationalLog, observe?: (kernel: Kernel, effects: readonly Effect[]) => void,
): { readonly service: Service; readonly kernel: Kernel; readonly root: DirectoryNode } {
  const started = process.hrtime.bigint();
  const startWallMs = Date.now();
  let { logFormat, logPath: loggedTo } = options;
  const served = (): ServedBy => ({
    pid: process.pid, transport: host.transport, logPath: options.shownLogPath ?? loggedTo, logFormat,
    ...(options.subtree !== undefined && { subtree: options.subtree }),
  });
  const { machine: { kernel }, root, vfs } = assembled({
    ...options, served, devices: host.readsCanWait, clock: () => Number((process.hrtime.bigint() - started) / 1000n), epoch: startWallMs * 1000,
    reserve: (records) => admission.reserve(records),
  });
  const hostname = (): string => String(kernel.values.get('kernel.hostname'));
  const format = (record: PrintkRecord): string => LOG_FORMATS[logFormat](record, { hostname: hostname(), startWallMs });
  const machineLog = openLog(options.logPath, format, { report: logNews(log) });
  if ('why' in machineLog) throw new ServiceError(`the log ${options.logPath} cannot be opened: it ${machineLog.why}; name another with --log FILE`);
  const performer = new EffectPerformer({
    kernel, log: machineLog, operationalLog: log, wake: host.wakeAfter, observe: observe && ((seen) => { observe(kernel, seen); }),
  });
  const admission = new Admission(kernel, machineLog, performer);
  const booted = performer.perform();
  if (booted < 0) {
    machineLog.close();
    throw new ServiceError(`the log ${options.logPath} cannot be written (${errnoName(booted)}): name another with --log FILE`);
  }
  const service: Service = {
    filesystem: servedFiles(vfs, { performer, admission, log }),
    wake() {
      kernel.tick();
      performer.perform();
    },
    /** Reopens the log and applies changed options. If the log cannot be opened, it applies none. Returns whether it did. */
    command(order) {
      const { logPath, verbose, bootSettings, bootParameters, ...next } = order as ChangeableOptions;
      const result = machineLog.reopen(logPath);
      if (result < 0) {
        log.error({ path: logPath, errno: errnoName(result) }, 'the log could not be reopened: it continues in its old file');
        return false;
      }
      log.info({ path: logPath }, 'the log was reopened');
      loggedTo = logPath;
      logFormat = next.logFormat;
      log.level = operationalLevel(verbose);
      kernel.nextBoot = { settings: bootSettings, parameters: bootParameters };
      return true;
    },
    onError: (operation, path, error) => log.error({ operation, path, err: error }, 'a request failed'),
    close: () => machineLog.close(),
  };
  return { service, kernel, root };
}

function assembled(options: AssemblyOptions): AssembledMachine {
  try {
    return assembleMachine(options);
  } catch (error) {
    if (error instanceof NoSuchSubtree) throw new ServiceError(`${error.message}: try proc/sys/vm`);
    throw error;
  }
}
