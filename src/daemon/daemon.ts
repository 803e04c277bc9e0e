import { errnoName } from '../abi/errno.ts';
import type { Mounted, Transport } from '../fuse/transport.ts';
import type { SysctlValue } from '../kernel/sysctl/ctl-table.ts';
import type { MachineDescription } from '../kernel/memory/layout.ts';
import type { ProfileName } from '../kernel/profile.ts';
import { createMachine } from '../tree/create-machine.ts';
import { LOG_FORMATS, type LogFormatName } from './log-format.ts';
import { openLog } from './log-writer.ts';
import { prepareMountPoint } from './mount-point.ts';
import { operationalLog } from './operational-log.ts';
import { performer } from './perform.ts';
import { servedFiles } from './served-files.ts';

/** Why the daemon cannot start, in one line, with what would be right. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

export interface DaemonOptions {
  readonly mountPoint: string;
  readonly profile: ProfileName;
  readonly memory: MachineDescription;
  readonly seed: number;
  readonly bootSettings: ReadonlyMap<string, SysctlValue>;
  readonly bootParameters: readonly string[];
  readonly subtree?: string;
  /** Absolute. */
  readonly logPath: string;
  readonly logFormat: LogFormatName;
  readonly allowOther: boolean;
  readonly verbose: boolean;
  readonly transport: Transport;
}

/** A daemon whose mount answers. */
export interface Daemon {
  /** Where it is mounted: absolute, symbolic links resolved. */
  readonly mountPoint: string;
  /** Opens the log anew under its name, as logrotate asks for by SIGHUP. */
  reopenLog(): void;
  /** Unmounts; `ended` settles after that. Asked twice, it is done once. */
  stop(): void;
  /** Says in the daemon's own log why it must end, and unmounts: a program that fails leaves no mount behind. */
  crash(error: unknown): Promise<void>;
  /** Settles when the mount has gone and the log is closed: with whether somebody else unmounted it. */
  readonly ended: Promise<'stopped' | 'unmounted'>;
}

/** Longest time setTimeout() takes, in ms. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/**
 * Boots a machine and mounts its files. Rejects with an error a person can act on (StartError, MountPointError, TransportError), and then has
 * left nothing behind.
 */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const log = operationalLog(options.verbose);
  const started = process.hrtime.bigint();
  const created = createMachine({ ...options, clock: () => Number((process.hrtime.bigint() - started) / 1000n) });
  if (!created) throw new StartError(`there is no directory '${options.subtree}' in the tree: try proc/sys/vm`);
  const { machine, vfs } = created;
  const { kernel } = machine;
  const mountPoint = await prepareMountPoint(options.mountPoint);
  const startWallMs = Date.now();
  const hostname = (): string => String(kernel.values.get('kernel.hostname'));
  const writer = openLog(options.logPath, (record) => LOG_FORMATS[options.logFormat](record, { hostname: hostname(), startWallMs }));
  if (typeof writer === 'number')
    throw new StartError(`the log ${options.logPath} cannot be opened (${errnoName(writer)}): name another with --log FILE`);

  let timer: NodeJS.Timeout | undefined;
  const perform = performer(kernel, writer, log, (ms) => {
    clearTimeout(timer);
    timer = setTimeout(
      () => {
        kernel.tick();
        perform();
      },
      Math.min(ms, LONGEST_TIMEOUT),
    );
  });
  const cleanUp = (): void => {
    clearTimeout(timer);
    writer.close();
  };
  const booted = perform();
  if (booted < 0) {
    cleanUp();
    throw new StartError(`the log ${options.logPath} cannot be written (${errnoName(booted)}): name another with --log FILE`);
  }

  let mounted: Mounted;
  try {
    mounted = await options.transport.mount(servedFiles(vfs, perform, log), {
      mountPoint,
      allowOther: options.allowOther,
      onError: (operation, path, error) => log.error({ operation, path, err: error }, 'a request failed, and was answered EIO'),
    });
  } catch (error) {
    cleanUp();
    throw error;
  }
  log.info({ mountPoint, transport: options.transport.name, log: options.logPath, profile: options.profile }, 'mounted');

  let stopping = false;
  const ended = mounted.gone.then(() => {
    cleanUp();
    log.info({ mountPoint }, stopping ? 'unmounted' : 'somebody else unmounted the files');
    return stopping ? ('stopped' as const) : ('unmounted' as const);
  });
  return {
    mountPoint,
    ended,
    reopenLog() {
      const result = writer.reopen();
      if (result < 0)
        log.error({ path: writer.path, errno: errnoName(result) }, 'the log could not be opened anew: it goes on in the file it had');
      else log.info({ path: writer.path }, 'the log was opened anew');
    },
    async crash(error) {
      log.fatal({ err: error }, 'the daemon failed, and ends');
      await mounted.unmount();
    },
    stop() {
      if (stopping) return;
      stopping = true;
      mounted.unmount().catch((error: unknown) => {
        stopping = false;
        log.error({ err: error, mountPoint }, 'the files could not be unmounted');
      });
    },
  };
}
