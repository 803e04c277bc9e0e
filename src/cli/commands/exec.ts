import { constants } from 'node:os';
import { printable, shellWord } from '../../abi/printable.ts';
import { type ExecOptions, type ExecResult, runCommand } from '../../daemon/exec/exec.ts';
import { hostInterfaces } from '../../daemon/exec/host-interfaces.ts';
import { scratchPlace } from '../../daemon/exec/prepare.ts';
import { passSignals, signalName } from '../../daemon/exec/signals.ts';
import { parseOwner, runInUserNamespace } from '../../daemon/exec/user-namespace.ts';
import { takes } from '../../language/words.ts';
import type { Call, CliContext, HelpfulCommand } from '../command.ts';
import { CONFIG_OPTIONS, readConfig } from '../config/config.ts';
import { ExitStatus, FAILED, NOT_EXECUTABLE, NOT_FOUND, PANICKED, SIGNALLED, UsageError } from '../exit-status.ts';
import { bootSettings, chosenSeed, describedMemory, describedParts, hostMemory, LOG_FORMAT, MACHINE_OPTIONS, VERBOSE, withMachineFile } from '../options/machine.ts';
import { file, type OptionTable, resolveSettings, settingValues } from '../options/option.ts';

const group = 'The command';

const EXEC_TABLE = {
  ...MACHINE_OPTIONS,
  // Not from a configuration file: the log of a daemon is not for every machine on which a command runs.
  log: { ...file(), group, describe: 'keep the dmesg-style log', fallback: undefined },
  'log-format': { ...LOG_FORMAT, group },
  reboot: {
    kind: 'text', value: '[=N]', bare: true, group, describe: 'run CMD again, N times at most, on a reboot', read: reboots, fallback: 0, shownFallback: 'N: 1',
  },
  'expect-panic': {
    kind: 'text', value: '[=TEXT]', bare: true, group, describe: 'exit 0 only if it panics, with TEXT', read: (text: string) => text, fallback: undefined,
  },
  report: { ...file(), group, describe: 'write what was done to the machine, in JSON', fallback: undefined },
  'like-host': { kind: 'flag', group, describe: "start with this host's values" },
  diff: { kind: 'flag', group, describe: 'print which sysctls it changed' },
  privileged: { kind: 'flag', group, describe: 'let the command do to the host what you may' },
  ...CONFIG_OPTIONS,
  verbose: VERBOSE,
  owner: { kind: 'text', value: 'UID:GID:PID', hidden: true, describe: 'the user that CMD runs as', read: parseOwner, fallback: undefined },
} as const satisfies OptionTable;

/**
 * `vmsysctld exec`: one command on a machine of its own. The operands of the call are CMD and its words. Each failure of exec itself has
 * status 125, bad usage too, so that it differs from the statuses of CMD.
 */
