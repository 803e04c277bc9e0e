import { LOG_LEVEL, type LogLevel } from '../abi/log-level.ts';
import { quote } from '../language/words.ts';
import { hex, mapped, type Part, word, writeStatement } from '../language/write.ts';
import type { Command, CommandOf, Target } from './command.ts';

/** A free text, in quotes where they or blanks at its ends would be lost, or where it could be read as a key. */
function free(text: string): string {
  return text === '' || text !== text.trim() || /^(?:"|#|\w+=)/.test(text) ? quote(text) : text;
}

function target(of: Target): Part {
  switch (of.kind) {
    case 'any': return undefined;
    case 'type': return `type=${of.type}`;
    case 'pfn': return `pfn=${hex(of.pfn)}`;
    case 'phys': return `phys=${hex(of.phys)}`;
  }
}

function levelName(level: LogLevel): string {
  return Object.entries(LOG_LEVEL).find(([, value]) => value === level)?.[0] ?? String(level);
}

function times(count: number | undefined): Part {
  return count !== undefined && `count=${count}`;
}

type Formatters = { readonly [K in Command['kind']]: (command: CommandOf<K>) => readonly Part[] };

const ARGUMENTS: Formatters = {
  inject: ({ target: of, count, via, race }) => [
    target(of), count !== 1 && times(count), via !== 'hard' && `via=${via}`, race !== undefined && `race=${race}`,
  ],
  'soft-offline': ({ target: of }) => [target(of)],
  unpoison: ({ pfn }) => [`pfn=${hex(pfn)}`],
  page: ({ first, last, type, mapped: by, earlyKill, noAddress, refs }) => [
    `pfn=${hex(first)}${last === first ? '' : `-${hex(last)}`}`, `type=${type}`, by !== undefined && mapped(by),
    earlyKill && 'early-kill', noAddress && 'no-address', refs !== 0 && `refs=${refs}`,
  ],
  access: ({ pfn, comm, pid }) => [`pfn=${hex(pfn)}`, comm !== undefined && `comm=${word(comm)}`, pid !== undefined && `pid=${pid}`],
  fail: ({ path, op, errno, count }) => [word(path), `op=${op}`, `errno=${errno}`, times(count)],
  delay: ({ path, ms, count }) => [word(path), `ms=${ms}`, times(count)],
  log: ({ level, text }) => [level !== undefined && `level=${levelName(level)}`, free(text)],
  panic: ({ text }) => [text !== undefined && free(text)],
  reboot: () => [],
  reset: () => [],
  'keep-going': () => [],
  wait: ({ ms }) => [String(ms)],
};

/** A command as the line that parses to it, without newline; what is as by default is left out. */
export function formatCommand(command: Command): string {
  const parts = ARGUMENTS[command.kind] as (of: Command) => readonly Part[];
  return writeStatement(command.kind, parts(command));
}
