import { LOG_LEVEL, type LogLevel } from '../../abi/log-level.ts';
import { FileChanges } from '../../daemon/observing/file-changes.ts';
import { LogTail } from '../../daemon/observing/log-tail.ts';
import { MachineWatch } from '../../daemon/observing/machine-watch.ts';
import { type ObservedMachine, ObservingError } from '../../daemon/observing/observe.ts';
import { LOG_LEVEL_ALIASES } from '../../language/values.ts';
import { didYouMean, list, nearest, show } from '../../language/words.ts';
import type { CliContext, HelpfulCommand } from '../command.ts';
import { UsageError } from '../exit-status.ts';
import { file, oneOf, type OptionTable, type OptionValues, valuesOf } from '../options/option.ts';
import { coloured, type DmesgForm, json, plain, Printer } from './dmesg-printer.ts';
import { whichMachine } from './which-machine.ts';

const COLOUR_WORDS = ['auto', 'always', 'never'] as const;

const DMESG_TABLE = {
  follow: { kind: 'flag', short: 'w', describe: 'wait for more, until it is unmounted' },
  all: { kind: 'flag', short: 'a', describe: 'the whole log, not only the last boot' },
  level: { kind: 'text', short: 'l', value: 'LEVELS', describe: 'only lines of these levels, such as err,warn', read: levels, fallback: undefined },
  json: { kind: 'flag', describe: 'one JSON object per line' },
  color: { ...oneOf<(typeof COLOUR_WORDS)[number]>(COLOUR_WORDS), value: 'WHEN', describe: 'colours', fallback: 'auto' },
  file: { ...file(), short: 'F', describe: 'read this log instead of that of a machine', fallback: undefined },
} as const satisfies OptionTable;

/** `vmsysctld dmesg [MNT]`: the log of a machine, as dmesg(1) shows a kernel's. */
export function dmesgCommand(context: CliContext): HelpfulCommand {
  return {
    help: {
      usage: 'dmesg [options] [MNT]',
      about: 'Prints the log of the machine that is mounted on MNT, as dmesg(1) does a\nkernel\'s, from its last boot on. MNT may be left out if there is only one.\nOnly logs of the format raw or kmsg have levels.',
      options: DMESG_TABLE,
      operands: { completion: { with: 'directories', words: [] }, most: 1 },
      examples: [
        ['dmesg -w /mnt', 'print lines as they come'],
        ['dmesg --json -a -F vmsysctld.log', 'a log whose machine has gone'],
      ],
    },
    async run(given, [place]) {
      const args = valuesOf(DMESG_TABLE, given);
      if (place !== undefined && args.file !== undefined) throw new UsageError('MNT and --file exclude each other: name the machine, or its log');
      const observed = args.file === undefined ? await whichMachine('dmesg', place) : undefined;
      const tail = new LogTail(args.file === undefined ? logOf(observed) : context.absolute(args.file));
      try {
        if (!args.all) tail.toLastBoot();
        const printer = new Printer(context, formOf(context, args), args.level, tail.path);
        if (args.follow) await follow(tail, printer, observed);
        else await printer.print(tail.lines());
        await printer.print(tail.rest());
      } finally {
        tail.close();
      }
    },
  };
}

function logOf(observed: ObservedMachine | undefined): string {
  const log = observed?.status.log;
  if (typeof log !== 'string') throw new ObservingError('the machine does not report where its log is: name the log with --file');
  return log;
}

function formOf(context: CliContext, args: OptionValues<typeof DMESG_TABLE>): DmesgForm {
  if (args.json) return json;
  const auto = context.outputIsTerminal && (context.env['NO_COLOR'] ?? '') === '';
  return args.color === 'always' || (args.color === 'auto' && auto) ? coloured : plain;
}

/** Prints new lines, until they have no reader or the machine is unmounted. @throws ObservingError if the daemon died */
async function follow(tail: LogTail, printer: Printer, observed: ObservedMachine | undefined): Promise<void> {
  const changes = new FileChanges(tail.path);
  const watch = observed && await MachineWatch.start(observed);
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
  // The last lines of the machine.
  await printer.print(tail.lines());
}

const ALIASES: Readonly<Record<string, keyof typeof LOG_LEVEL>> = LOG_LEVEL_ALIASES;

/** Levels by name, with commas between: `err,warn`. `called` is the option they were given to. @throws UsageError */
export function levels(text: string, called: string): ReadonlySet<LogLevel> {
  return new Set(text.split(',').map((word) => level(word, called)));
}

function level(word: string, called: string): LogLevel {
  const name = Object.hasOwn(ALIASES, word) ? ALIASES[word] ?? word : word;
  if (Object.hasOwn(LOG_LEVEL, name)) return LOG_LEVEL[name as keyof typeof LOG_LEVEL];
  const near = nearest(word, Object.keys(LOG_LEVEL));
  const right = near === undefined ? `it is ${list(Object.keys(LOG_LEVEL), 'or')}` : didYouMean(near);
  throw new UsageError(`${called} takes levels such as err,warn: there is no ${show(word)}, ${right}`);
}
