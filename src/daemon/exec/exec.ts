import { join } from 'node:path';
import { ServingThread } from '../../fuse/dev-fuse/serving-thread-handle.ts';
import { TransportError } from '../../fuse/transport.ts';
import type { MachineServiceOptions } from '../machine-service.ts';
import type { Commands, Ending } from './command.ts';
import { EXEC_SERVICE } from './exec-service-module.ts';
import type { ExecServiceOptions } from './service.ts';
import type { Keeper } from './namespace.ts';
import type { Launch } from './launcher-messages.ts';
import type { Prepared } from './prepare.ts';
import { RUN, type RunState } from './run-state.ts';
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

/** Runs a command on a machine of its own, until it has ended and all it started is gone. Leaves nothing behind. @throws TransportError, ServiceError */
export async function runCommand(options: ExecOptions, prepared: Prepared): Promise<ExecResult> {
  try {
    return await runPrepared(options, prepared);
  } finally {
    await prepared.end();
  }
}

async function runPrepared(options: ExecOptions, prepared: Prepared): Promise<ExecResult> {
  const { descriptor, scratch, outside, keeper, commands, state, worker } = prepared;
  const tree = join(scratch, SCRATCH.tree);
  const { command: [command, ...args], machine, reportPath } = options;
  Atomics.store(state, RUN.rebootsLeft, options.reboots);
  const shownLogPath = machine.logPath ?? join(scratch, SCRATCH.log);
  const data: ExecServiceOptions = {
    ...machine, logPath: machine.logPath ?? join(outside, SCRATCH.log), shownLogPath, state, command: options.command, outside, scratch,
    expectedPanic: options.expectedPanic ?? '', ...(reportPath !== undefined && { reportPath }),
  };
  const source = { module: EXEC_SERVICE, data };
  const thread = new ServingThread({ source, wakeName: '.wake', worker });
  await thread.start(descriptor, join(outside, SCRATCH.tree));
  try {
    await thread.serve();
    options.onStart((signal) => { commands.signal(signal); });
    const env = { ...options.env, VMSYSCTLD_CONTROL: join(tree, 'control'), VMSYSCTLD_LOG: shownLogPath };
    const ending = await runBoots(keeper, commands, state, { command, args, env });
    if (ending !== undefined && 'status' in ending) Atomics.store(state, RUN.status, ending.status);
    if (ending !== undefined && 'killed' in ending) Atomics.store(state, RUN.signal, signalNumber(ending.killed));
    await keeper.end();
    await thread.ended;
    return {
      ending, panics: Atomics.load(state, RUN.panics), expected: Atomics.load(state, RUN.expected) === 1,
      reported: reportPath === undefined || Atomics.load(state, RUN.reported) === 1,
    };
  } catch (error) {
    await prepared.end();
    thread.stop();
    throw error;
  }
}

/** Runs CMD, and again for each boot that is wanted. */
async function runBoots(keeper: Keeper, commands: Commands, state: RunState, launch: Launch): Promise<Ending> {
  for (;;) {
    const panics = Atomics.load(state, RUN.panics);
    keeper.next();
    await keeper.expect(KEEPER_SAYS.placed);
    commands.start(launch);
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
