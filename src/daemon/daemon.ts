// The daemon of `mount`: serves a machine until it is unmounted or stopped. machine-service.ts makes the machine where it is served (in a
// thread or here), served-files.ts is the machine as a filesystem, perform-effects.ts does what the model asks for. log/ is the machine's
// log, exec/ runs a command on a machine, observing/ looks at another daemon. The folder may import fuse, and machine and all that machine
// imports. Start with startDaemon() below.
import type { Gone, Transport } from '../fuse/transport.ts';
import { watchDescriptors } from './descriptor-limit.ts';
import { refuseLogWithin } from './log/where.ts';
import type { MachineNews, MachineServiceOptions } from './machine-service.ts';
import { takeMountPoint } from './mount-point-lock.ts';
import type { NotifyEnvironment } from './notify-environment.ts';
import { ServiceManager } from './service-manager.ts';
import { operationalLog } from './operational-log.ts';
import { type Configuration, type Configured, reloader } from './reload.ts';

interface DaemonOptions {
  readonly mountPoint: string;
  readonly allowOther: boolean;
  readonly machine: MachineServiceOptions;
  readonly transport: Transport;
  /**
   * The present configuration, and how to read it again. Reading rejects with an error that has the reason if the configuration is wrong.
   */
  readonly configured: Configured;
  readonly reconfigure: () => Promise<Configuration>;
  /** How to notify the service manager, if there is one. */
  readonly notify?: NotifyEnvironment | undefined;
}

const NOT_UNMOUNTED = 'the files could not be unmounted';

/** A daemon whose mount answers. */
export interface Daemon {
  /** Where it is mounted: absolute, symbolic links resolved. */
  readonly mountPoint: string;
  /**
   * Does what SIGHUP asks for: reopens the log, and reads the configuration again. A failure is in the daemon's own log, and changes
   * nothing. A call during a reload makes another one after it.
   */
  reload(): void;
  /** Unmounts; `ended` settles after that. A second call does nothing. */
  stop(): void;
  /** Logs in the daemon's own log why it must end, and unmounts: a program that fails leaves no mount behind. */
  crash(error: unknown): Promise<void>;
  /**
   * Settles when the mount has ended and the log is closed; with the way it ended, unless stop() was called. Never settles after crash().
   */
  readonly ended: Promise<'stopped' | Gone>;
}

/**
 * Boots a machine and mounts its files. Rejects with an error that says what to do (ServiceError, MountPointError, TransportError), and
 * then leaves nothing behind. The machine is in the thread in which the transport serves it. The daemon sees it only from outside.
 */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { mountPoint: place, allowOther, machine, transport, configured, reconfigure, notify } = options;
  const log = operationalLog(machine.verbose);
  const taking = takeMountPoint(place);
  const free = taking.then(async (taken) => {
    await refuseLogWithin(taken.mountPoint, machine.logPath);
    return taken.mountPoint;
  });
  // A caller that waits for it gets the failure, but may begin to wait later.
  free.catch(() => undefined);
  const source = { module: MACHINE_SERVICE, data: machine };
  const manager = new ServiceManager(notify, log);
  const release = (): Promise<void> => taking.then((taken) => { taken.release(); }, () => undefined);
  const mounting = transport.mount(source, {
    mountPoint: free, allowOther,
    onNews: (news) => { manager.news(news as MachineNews); },
    onTrouble: (error) => {
      if (error === undefined) log.info('the mount can be watched again');
      else log.error({ err: error }, 'the mount cannot be watched: its files are served, but the daemon does not notice when they are unmounted');
    },
  }).finally(release);
  // The machine boots in another thread meanwhile.
  log.prepare();
  const mounted = await mounting;
  const mountPoint = await free;
  log.info({ mountPoint, transport: mounted.transport, log: machine.logPath, profile: machine.profile }, 'mounted');
  manager.ready(mountPoint, () => mounted.answers());
  const endWatch = watchDescriptors(log);

  const reload = reloader({ options: machine, configured }, {
    async reconfigure() {
      const next = await reconfigure();
      await refuseLogWithin(mountPoint, next.options.logPath);
      return next;
    },
    log, command: (order) => mounted.command(order),
  });
  let stopping = false;
  let failed = false;
  const ended = mounted.gone.then(async (how) => {
    // The program ends when crash() is done, with the status of a failure, and not before.
    if (failed) return new Promise<never>(() => undefined);
    endWatch();
    manager.stopping();
    await manager.notified;
    if (stopping) log.info({ mountPoint }, 'unmounted');
    else if (how === 'unmounted') log.info({ mountPoint }, 'the files were unmounted from outside');
    else log.error({ mountPoint }, 'the connection was aborted, and the files are unmounted');
    return stopping ? 'stopped' : how;
  });
  return {
    mountPoint,
    ended,
    reload() {
      manager.reload(reload).catch((error: unknown) => { log.error({ err: error }, 'the reload failed'); });
    },
    async crash(error) {
      failed = true;
      log.fatal({ err: error }, 'the daemon failed, and ends');
      await mounted.unmount().catch((failure: unknown) => { log.error({ err: failure, mountPoint }, NOT_UNMOUNTED); });
    },
    stop() {
      if (stopping) return;
      stopping = true;
      manager.stopping();
      mounted.unmount().catch((error: unknown) => {
        stopping = false;
        log.error({ err: error, mountPoint }, NOT_UNMOUNTED);
      });
    },
  };
}

// The main thread names the module of the service without loading it.

/** The module from which the serving thread makes the service. */
const MACHINE_SERVICE = new URL('machine-service.js', import.meta.url).href;
