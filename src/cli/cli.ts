import yargs from 'yargs';
import { MountPointError } from '../daemon/mount-point.ts';
import { ServiceError } from '../fuse/service.ts';
import { TransportError } from '../fuse/transport.ts';
import { execCommand, FAILED } from './exec.ts';
import { type Host, UsageError } from './host.ts';
import { machineCommand } from './machine.ts';
import { matrixCommand } from './matrix.ts';
import { mountCommand } from './mount.ts';
import { VERSION } from './version.ts';

/** Failures that say themselves what is wrong and what would be right. */
const PLAIN_ERRORS = [ServiceError, MountPointError, TransportError] as const;

/** The exit statuses of failures: of what could not be done, and of bad usage. Those of exec are told from those of the command it runs. */
function failures(args: readonly string[]): { readonly failed: number; readonly usage: number } {
  return args[0] === 'exec' ? { failed: FAILED, usage: FAILED } : { failed: 1, usage: 2 };
}

/** Runs a command line: its exit status. 0 done; 1 it could not be done; 2 bad usage; see {@link execCommand} for what is different there. */
export async function cli(given: readonly string[], host: Host): Promise<number> {
  const { failed, usage } = failures(given);
  // What follows exec's -- is another program's command line.
  const end = given[0] === 'exec' && given.includes('--') ? given.indexOf('--') : given.length;
  const args = given.slice(0, end);
  let status = 0;
  const exec = execCommand(host, given, given.slice(end + 1), (ended) => { status = ended; });
  try {
    await parser(args, host, exec).parseAsync();
    return status;
  } catch (error) {
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

function parser(args: readonly string[], host: Host, exec: ReturnType<typeof execCommand>) {
  return yargs([...args])
    .scriptName('vmsysctld')
    .usage('$0 COMMAND [options]\n\nA userspace /proc/sys/vm with a model of the Linux memory-failure handler behind it.')
    .command(mountCommand(host))
    .command(exec)
    .command(machineCommand(host))
    .command(matrixCommand(host))
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

/** The commands that have a help of their own; what is none of them is answered with that of mount. */
const COMMANDS = ['mount', 'exec', 'machine', 'matrix'];

function explain(message: string, given = ''): string {
  const command = COMMANDS.find((each) => each === given) ?? 'mount';
  const row = EXPLANATIONS.map(([pattern, say]) => ({ found: pattern.exec(message), say })).find(({ found }) => found !== null);
  return `${row ? row.say(row.found?.[1] ?? '') : message.replaceAll('\n', ' ')}; vmsysctld ${command} --help lists what there is`;
}
