import type { Argv, CommandModule } from 'yargs';
import { type Daemon, startDaemon } from '../daemon/daemon.ts';
import { defaultLogPath } from '../daemon/log-place.ts';
import type { MachineServiceOptions } from '../daemon/machine-service.ts';
import { TRANSPORTS, type TransportName } from '../fuse/transports.ts';
import { isSubtree } from '../tree/create-machine.ts';
import { bootSettings } from './boot-settings.ts';
import { type Host, UsageError } from './host.ts';
import { machineOptions } from './machine-options.ts';
import { describedMemory } from './memory-options.ts';
import { once, oneOf } from './once.ts';
import { VERSION } from './version.ts';

function options<T>(argv: Argv<T>) {
  return machineOptions(argv.positional('MNT', { describe: 'an empty directory', type: 'string', demandOption: true }))
    .option('subtree', {
      describe: 'mount this directory of the tree, such as proc/sys/vm; control is then MNT/.control',
      type: 'string',
      requiresArg: true,
      coerce: subtree,
    })
    .option('allow-other', { describe: 'let users other than you and root in', type: 'boolean', default: false })
    .option('transport', {
      describe: 'how Linux asks for the files',
      type: 'string',
      choices: Object.keys(TRANSPORTS) as TransportName[],
      default: 'auto',
      coerce: oneOf<TransportName>('transport', Object.keys(TRANSPORTS) as TransportName[]),
    })
    .option('verbose', { describe: 'tell more on standard error', type: 'boolean', default: false })
    .option('hints', { hidden: true, type: 'boolean', default: false })
    .example('$0 mount /mnt --profile 7.3 --memory 32G', 'the kernel as merged, on a large machine')
    .example('$0 mount /mnt --sysctl vm.panic_on_unrecoverable_memory_failure=1', 'armed from boot on');
}

/** `vmsysctld mount MNT`: the daemon, in the foreground, until a signal or somebody's umount ends it. */
export function mountCommand(host: Host): CommandModule<object, ReturnType<typeof options> extends Argv<infer A> ? A : never> {
  return {
    command: 'mount <MNT>',
    describe: 'mount an emulated machine and serve it, in the foreground',
    builder: (argv) => options(argv),
    async handler(args) {
      const { description, memoryBytes } = await describedMemory(args);
      const { values, parameters } = bootSettings(args.sysctl, memoryBytes);
      const logPath = args.log === undefined ? defaultLogPath(host.uid, host.env, host.home) : host.absolute(args.log);
      const attach = wire(host);
      const machine: MachineServiceOptions = {
        profile: args.profile,
        memory: description,
        seed: args.seed ?? Math.floor(Math.random() * 2 ** 32),
        bootSettings: values,
        bootParameters: parameters,
        ...(args.subtree !== undefined && { subtree: args.subtree }),
        logPath,
        logFormat: args.logFormat,
        verbose: args.verbose,
      };
      const daemon = await startDaemon({
        mountPoint: args.MNT,
        allowOther: args.allowOther,
        transport: TRANSPORTS[args.transport],
        notify: host.notify,
        machine,
        reconfigure: async () => ({ options: machine, changed: { 'at once': [], 'at the next boot': [], 'at the next start': [] } }),
      });
      attach(daemon);
      host.print(`ready: vmsysctld ${VERSION} (profile ${args.profile}) on ${daemon.mountPoint}, log ${logPath}`);
      if (args.hints) for (const line of hints(daemon.mountPoint, logPath)) host.print(line);
      await daemon.ended;
    },
  };
}

/**
 * Takes signals over before anything is mounted, so that none of them can end the program with a mount left behind: what comes before the
 * daemon is there is done when it is.
 */
function wire(host: Host): (daemon: Daemon) => void {
  let daemon: Daemon | undefined;
  let stopWanted = false;
  const stop = (): void => {
    stopWanted = true;
    daemon?.stop();
  };
  host.onSignal('SIGINT', stop);
  host.onSignal('SIGTERM', stop);
  host.onSignal('SIGHUP', () => void daemon?.reload());
  host.onCrash(async (error) => {
    if (daemon) await daemon.crash(error);
    else host.complain(`vmsysctld: failed at the start: ${String(error)}`);
  });
  return (started) => {
    daemon = started;
    if (stopWanted) daemon.stop();
  };
}

function subtree(given: string | readonly string[]): string {
  const path = once('subtree')(given).replace(/^\/+/, '');
  if (isSubtree(path)) return path;
  throw new UsageError(`--subtree takes a directory of the tree, such as proc/sys/vm or proc/sys/kernel, not '${path}'`);
}

/** Three lines to try in another shell. */
function hints(mountPoint: string, logPath: string): string[] {
  return [
    'Try in another shell (Ctrl-C here ends it):',
    `  echo 1 > ${mountPoint}/proc/sys/vm/panic_on_unrecoverable_memory_failure`,
    `  echo 'inject type=reserved' > ${mountPoint}/control`,
    `  tail -n 40 ${logPath}`,
  ];
}
