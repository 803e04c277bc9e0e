import { printable } from '../../abi/printable.ts';
import { type Daemon, startDaemon } from '../../daemon/daemon.ts';
import { defaultLogPath } from '../../daemon/log/where.ts';
import type { MachineServiceOptions } from '../../daemon/machine-service.ts';
import type { Configured } from '../../daemon/reload.ts';
import { TransportError } from '../../fuse/transport.ts';
import { TRANSPORTS } from '../../fuse/transports.ts';
import type { MachineDescription } from '../../kernel/memory/layout.ts';
import { takes } from '../../language/words.ts';
import { CONFIG_OPTIONS, readConfig } from '../config/config.ts';
import { type CliContext, type HelpfulCommand, VERSION } from '../command.ts';
import { UsageError } from '../exit-status.ts';
import { bootSettings, chosenSeed, describedMemory, describedParts, MACHINE_OPTIONS, MOUNT_OPTIONS, withMachineFile } from '../options/machine.ts';
import { type GivenOptions, type OptionTable, resolveSettings, type Setting, type Settings } from '../options/option.ts';

const HINTS = { hints: { kind: 'flag', hidden: true, describe: 'print what to try' } } as const satisfies OptionTable;

export const MOUNT_TABLE = { ...MACHINE_OPTIONS, ...MOUNT_OPTIONS, ...CONFIG_OPTIONS, ...HINTS } as const satisfies OptionTable;

/** `vmsysctld mount MNT`: the daemon, in the foreground, until a signal or umount(8) ends it. */
export function mountCommand(context: CliContext): HelpfulCommand {
  return {
    help: {
      usage: 'mount MNT [options]',
      about: 'Mounts an emulated machine on MNT, an empty directory, and serves it in the\nforeground. SIGTERM unmounts it; SIGHUP reopens the log and rereads --config.',
      options: MOUNT_TABLE,
      operands: { completion: { with: 'directories', words: [] }, most: 1 },
      needs: 'a directory to mount on',
      examples: [
        ['mount /mnt --profile 7.3 --memory 32G', 'as merged, a large machine'],
        ['mount /mnt --sysctl vm.panic_on_oom=1', 'set from boot on'],
      ],
    },
    async run(given, [place = '']) {
      await runMount(context, place, given);
    },
  };
}

type MountSettings = Settings<typeof MOUNT_TABLE>;

/** Runs the daemon until it ends. `given` is what parseWords() returns. */
async function runMount(context: CliContext, place: string, given: GivenOptions): Promise<void> {
  const config = await readConfig(context, resolveSettings(MOUNT_TABLE, given).config);
  const named = resolveSettings(MOUNT_TABLE, given, config.settings);
  const described = await describedMemory(named);
  const settings = withMachineFile(named, described);
  const { description, memoryBytes } = described;
  const seed = chosenSeed(settings.seed.value);
  const machine = await machineOptions(context, settings, { description, memoryBytes, seed });
  const attach = wire(context);
  const daemon = await startDaemon({
    mountPoint: place, allowOther: settings['allow-other'].value, transport: TRANSPORTS[settings.transport.value],
    machine, configured: configured(named, description), notify: context.notify,
    async reconfigure() {
      const now = resolveSettings(MOUNT_TABLE, given, await config.reread());
      const described = await describedMemory(now);
      // The machine keeps its memory, so sysctls must fit that.
      return { options: await machineOptions(context, withMachineFile(now, described), { description, memoryBytes, seed }), configured: configured(now, described.description) };
    },
  });
  attach(daemon);
  context.print(printable(`ready: vmsysctld ${VERSION} (profile ${machine.profile}) on ${daemon.mountPoint}, log ${machine.logPath}`));
  if (settings.hints.value) for (const line of hints(daemon.mountPoint, machine.logPath)) context.print(line);
  if ((await daemon.ended) === 'aborted') throw new TransportError(`the connection of ${daemon.mountPoint} was aborted: start again`);
}

interface Made {
  readonly description: MachineDescription;
  readonly memoryBytes: number;
  readonly seed: number;
}

/** The options of a daemon's machine. @throws UsageError */
async function machineOptions(context: CliContext, settings: MountSettings, { description, memoryBytes, seed }: Made): Promise<MachineServiceOptions> {
  const parts = describedParts(settings);
  const { values, parameters } = await bootSettings(settings.sysctl, settings.profile.value, memoryBytes, parts);
  const root = await subtreeOf(settings.subtree);
  const { value: log } = settings.log;
  return {
    profile: settings.profile.value, memory: description, seed, parts, bootSettings: values, bootParameters: parameters,
    ...(root !== undefined && { subtree: root }),
    logPath: log === undefined ? defaultLogPath(context.uid, context.env, context.home) : context.absolute(log),
    logFormat: settings['log-format'].value, verbose: settings.verbose.value,
  };
}

/** The settings that a configuration file can change. For a machine file its content counts. */
function configured(settings: MountSettings, description: MachineDescription): Configured {
  return new Map(Object.entries(MOUNT_TABLE).flatMap(([name, option]) => {
    if (!('configured' in option)) return [];
    const setting: Setting | readonly Setting[] = settings[name as keyof MountSettings];
    const value = 'value' in setting ? setting.value : setting.map((each) => each.value);
    return [[name, { value: name === 'machine' && value !== undefined ? description : value, takesEffect: option.configured }]];
  }));
}

/** The subtree of `--subtree`. Looking it up needs the whole tree, which is loaded only for that. */
async function subtreeOf({ value, called = '--subtree' }: Setting<string | undefined>): Promise<string | undefined> {
  const path = value?.replace(/^\/+/, '');
  if (path === undefined) return undefined;
  const { isSubtree } = await import('../../machine/assemble-machine.ts');
  if (isSubtree(path)) return path;
  throw new UsageError(takes(called, 'a directory of the tree, such as proc/sys/vm or proc/sys/kernel', value ?? ''));
}

/**
 * Handles signals from before the mount on, so that none of them can end the program and leave a mount behind. Signals that come before the
 * daemon exists take effect when it does.
 */
function wire(context: CliContext): (daemon: Daemon) => void {
  let daemon: Daemon | undefined;
  let stopWanted = false;
  let reloadWanted = false;
  const stop = (): void => {
    stopWanted = true;
    daemon?.stop();
  };
  context.onSignal('SIGINT', stop);
  context.onSignal('SIGTERM', stop);
  context.onSignal('SIGHUP', () => {
    reloadWanted = true;
    daemon?.reload();
  });
  context.onCrash(async (error) => {
    if (daemon) await daemon.crash(error);
    else context.complain(`vmsysctld: failed at the start: ${String(error)}`);
  });
  return (started) => {
    daemon = started;
    if (stopWanted) daemon.stop();
    else if (reloadWanted) daemon.reload();
  };
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
