import yargs, { type CommandModule } from 'yargs';
import { LookError } from '../daemon/look/look-error.ts';
import { MountPointError } from '../daemon/mount-point.ts';
import { ServiceError } from '../fuse/service.ts';
import { TransportError } from '../fuse/transport.ts';
import { FAILED } from './exit-status.ts';
import { ExitStatus, type Host, UsageError } from './host.ts';
import { WriteError } from './replay/write-file.ts';
import { VERSION } from './version.ts';

/** Failures that say themselves what is wrong and what would be right. */
const PLAIN_ERRORS = [ServiceError, MountPointError, TransportError, WriteError, LookError] as const;

/** What a command is called with. */
interface Call {
  readonly host: Host;
  /** The whole command line, and what follows its `--`. */
  readonly given: readonly string[];
  readonly operands: readonly string[];
}

/**
 * The commands, in the order in which they are told of. Each is loaded only when it is given, or when all are listed: what a daemon needs takes
 * longer to load than a filter may take for a small file.
 */
const COMMANDS: Readonly<Record<string, (call: Call) => Promise<unknown>>> = {
  mount: async ({ host }) => (await import('./mount.ts')).mountCommand(host),
  exec: async ({ host, given, operands }) => (await import('./exec.ts')).execCommand(host, given, operands),
  replay: async ({ host }) => (await import('./replay.ts')).replayCommand(host),
  machine: async ({ host }) => (await import('./machine.ts')).machineCommand(host),
  status: async ({ host }) => (await import('./status.ts')).statusCommand(host),
  dmesg: async ({ host }) => (await import('./dmesg.ts')).dmesgCommand(host),
  matrix: async ({ host }) => (await import('./matrix.ts')).matrixCommand(host),
};

/** The command of this name, or all of them, of which a help tells, where it is none's. */
async function commandsFor(name: string | undefined, call: Call): Promise<CommandModule[]> {
  const wanted = name !== undefined && Object.hasOwn(COMMANDS, name) ? [name] : Object.keys(COMMANDS);
  return Promise.all(wanted.map((each) => COMMANDS[each]?.(call) as Promise<CommandModule>));
}

/** The exit statuses of failures: of what could not be done, and of bad usage. Those of exec are told from those of the command it runs. */
function failures(args: readonly string[]): { readonly failed: number; readonly usage: number } {
  return args[0] === 'exec' ? { failed: FAILED, usage: FAILED } : { failed: 1, usage: 2 };
}

/** Runs a command line: its exit status. 0 done; 1 it could not be done; 2 bad usage; others as the command says. */
export async function cli(given: readonly string[], host: Host): Promise<number> {
  const { failed, usage } = failures(given);
  // What follows exec's -- is another program's command line.
  const end = given[0] === 'exec' && given.includes('--') ? given.indexOf('--') : given.length;
  const args = given.slice(0, end);
  const call: Call = { host, given, operands: given.slice(end + 1) };
  try {
    await parser(args, await commandsFor(args[0], call)).parseAsync();
    return 0;
  } catch (error) {
    if (error instanceof ExitStatus) return error.status;
    // What a check of one option throws comes out of yargs as an error of its own, with the same message.
    if (error instanceof UsageError || (error instanceof Error && error.name === 'YError')) {
      host.complain(`vmsysctld: ${error.message}`);
      return usage;
    }
    if (PLAIN_ERRORS.some((plain) => error instanceof plain)) {
      host.complain(`vmsysctld: ${(error as Error).message}`);
      return failed;
    }
    throw error;
  }
}

function parser(args: readonly string[], commands: readonly CommandModule[]) {
  return yargs([...args])
    .scriptName('vmsysctld')
    .usage('$0 COMMAND [options]\n\nA userspace /proc/sys/vm with a model of the Linux memory-failure handler behind it.')
    .command([...commands])
    .demandCommand(1, 'which command? mount MNT is the one to begin with')
    .strict()
    .version(VERSION)
    .help()
    .alias({ help: 'h' })
    .wrap(100)
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new UsageError(explain(message, args[0]));
    });
}

/** What yargs says of a command line, in our words. What no row knows is left as it is, in one line. */
const EXPLANATIONS: readonly (readonly [RegExp, (what: string) => string])[] = [
  [/^Not enough non-option arguments/, () => 'mount needs a directory to mount on: vmsysctld mount MNT'],
  [/^Unknown (?:argument|command)s?: (\S+)/, (what) => `unknown word or option '${what.replace(/,$/, '')}'`],
  [/^Not enough arguments following: (\S+)/, (what) => `--${what} needs a value`],
];

function explain(message: string, given = ''): string {
  // What is no command is answered with the help of mount.
  const command = Object.hasOwn(COMMANDS, given) ? given : 'mount';
  const row = EXPLANATIONS.map(([pattern, say]) => ({ found: pattern.exec(message), say })).find(({ found }) => found !== null);
  return `${row ? row.say(row.found?.[1] ?? '') : message.replaceAll('\n', ' ')}; vmsysctld ${command} --help lists what there is`;
}
