import type { Worker } from 'node:worker_threads';
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ServingThread } from '../../fuse/dev-fuse/serving-thread-handle.ts';
import { deviceError } from '../../fuse/fuse-device.ts';
import { TransportError } from '../../fuse/transport.ts';
import type { MachineServiceOptions } from '../machine-service.ts';
import { Commands, type Ending } from './command.ts';
import type { ExecServiceOptions } from './exec-service.ts';
import { EXEC_SERVICE } from './exec-service-module.ts';
import { Keeper } from './keeper.ts';
import { newRunState, RUN, type RunState } from './run-state.ts';
import { KEEPER_SAYS, SCRATCH } from './scripts.ts';
import { signalNumber } from './signals.ts';

export interface ExecOptions {
  readonly machine: Omit<MachineServiceOptions, 'logPath'> & { readonly logPath: string | undefined };
  /** CMD and its arguments. */
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How often CMD may be run again after the machine has booted again. */
  readonly reboots: number;
  readonly reportPath: string | undefined;
  /** What a panic is expected to say, if one is. */
  readonly expectedPanic: string | undefined;
  /** Who CMD is to be, where this process only plays root in a user namespace. */
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
  /** The thread that is to serve, where it was made ready beforehand. */
  readonly worker: Worker | undefined;
  /** Hears how to pass a signal on to CMD. */
  readonly onStart: (pass: (signal: NodeJS.Signals) => void) => void;
}

/** What became of it. */
export interface ExecResult {
  /** How CMD ended; undefined when the machine died under it. */
  readonly ending: Ending;
  readonly panics: number;
  /** Whether one of them said what was expected. */
  readonly expected: boolean;
  /** Whether the report that was asked for could be written. */
  readonly reported: boolean;
}

/**
 * Directories for the scratch filesystem to stand on, in the private namespace alone: one that hides nothing anybody would miss. Where there
 * is /dev/fuse there is the first.
 */
const SCRATCH_PLACES = ['/sys/fs/fuse/connections', '/mnt', '/media', '/srv'];

/** Runs a command on a machine of its own, until it has ended and all it started is gone. Leaves nothing behind. @throws TransportError, ServiceError */
export async function runCommand(options: ExecOptions): Promise<ExecResult> {
  const unusable = await deviceError();
  if (unusable !== undefined) throw unusable;
  const scratch = SCRATCH_PLACES.find((place) => existsSync(place));
  if (scratch === undefined) throw new TransportError(`none of the directories ${SCRATCH_PLACES.join(', ')} is there: create /mnt`);
  const state = newRunState(options.reboots);
  const descriptor = openSync('/dev/fuse', 'r+');
  try {
    const keeper = await Keeper.start({ descriptor, scratch, launcher: launcherCommand(options) });
    try {
      return await runIn(options, keeper, { descriptor, scratch, state });
    } finally {
      await keeper.end();
    }
  } finally {
    closeSync(descriptor);
  }
}

function launcherCommand({ owner }: ExecOptions): string[] {
  const as = owner === undefined ? [] : ['unshare', `--map-user=${owner.uid}`, `--map-group=${owner.gid}`, '--'];
  return [...as, process.execPath, fileURLToPath(new URL('launcher.js', import.meta.url))];
}

async function runIn(
  options: ExecOptions, keeper: Keeper,
  { descriptor, scratch, state }: { readonly descriptor: number; readonly scratch: string; readonly state: RunState },
): Promise<ExecResult> {
  const outside = `/proc/${keeper.pid}/root${scratch}`;
  const tree = join(scratch, SCRATCH.tree);
  const { command: [command, ...args], machine, reportPath, worker } = options;
  const data: ExecServiceOptions = {
    ...machine, logPath: machine.logPath ?? join(outside, SCRATCH.log), state, command: options.command, outside, scratch,
    expectedPanic: options.expectedPanic ?? '', ...(reportPath !== undefined && { reportPath }),
  };
  const starting = ServingThread.start({ descriptor, source: { module: EXEC_SERVICE, data }, mountPoint: join(outside, SCRATCH.tree), wakeName: '.wake', worker });
  starting.catch(() => undefined);
  const env = { ...options.env, VMSYSCTLD_CONTROL: join(tree, 'control'), VMSYSCTLD_LOG: machine.logPath ?? join(scratch, SCRATCH.log) };
  const commands = await Commands.listen(join(outside, SCRATCH.socket), { command, args, env }, (pid) => { Atomics.store(state, RUN.init, pid); });
  try {
    const thread = await starting;
    keeper.next();
    try {
      await thread.serve();
      options.onStart((signal) => { commands.signal(signal); });
      const ending = await runBoots(keeper, commands, state);
      if (ending !== undefined && 'status' in ending) Atomics.store(state, RUN.status, ending.status);
      if (ending !== undefined && 'killed' in ending) Atomics.store(state, RUN.signal, signalNumber(ending.killed));
      await keeper.end();
      await thread.ended;
      return {
        ending, panics: Atomics.load(state, RUN.panics), expected: Atomics.load(state, RUN.expected) === 1,
        reported: reportPath === undefined || Atomics.load(state, RUN.reported) === 1,
      };
    } catch (error) {
      // The launcher goes when it is left alone, and the keeper when that has gone.
      commands.close();
      await keeper.end();
      thread.stop();
      throw error;
    }
  } finally {
    commands.close();
  }
}

/** Runs CMD, and again for each boot that is wanted. */
async function runBoots(keeper: Keeper, commands: Commands, state: RunState): Promise<Ending> {
  for (;;) {
    const panics = Atomics.load(state, RUN.panics);
    await keeper.expect(KEEPER_SAYS.placed);
    commands.start();
    await keeper.expect(KEEPER_SAYS.ended);
    await commands.drained();
    Atomics.store(state, RUN.init, 0);
    const ending = commands.takeEnding();
    const died = Atomics.load(state, RUN.panics) > panics;
    if (!died) {
      if (ending === undefined) throw new TransportError('what was to start the command was killed, or could not do it');
      return ending;
    }
    if (Atomics.load(state, RUN.halted) === 1 || Atomics.load(state, RUN.rebootsLeft) === 0) return undefined;
    Atomics.sub(state, RUN.rebootsLeft, 1);
    Atomics.add(state, RUN.reboots, 1);
    keeper.next();
  }
}
