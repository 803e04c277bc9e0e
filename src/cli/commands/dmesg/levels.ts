import { LOG_LEVEL, type LogLevel } from '../../../abi/log-level.ts';
import { LOG_LEVEL_ALIASES } from '../../../language/values.ts';
import { nearest } from '../../../language/nearest.ts';
import { list, show } from '../../../language/words.ts';
import { UsageError } from '../../exit-status.ts';

const ALIASES: Readonly<Record<string, keyof typeof LOG_LEVEL>> = LOG_LEVEL_ALIASES;

/** Levels by name, with commas between: `err,warn`. `called` is the option they were given to. @throws UsageError */
export function levels(text: string, called: string): ReadonlySet<LogLevel> {
  return new Set(text.split(',').map((word) => level(word, called)));
}

function level(word: string, called: string): LogLevel {
  const name = Object.hasOwn(ALIASES, word) ? ALIASES[word] ?? word : word;
  if (Object.hasOwn(LOG_LEVEL, name)) return LOG_LEVEL[name as keyof typeof LOG_LEVEL];
  const near = nearest(word, Object.keys(LOG_LEVEL));
  const right = near === undefined ? `it is ${list(Object.keys(LOG_LEVEL), 'or')}` : `did you mean '${near}'?`;
  throw new UsageError(`${called} takes levels such as err,warn: there is no ${show(word)}, ${right}`);
}
