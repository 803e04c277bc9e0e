// The command line. commands.ts lists the commands; each is one file of commands/: parse, call, print. options/ reads options, config/ the
// configuration file, completion/ completes words for a shell. The folder may import all of src but the library.
// Start with cli() below.
import { whyNoWork } from '../abi/errno-words.ts';
import { PlainError } from '../abi/plain-error.ts';
import { printable } from '../abi/printable.ts';
import { didYouMean, nearest, show } from '../language/words.ts';
import { type Call, type CliContext, VERSION } from './command.ts';
import { COMMANDS } from './commands.ts';
import { COMPLETE } from './completion/scripts.ts';
import { ExitStatus, failures, UsageError } from './exit-status.ts';
import { formatHelp, formatProgramHelp } from './help.ts';

const HELP: readonly string[] = ['--help', '-h'];

/** Runs a command line. Returns its exit status: 0 done; 1 failed; 2 bad usage; others as the command defines. */
export async function cli(given: readonly string[], context: CliContext): Promise<number> {
  const { failed, usage } = failures(given);
  try {
    await run(given, context);
    return 0;
  } catch (error) {
    if (error instanceof ExitStatus) return error.status;
    if (error instanceof UsageError) return complain(context, error, usage);
    if (error instanceof PlainError) return complain(context, error, failed);
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
  // Loaded here, because yargs takes milliseconds to load and --version has no use for it.
  const [command, { commandStart, parseWords }] = await Promise.all([row.load(call), import('./options/parse-words.ts')]);
  // After the options of exec comes the command line of another program. After the `--` of other commands come operands.
  if (name === 'exec') end = commandStart(given, command.help.options);
  const own = given.slice(0, end);
  if (own.some((arg) => HELP.includes(arg))) return context.print(formatHelp(command.help));
  if (own.includes('--version')) return context.print(VERSION);
  const { given: options, operands } = parseWords(own.slice(1), command.help.options, LISTS(name));
  const all = name === 'exec' ? operands : [...operands, ...call.operands.map(operand)];
  const { needs, operands: { most }, usage } = command.help;
  const [unknown] = all.slice(most);
  if (unknown !== undefined) throw new UsageError(`unknown word ${show(unknown)}; ${LISTS(name)}`);
  if (needs !== undefined && all.length === 0) throw new UsageError(`${name} needs ${needs}: vmsysctld ${usage}; ${LISTS(name)}`);
  await command.run(options, all);
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
