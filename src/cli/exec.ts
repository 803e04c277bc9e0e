import type { Argv, CommandModule } from 'yargs';
import { type ExecOptions, type ExecResult, runCommand } from '../daemon/exec/exec.ts';
import { passSignals } from '../daemon/exec/pass-signals.ts';
import { runInUserNamespace } from '../daemon/exec/user-namespace.ts';
import { signalNumber } from '../daemon/exec/signals.ts';
import { shellWord } from '../daemon/mount-point.ts';
import { FAILED, NOT_EXECUTABLE, NOT_FOUND, PANICKED, SIGNALLED } from './exit-status.ts';
import { ExitStatus, type Host, UsageError } from './host.ts';
import { machineOptions } from './machine-options.ts';
import { describedMemory } from './memory-options.ts';
import { once } from './once.ts';
import { settingsOf } from './settings-of.ts';

function options<T>(argv: Argv<T>) {
  return machineOptions(argv.usage('$0 exec [options] -- CMD [ARGS…]\n\nRun CMD on an emulated machine whose files are at their real paths. '
    + 'Exits with its status; 70 when the machine panics, which kills CMD and all it started; 125 to 127 as env(1).'))
    .option('log', { describe: 'the dmesg-style log, kept', type: 'string', requiresArg: true, defaultDescription: 'one that goes with the machine', coerce: once('log') })
    .option('reboot', {
      describe: 'run CMD again when the machine reboots after a panic (kernel.panic is not 0), N times at most',
      type: 'string', defaultDescription: 'not; 1 without =N', coerce: reboots,
    })
    .option('expect-panic', {
      describe: 'exit 0 only if the machine panicked, with TEXT in what it says of it; else 1',
      type: 'string', coerce: once('expect-panic'),
    })
    .option('report', {
      describe: 'write to FILE what was done to the machine, by whom, and what came of it, in JSON', type: 'string', requiresArg: true, coerce: once('report'),
    })
    .option('verbose', { describe: 'tell more on standard error', type: 'boolean', default: false })
    .option('owner', { hidden: true, type: 'string', coerce: once('owner') })
    .example('$0 exec --sysctl kernel.panic=10 -- sysctl vm.panic_on_unrecoverable_memory_failure', 'an unmodified tool')
    .example('$0 exec --expect-panic --profile 7.3 -- ./selftest.sh', 'a test that wants a panic');
}

type Options = ReturnType<typeof options> extends Argv<infer A> ? A : never;

/**
 * `vmsysctld exec`: one command on a machine of its own. `given` is the whole command line, `command` what follows its `--`. Every failure of
 * exec's own is 125, bad usage too: CMD's statuses are to be told from it.
 */
export function execCommand(
  host: Host, given: readonly string[], command: readonly string[],
): CommandModule<object, Options> {
  return {
    command: 'exec',
    describe: 'run a command on an emulated machine, with the files at their real paths: exec [options] -- CMD',
    builder: (argv) => options(argv),
    async handler(args) {
      const [name, ...rest] = command;
      if (name === undefined) throw new UsageError('exec needs a command after --: vmsysctld exec [options] -- CMD ARGS…');
      const { description, memoryBytes } = await describedMemory(args);
      const { values, parameters } = await settingsOf(args.sysctl, memoryBytes);
      const onStart = (pass: (signal: NodeJS.Signals) => void): void => { passing.pass = pass; };
      const passing = passSignals(host.onSignal);
      const prepared = await host.prepared;
      if (prepared === undefined) {
        const ended = await runInUserNamespace(given, onStart);
        throw new ExitStatus(typeof ended === 'number' ? ended : endBy(host, ended));
      }
      const running: ExecOptions = {
        machine: {
          profile: args.profile, memory: description, seed: args.seed ?? Math.floor(Math.random() * 2 ** 32), bootSettings: values,
          bootParameters: parameters, logPath: args.log === undefined ? undefined : host.absolute(args.log), logFormat: args.logFormat, verbose: args.verbose,
        },
        command: [name, ...rest], env: host.env, reboots: args.reboot ?? 0, onStart,
        expectedPanic: args.expectPanic,
        reportPath: args.report === undefined ? undefined : host.absolute(args.report),
      };
      const result = await runCommand(running, prepared);
      const status = args.expectPanic === undefined ? conclude(host, result, name) : expectation(host, result, args.expectPanic);
      throw new ExitStatus(result.reported ? status : FAILED);
    },
  };
}

/** What an exit status says of an ending, when a panic was not what was wanted. */
function conclude(host: Host, { ending }: ExecResult, name: string): number {
  if (ending === undefined) return PANICKED;
  if ('status' in ending) return ending.status;
  return 'killed' in ending ? endBy(host, ending.killed) : notStarted(host, name, ending.errno);
}

/** Whether the panic came that was to come. */
function expectation(host: Host, { ending, panics, expected }: ExecResult, text: string): number {
  if (expected) return 0;
  const wanted = text === '' ? 'a panic' : `a panic with '${text}'`;
  const came = panics > 0 ? 'the panic was another' : `there was none, and the command ended with ${Object.values(ending ?? {}).join('')}`;
  host.complain(`vmsysctld: ${wanted} was expected: ${came}`);
  return 1;
}

function notStarted(host: Host, name: string, errno: string): number {
  const missing = errno === 'ENOENT';
  host.complain(`vmsysctld: cannot run ${shellWord(name)}: ${missing ? 'there is no such command' : `it cannot be executed (${errno})`}`);
  return missing ? NOT_FOUND : NOT_EXECUTABLE;
}

/** Signals that leave a core, which would be this program's and not CMD's. */
const DUMPS_CORE: readonly NodeJS.Signals[] = ['SIGQUIT', 'SIGILL', 'SIGTRAP', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGSEGV', 'SIGXCPU', 'SIGXFSZ', 'SIGSYS'];

/** Ends as CMD did, so that a shell knows that its loop was interrupted. */
function endBy(host: Host, signal: NodeJS.Signals): number {
  if (!DUMPS_CORE.includes(signal)) host.endBy(signal);
  return SIGNALLED + signalNumber(signal);
}

function reboots(given: string | readonly string[]): number {
  const text = once('reboot')(given);
  const times = text === '' ? 1 : /^[0-9]{1,9}$/.test(text) ? Number(text) : NaN;
  if (times >= 0) return times;
  throw new UsageError(`--reboot takes how often the machine may reboot, as --reboot=3, not '${text}'`);
}
