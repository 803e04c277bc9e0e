import { closeSync, ftruncateSync, openSync, writeFileSync } from 'node:fs';
import { errnoName } from '../../abi/errno.ts';
import { type Service, ServiceError, type ServiceHost } from '../../fuse/service.ts';
import type { Effect, PrintkRecord } from '../../kernel/effect.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { LOG_FORMATS } from '../../kernel/printk/log-format.ts';
import { negativeErrno } from '../errno-of.ts';
import { type MachineServiceOptions, serveMachine } from '../machine-service.ts';
import { operationalLog } from '../operational-log.ts';
import { foreignAt } from '../trusted-path.ts';
import { killNamespace } from './panic.ts';
import { layOut } from './lay-out.ts';
import { Recorder } from './recorder.ts';
import type { Report } from './report.ts';
import { RUN, type RunState } from './run-state.ts';
import { signalName } from './signals.ts';
import { writeToStderr } from './write-to-stderr.ts';

/** A machine under which a command is run. */
export interface ExecServiceOptions extends MachineServiceOptions {
  readonly state: RunState;
  readonly command: readonly string[];
  /** Absolute. */
  readonly reportPath?: string;
  /** The scratch filesystem, as this process sees it and as the namespace does. */
  readonly outside: string;
  readonly scratch: string;
  /** What a panic is expected to say; any panic says the empty text. */
  readonly expectedPanic: string;
}

const PANIC_BEGINS = 'Kernel panic - not syncing: ';

/** The lines of the last panic among effects, from its first to its last. */
function panicRecords(effects: readonly Effect[]): PrintkRecord[] {
  const end = effects.findLastIndex(({ kind }) => kind === 'panic');
  const records = effects.slice(0, end).flatMap((effect) => (effect.kind === 'printk' ? [effect.record] : []));
  return records.slice(records.findLastIndex(({ text }) => text.startsWith(PANIC_BEGINS)));
}

/** Opens the report, so that one which cannot be written is told of before anything is run. */
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

/**
 * A machine whose panic is the death of all that runs on it: whoever caused it gets no answer that he could act on. Boots again at once where
 * that is wanted, without waiting for the seconds of kernel.panic: its clock is moved on.
 */
export function startService(data: unknown, host: ServiceHost): Service {
  const options = data as ExecServiceOptions;
  const { state, reportPath } = options;
  const report = reportPath === undefined ? undefined : openReport(reportPath);
  const unplaceable = layOut(options.outside, options.scratch);
  if (unplaceable.length > 0) writeToStderr(`vmsysctld: there is no ${unplaceable.join(', ')} on this machine to put the emulated one in the place of\n`);
  const recorder = new Recorder();
  const log = operationalLog(options.verbose, 'error');

  function die(kernel: Kernel, effects: readonly Effect[]): void {
    const init = Atomics.load(state, RUN.init);
    if (init !== 0 && !killNamespace(init)) log.error({ init }, 'not all processes of the machine could be seen to be killed');
    Atomics.add(state, RUN.panics, 1);
    const records = panicRecords(effects);
    if (records.some(({ text }) => text.includes(options.expectedPanic))) Atomics.store(state, RUN.expected, 1);
    writeToStderr(records.map((record) => LOG_FORMATS.dmesg(record)).join(''));
    if (kernel.death !== undefined && kernel.death.rebootAt === undefined) Atomics.store(state, RUN.halted, 1);
    // Nobody is left to wait for it.
    const wait = kernel.untilTick();
    if (wait !== undefined && Atomics.load(state, RUN.rebootsLeft) > 0) kernel.wait(wait);
  }

  const { service, kernel } = serveMachine(options, host, log, (machine, effects) => {
    recorder.observe(machine, effects);
    if (effects.some(({ kind }) => kind === 'panic')) die(machine, effects);
  });
  return {
    ...service,
    filesystem: recorder.watch(service.filesystem, kernel),
    close() {
      service.close();
      if (report === undefined) return;
      const status = Atomics.load(state, RUN.status);
      const signal = Atomics.load(state, RUN.signal);
      const text: Report = {
        profile: options.profile, seed: options.seed, command: options.command, runs: Atomics.load(state, RUN.reboots) + 1,
        sysctls: recorder.sysctls, injections: recorder.injections, panics: recorder.panics,
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
