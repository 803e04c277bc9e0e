import type { ArgumentsCamelCase, Argv } from 'yargs';
import { parseWhen } from '../../replay/filter.ts';
import { POLICIES } from '../../replay/summary/tables.ts';
import { UsageError } from '../host.ts';
import { once, oneOf } from '../once.ts';

const POLICY_WORDS = [...POLICIES, 'both'] as const;
const FAIL_ON = ['would-panic'] as const;
/** Options of `vmsysctld replay`. Each is checked as it is parsed: a bad one is a UsageError. */
export function replayOptions<T>(argv: Argv<T>) {
  return argv
    .positional('FILE', { describe: 'a log, a directory of logs, or - for standard input', type: 'string', array: true, default: [] as string[] })
    .option('policy', {
      describe: 'whose rule: the series v4 as posted, or what Linux 7.3 merged',
      type: 'string',
      choices: POLICY_WORDS,
      default: 'both',
      coerce: oneOf<(typeof POLICY_WORDS)[number]>('policy', POLICY_WORDS),
    })
    .option('json', { describe: 'one JSON object a memory failure, a line each', type: 'boolean', default: false })
    .option('csv', { describe: 'one line of CSV a memory failure', type: 'boolean', default: false })
    .option('html', { describe: 'write a page with the whole report', type: 'string', requiresArg: true, coerce: once('html') })
    .option('summary', { describe: 'write what --merge adds up', type: 'string', requiresArg: true, coerce: once('summary') })
    .option('merge', { describe: 'the FILEs are summaries: add them up', type: 'boolean', default: false })
    .option('scenario', { describe: 'write a control script that re-enacts what happened to one host', type: 'boolean', default: false })
    .option('host', { describe: 'only hosts whose name this regular expression matches', type: 'string', requiresArg: true, coerce: regex })
    .option('host-from-path', { describe: 'the path of a file tells the host where its lines do not', type: 'boolean', default: false })
    .option('since', { describe: 'only from this time on, such as 2026-11-23 or 2026-11-23T04:46Z', type: 'string', requiresArg: true, coerce: when('since') })
    .option('until', { describe: 'only up to this time', type: 'string', requiresArg: true, coerce: when('until') })
    .option('crash-window', {
      describe: 'seconds within which a crash is taken for a consequence',
      type: 'string',
      requiresArg: true,
      default: '300',
      coerce: seconds,
    })
    .option('fail-on', { describe: 'exit with status 3 if there is such a verdict', type: 'string', choices: FAIL_ON, coerce: oneOf('fail-on', FAIL_ON) })
    .example('$0 replay /var/log', 'what would have panicked on this machine')
    .example('journalctl -k -o export | $0 replay - --json', 'as a filter')
    .example('$0 replay logs/ --host-from-path --html report.html', 'a fleet, a directory a host');
}

/** As yargs declares them, and as a handler gets them. */
export type Options = ReturnType<typeof replayOptions> extends Argv<infer A> ? A : never;
export type Given = ArgumentsCamelCase<Options>;

function regex(given: string | readonly string[]): RegExp {
  const text = once('host')(given);
  try {
    return new RegExp(text);
  } catch (error) {
    throw new UsageError(`--host takes a regular expression, such as '^db[0-9]+', not '${text}': ${(error as Error).message.replace(/^.*: /, '')}`);
  }
}

function when(name: string): (given: string | readonly string[]) => number {
  return (given) => {
    const text = once(name)(given);
    const ms = parseWhen(text);
    if (ms !== undefined) return ms;
    throw new UsageError(`--${name} takes a date or a time, such as 2026-11-23 or 2026-11-23T04:46:01Z, not '${text}'`);
  };
}

function seconds(given: string | readonly string[]): number {
  const text = once('crash-window')(given);
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (!Number.isNaN(value)) return value;
  throw new UsageError(`--crash-window takes a whole number of seconds, such as 300, not '${text}'`);
}
