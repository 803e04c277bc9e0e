import yargs, { type CommandModule } from 'yargs';
import { MountPointError } from '../daemon/mount-point.ts';
import { ServiceError } from '../fuse/service.ts';
import { TransportError } from '../fuse/transport.ts';
import { ExitStatus, type Host, UsageError } from './host.ts';
import { WriteError } from './replay/write-file.ts';
import { VERSION } from './version.ts';

/**
 * The commands, in the order in which they are told of. Each is loaded only when it is given, or when all are listed: what a daemon needs takes
 * longer to load than a filter may take for a small file.
 */
const COMMANDS: Readonly<Record<string, (host: Host) => Promise<unknown>>> = {
  mount: async (host) => (await import('./mount.ts')).mountCommand(host),
  replay: async (host) => (await import('./replay.ts')).replayCommand(host),
  machine: async (host) => (await import('./machine.ts')).machineCommand(host),
  matrix: async (host) => (await import('./matrix.ts')).matrixCommand(host),
};

/** Failures that say themselves what is wrong and what would be right. */
const PLAIN_ERRORS = [ServiceError, MountPointError, TransportError, WriteError] as const;

/** Runs a command line: its exit status. 0 done; 1 it could not be done; 2 bad usage; others as the command says. */
export async function cli(args: readonly string[], host: Host): Promise<number> {
  try {
    const given = Object.entries(COMMANDS).filter(([name]) => name === args[0]);
    const commands = await Promise.all((given.length > 0 ? given : Object.entries(COMMANDS)).map(([, load]) => load(host)));
    await parser(args, commands as CommandModule[]).parseAsync();
    return 0;
  } catch (error) {
    if (error instanceof ExitStatus) return error.status;
    // What a check of one option throws comes out of yargs as an error of its own, with the same message.
    if (error instanceof UsageError || (error instanceof Error && error.name === 'YError')) {
      host.complain(`vmsysctld: ${error.message}`);
      return 2;
    }
    if (PLAIN_ERRORS.some((plain) => error instanceof plain)) {
      host.complain(`vmsysctld: ${(error as Error).message}`);
      return 1;
    }
    throw error;
  }
}

function parser(args: readonly string[], commands: CommandModule[]) {
  return yargs([...args])
    .scriptName('vmsysctld')
    .usage('$0 COMMAND [options]\n\nA userspace /proc/sys/vm with a model of the Linux memory-failure handler behind it.')
    .command(commands)
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
