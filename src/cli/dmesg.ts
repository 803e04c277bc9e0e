import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { LOG_LEVEL, type LogLevel } from '../abi/log-level.ts';
import { Changes } from '../daemon/look/changes.ts';
import { type LogLine, readLogLine } from '../daemon/look/log-line.ts';
import { LogTail } from '../daemon/look/log-tail.ts';
import type { Look } from '../daemon/look/look.ts';
import { LookError } from '../daemon/look/look-error.ts';
import { MachineWatch } from '../daemon/look/watch-machine.ts';
import { shellWord } from '../daemon/mount-point.ts';
import { LOG_LEVEL_ALIASES } from '../tree/grammar/aliases.ts';
import { nearest } from '../tree/grammar/nearest.ts';
import { list } from '../tree/grammar/words.ts';
import { coloured, type DmesgForm, json, plain } from './dmesg-forms.ts';
import { type Host, UsageError } from './host.ts';
import { once, oneOf } from './once.ts';
import { whichMachine } from './which-machine.ts';

const COLOUR_WORDS = ['auto', 'always', 'never'] as const;
const ALIASES: Readonly<Record<string, keyof typeof LOG_LEVEL>> = LOG_LEVEL_ALIASES;

/** How many lines are written before it is looked whether anybody reads them. */
const LINES_AT_A_TIME = 1000;

function options<T>(argv: Argv<T>) {
  return argv
    .positional('MNT', { describe: 'where the machine is mounted; may be left out where there is one only', type: 'string' })
    .option('follow', { alias: 'w', describe: 'wait for further lines, until the machine is unmounted', type: 'boolean', default: false })
    .option('all', { alias: 'a', describe: 'all that is in the log, not the last boot alone', type: 'boolean', default: false })
    .option('level', {
      alias: 'l', describe: 'only lines of these levels, such as err,warn; the log must tell them (raw, kmsg)', type: 'string', requiresArg: true, coerce: levels,
    })
    .option('json', { describe: 'JSON objects, one a line: usec, level, facility, seq, text', type: 'boolean', default: false })
    .option('color', {
      describe: 'colours; auto: on a terminal, unless NO_COLOR is set', type: 'string', choices: COLOUR_WORDS, default: 'auto',
      coerce: oneOf<(typeof COLOUR_WORDS)[number]>('color', COLOUR_WORDS),
    })
    .option('file', { alias: 'F', describe: 'a log to read in place of that of a machine', type: 'string', requiresArg: true, coerce: once('file') })
    .example('$0 dmesg -w /mnt', 'what the machine says, as it says it')
    .example('$0 dmesg --json --all -F vmsysctld.log', 'a log whose machine has gone');
}

type Options = ReturnType<typeof options> extends Argv<infer A> ? A : never;

/** `vmsysctld dmesg [MNT]`: the log of a machine, as dmesg(1) shows a kernel's. */
export function dmesgCommand(host: Host): CommandModule<object, Options> {
  return {
    command: 'dmesg [MNT]',
    describe: 'print the log of a mounted machine, and follow it',
    builder: (argv) => options(argv),
    async handler(args) {
      if (args.MNT !== undefined && args.file !== undefined) throw new UsageError('MNT and --file exclude each other: name the machine, or its log');
      const look = args.file === undefined ? await whichMachine('dmesg', args.MNT) : undefined;
      const tail = new LogTail(args.file === undefined ? logOf(look) : host.absolute(args.file));
      try {
        if (!args.all) tail.toLastBoot();
        const printer = new Printer(host, formOf(host, args), args.level, tail.path);
        if (args.follow) await follow(tail, printer, look);
        else await printer.print(tail.lines());
        await printer.print(tail.rest());
      } finally {
        tail.close();
      }
    },
  };
}

function logOf(look: Look | undefined): string {
  if (look?.status.served === undefined) throw new LookError('the machine does not tell where its log is: name the log with --file');
  return look.status.served.logPath;
}

function formOf(host: Host, args: ArgumentsCamelCase<Options>): DmesgForm {
  if (args.json) return json;
  const auto = host.outputIsTerminal && (host.env['NO_COLOR'] ?? '') === '';
  return args.color === 'always' || (args.color === 'auto' && auto) ? coloured : plain;
}

/** Prints the lines that are wanted. */
class Printer {
  readonly #host: Host;
  readonly #form: DmesgForm;
  readonly #levels: ReadonlySet<LogLevel> | undefined;
  readonly #path: string;

  constructor(host: Host, form: DmesgForm, wanted: ReadonlySet<LogLevel> | undefined, path: string) {
    this.#host = host;
    this.#form = form;
    this.#levels = wanted;
    this.#path = path;
  }

  get readerGone(): boolean {
    return this.#host.outputGone();
  }

  /** Prints lines as long as somebody reads them. */
  async print(lines: Iterable<string>): Promise<void> {
    let count = 0;
    for (const each of lines) {
      const line = readLogLine(each);
      if (this.#wants(line)) this.#host.print(this.#form(line));
      count += 1;
      if (count % LINES_AT_A_TIME > 0) continue;
      await new Promise((resolve) => setImmediate(resolve));
      if (this.readerGone) return;
    }
  }

  #wants({ level, usec }: LogLine): boolean {
    if (this.#levels === undefined) return true;
    // A line without a time stamp is none that its format would tell the level of.
    if (level !== undefined || usec === undefined) return level !== undefined && this.#levels.has(level);
    throw new LookError(`--level: the log ${shellWord(this.#path)} does not tell the levels of its lines: mount with --log-format raw or kmsg`);
  }
}

/** Prints what comes, until nobody reads it, or nothing can come any more. @throws LookError when the daemon died */
async function follow(tail: LogTail, printer: Printer, look: Look | undefined): Promise<void> {
  const changes = new Changes(tail.path);
  const watch = look && await MachineWatch.start(look);
  try {
    for (;;) {
      await printer.print(tail.lines());
      await changes.next();
      if (printer.readerGone) return;
      if (await watch?.unmounted()) break;
    }
  } finally {
    changes.close();
  }
  // What it said last of all.
  await printer.print(tail.lines());
}

function levels(given: string | readonly string[]): ReadonlySet<LogLevel> {
  return new Set(once('level')(given).split(',').map(level));
}

function level(word: string): LogLevel {
  const name = ALIASES[word] ?? word;
  if (Object.hasOwn(LOG_LEVEL, name)) return LOG_LEVEL[name as keyof typeof LOG_LEVEL];
  const near = nearest(word, Object.keys(LOG_LEVEL));
  const right = near === undefined ? `it is ${list(Object.keys(LOG_LEVEL), 'or')}` : `did you mean '${near}'?`;
  throw new UsageError(`--level takes levels such as err,warn: there is no '${word}', ${right}`);
}