export function execCommand(call: Call): HelpfulCommand {
  const { context } = call;
  return {
    help: {
      usage: 'exec [options] [--] CMD [ARGS…]',
      about: 'Runs CMD on an emulated machine whose files are at their real paths. It exits\nwith the status of CMD, with 70 if the machine panics, which kills CMD, and with\n125 to 127 as env(1) does.',
      options: EXEC_TABLE,
      operands: { completion: { with: 'command', words: [] }, most: 0 },
      examples: [
        ['exec --memory 32G -- sysctl -a', 'an unmodified tool'],
        ['exec --expect-panic -- ./selftest.sh', 'a test that expects a panic'],
      ],
    },
    async run(parsed) {
      const [name, ...rest] = call.operands;
      if (name === undefined) throw new UsageError('exec needs a command: vmsysctld exec [options] [--] CMD ARGS…');
      const { settings: configured } = await readConfig(context, resolveSettings(EXEC_TABLE, parsed).config);
      const given = resolveSettings(EXEC_TABLE, parsed, configured);
      const described = given['like-host'].value ? await hostMemory(given) : await describedMemory(given);
      const settings = withMachineFile(given, described);
      const { description, memoryBytes } = described;
      const args = settingValues<typeof EXEC_TABLE>(settings);
      const parts = describedParts(settings, hostInterfaces());
      const { values, parameters } = await bootSettings(settings.sysctl, settings.profile.value, memoryBytes, parts);
      const onStart = (pass: (signal: NodeJS.Signals) => void): void => { passing.pass = pass; };
      const passing = passSignals(context.onSignal);
      const scratch = await scratchPlace();
      if (scratch === undefined) {
        const ended = await runInUserNamespace(call.given, context.descriptors ?? [], onStart);
        throw new ExitStatus(typeof ended === 'number' ? ended : endBy(context, constants.signals[ended]));
      }
      const running: ExecOptions = {
        machine: {
          profile: args.profile, memory: description, seed: chosenSeed(args.seed), parts, bootSettings: values,
          bootParameters: parameters, logPath: args.log === undefined ? undefined : context.absolute(args.log), logFormat: args.logFormat, verbose: args.verbose,
        },
        scratch, command: [name, ...rest], env: context.env, directory: context.absolute('.'), descriptors: context.descriptors ?? [], reboots: args.reboot, onStart,
        hostInterfaces: settings.interface.length === 0, privileged: args.privileged, owner: args.owner, complain: context.complain,
        expectedPanic: args.expectPanic, diff: args.diff,
        reportPath: args.report === undefined ? undefined : context.absolute(args.report),
      };
      const result = await runCommand(running);
      const status = args.expectPanic === undefined ? conclude(context, result, name) : expectation(context, result, args.expectPanic);
      throw new ExitStatus(result.reported ? status : FAILED);
    },
  };
}

/** The exit status for an ending, unless a panic was expected. */
function conclude(context: CliContext, { ending }: ExecResult, name: string): number {
  if (ending === undefined) return PANICKED;
  if ('status' in ending) return ending.status;
  return 'killed' in ending ? endBy(context, ending.killed) : notStarted(context, name, ending.errno);
}

/** Whether the expected panic came. */
function expectation(context: CliContext, { ending, panics, expected }: ExecResult, text: string): number {
  if (expected) return 0;
  const wanted = text === '' ? 'a panic' : `a panic with '${text}'`;
  const came = panics > 0 ? 'it panicked with another text' : `there was none, and the command ended with ${endingText(ending)}`;
  context.complain(`vmsysctld: ${printable(wanted)} was expected: ${came}`);
  return 1;
}

function endingText(ending: ExecResult['ending']): string {
  if (ending === undefined) return 'it';
  if ('status' in ending) return String(ending.status);
  return 'killed' in ending ? signalName(ending.killed) : ending.errno;
}

function notStarted(context: CliContext, name: string, errno: string): number {
  const missing = errno === 'ENOENT';
  context.complain(`vmsysctld: cannot run ${shellWord(name)}: ${missing ? 'there is no such command' : `it cannot be executed (${errno})`}`);
  return missing ? NOT_FOUND : NOT_EXECUTABLE;
}

/** Signals that dump a core: it would be of this program, not of CMD. */
const DUMPS_CORE: readonly string[] = ['SIGQUIT', 'SIGILL', 'SIGTRAP', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGSEGV', 'SIGXCPU', 'SIGXFSZ', 'SIGSYS'];

/** Ends by the signal that ended CMD, so that a shell knows that its loop was interrupted. */
function endBy(context: CliContext, signal: number): number {
  const name = signalName(signal);
  if (!DUMPS_CORE.includes(name)) context.endBy(name in constants.signals ? name as NodeJS.Signals : signal);
  return SIGNALLED + signal;
}

function reboots(text: string, called: string): number {
  const times = text === '' ? 1 : /^[0-9]{1,9}$/.test(text) ? Number(text) : NaN;
  if (times >= 0) return times;
  throw new UsageError(takes(called, 'how often the machine may reboot, as --reboot=3', text));
}
