// The command line. commands.ts lists the commands; each is one file of commands/: parse, call, print. options/ reads options, config/ the
// configuration file, completion/ completes words for a shell. The folder may import all of src but the library.
// Start with cli() below.
import yargs from 'yargs';
import { whyNoWork } from '../abi/errno-words.ts';
import { printable } from '../abi/printable.ts';
import { MountPointError } from '../daemon/mount-point.ts';
import { ObservingError } from '../daemon/observing/observe.ts';
import { ServiceError } from '../fuse/service.ts';
import { TransportError } from '../fuse/transport.ts';
import { didYouMean, nearest, show } from '../language/words.ts';
import { type Call, type CliContext, type HelpfulCommand, VERSION } from './command.ts';
import { COMMANDS } from './commands.ts';
import { WriteError } from './commands/replay/write-file.ts';
import { COMPLETE } from './completion/scripts.ts';
import { ExitStatus, failures, UsageError } from './exit-status.ts';
import { formatHelp, formatProgramHelp } from './help.ts';
import { checkWords, commandStart, unknownArgument } from './options/parse-words.ts';

/** Errors whose message has what is wrong and what would be right. */
const PLAIN_ERRORS = [ServiceError, MountPointError, TransportError, WriteError, ObservingError] as const;

const HELP: readonly string[] = ['--help', '-h'];

/** Runs a command line. Returns its exit status: 0 done; 1 failed; 2 bad usage; others as the command defines. */
export async function cli(given: readonly string[], context: CliContext): Promise<number> {
  const { failed, usage } = failures(given);
  try {
    await run(given, context);
    return 0;
  } catch (error) {
    if (error instanceof ExitStatus) return error.status;
    // yargs turns an error of an option's check into an error of its own, with the same message.
    if (error instanceof UsageError || (error instanceof Error && error.name === 'YError')) return complain(context, error, usage);
    if (PLAIN_ERRORS.some((plain) => error instanceof plain)) return complain(context, error as Error, failed);
    const lacking = whyNoWork(error as NodeJS.ErrnoException);
    if (lacking !== undefined) return complain(context, new Error(lacking), failed);
    throw error;
  }
}

function complain(context: CliContext, { message }: Error, status: number): number {
  // The message may contain any argument, and the text of a library may have several lines.
  context.complain(`vmsysctld: ${printable(message.replace(/\s*\n\s*/g, ' '))}`);
  return status;
}

async function run(given: readonly string[], context: CliContext): Promise<void> {
  const [name = ''] = given;
  if (HELP.includes(name)) return context.print(formatProgramHelp(Object.entries(COMMANDS).map(([each, { summary }]) => [each, summary])));
  if (name === '--version') return context.print(VERSION);
  if (name === COMPLETE) {
    const { completeWords } = await import('./completion/complete.ts');
    return context.print(await completeWords(COMMANDS, given.slice(1), { context, given, operands: [] }));
  }
  const row = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (row === undefined) throw new UsageError(noCommand(name));
  let end = given.includes('--') ? given.indexOf('--') : given.length;
  const call: Call = { context, given, get operands() { return given.slice(given[end] === '--' ? end + 1 : end); } };
  const command = await row.load(call);
  // After the options of exec comes the command line of another program. After the `--` of other commands come operands.
  if (name === 'exec') end = commandStart(given, command.help.options);
  const own = given.slice(0, end);
  if (own.some((arg) => HELP.includes(arg))) return context.print(formatHelp(command.help));
  try {
    checkWords(own.slice(1), command.help.options, LISTS(name));
    await parser(name === 'exec' ? own : [...own, ...call.operands.map(operand)], command).parseAsync();
  } catch (error) {
    if (!(error instanceof Misunderstood)) throw error;
    throw new UsageError(`${explain(error.message, name, own, command)}; ${LISTS(name)}`);
  }
}

const LISTS = (command?: string): string => ['vmsysctld', ...(command === undefined ? [] : [command]), '--help lists all'].join(' ');

/** An operand after `--`, written so that it cannot be read as an option. All operands are paths. */
function operand(path: string): string {
  return /^-./.test(path) ? `./${path}` : path;
}

function noCommand(name: string): string {
  if (name === '') return `a command is missing: begin with mount MNT; ${LISTS()}`;
  if (name.startsWith('-')) return `the command comes before ${show(name)}: vmsysctld COMMAND [options]; ${LISTS()}`;
  const near = nearest(name, Object.keys(COMMANDS));
  return `unknown command ${show(name)}${near === undefined ? `; ${LISTS()}` : `, ${didYouMean(near)}`}`;
}

/** An error of yargs about a command line, in the words of yargs. */
class Misunderstood extends Error {}

function parser(args: readonly string[], command: HelpfulCommand) {
  // Without a directory yargs asks for the current one, which may have been removed. It is not used here.
  return yargs([...args], '/')
    .scriptName('vmsysctld')
    .command(command)
    .strict()
    .parserConfiguration({ 'dot-notation': false })
    .version(VERSION)
    .help(false)
    .exitProcess(false)
    .fail((message, error) => {
      // Errors of our own checks arrive here too.
      throw error === undefined || EXPLANATIONS.some(([pattern]) => pattern.test(error.message)) ? new Misunderstood(message) : error;
    });
}

/** The same in our words. A message that no row matches stays as it is. */
const EXPLANATIONS: readonly (readonly [RegExp, (what: string, name: string, args: readonly string[], command: HelpfulCommand) => string])[] = [
  [/^Not enough non-option arguments/, (_, name, __, { help }) => `${name} needs ${help.needs ?? 'more words'}: vmsysctld ${help.usage}`],
  [/^Unknown (?:argument|command)s?: ([^,]+)/, (what, _, args, { help }) => {
    const unknown = unknownArgument(what, args.slice(1), help.options);
    return help.stray !== undefined && unknown.startsWith('unknown word') ? `${unknown}: ${help.stray}` : unknown;
  }],
  [/^Not enough arguments following: (\S+)/, (what) => `--${what} needs a value`],
];

function explain(message: string, name: string, args: readonly string[], command: HelpfulCommand): string {
  for (const [pattern, say] of EXPLANATIONS) {
    const found = pattern.exec(message);
    if (found) return say(found[1] ?? '', name, args, command);
  }
  return message;
}
