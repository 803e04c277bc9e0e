// The command line. commands.ts lists the commands; each is one file of commands/: parse, call, print. options/ reads options, config/ the
// configuration file, completion/ completes words for a shell. May import everything but the library. Start with cli() below.
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
import { checkWords, commandStart, unknownArgument } from './options/check-words.ts';

/** Failures that say themselves what is wrong and what would be right. */
const PLAIN_ERRORS = [ServiceError, MountPointError, TransportError, WriteError, ObservingError] as const;

const HELP: readonly string[] = ['--help', '-h'];

/** Runs a command line: its exit status. 0 done; 1 it could not be done; 2 bad usage; others as the command says. */
export async function cli(given: readonly string[], context: CliContext): Promise<number> {
  const { failed, usage } = failures(given);
  try {
    await run(given, context);
    return 0;
  } catch (error) {
    if (error instanceof ExitStatus) return error.status;
    // What a check of one option throws comes out of yargs as an error of its own, with the same message.
    if (error instanceof UsageError || (error instanceof Error && error.name === 'YError')) return complain(context, error, usage);
    if (PLAIN_ERRORS.some((plain) => error instanceof plain)) return complain(context, error as Error, failed);
    const lacking = whyNoWork(error as NodeJS.ErrnoException);
    if (lacking !== undefined) return complain(context, new Error(lacking), failed);
    throw error;
  }
}

function complain(context: CliContext, { message }: Error, status: number): number {
  // Whatever was given stands in it; what a library says may go on over lines.
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
  // What follows exec's options is another program's command line, what follows another command's `--` are operands.
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

const LISTS = (command?: string): string => ['vmsysctld', ...(command === undefined ? [] : [command]), '--help lists what there is'].join(' ');

/** An operand after `--`, such that nobody takes it for an option: all of them are paths. */
function operand(path: string): string {
  return /^-./.test(path) ? `./${path}` : path;
}

function noCommand(name: string): string {
  if (name === '') return `which command? mount MNT is the one to begin with; ${LISTS()}`;
  if (name.startsWith('-')) return `the command comes before ${show(name)}: vmsysctld COMMAND [options]; ${LISTS()}`;
  const near = nearest(name, Object.keys(COMMANDS));
  return `unknown command ${show(name)}${near === undefined ? `; ${LISTS()}` : `, ${didYouMean(near)}`}`;
}

/** What yargs says of a command line, which it says in its own words. */
class Misunderstood extends Error {}

function parser(args: readonly string[], command: HelpfulCommand) {
  // It asks for the current directory where none is given, which may have been removed, for what is not used here.
  return yargs([...args], '/')
    .scriptName('vmsysctld')
    .command(command)
    .strict()
    .parserConfiguration({ 'dot-notation': false })
    .version(VERSION)
    .help(false)
    .exitProcess(false)
    .fail((message, error) => {
      // What a check of ours has thrown comes by here too.
      throw error === undefined || EXPLANATIONS.some(([pattern]) => pattern.test(error.message)) ? new Misunderstood(message) : error;
    });
}

/** The same in ours. What no row knows is left as it is. */
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
