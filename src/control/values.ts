import { ERRNO, errnoName, isErrnoName, type ErrnoName } from '../abi/errno.ts';
import { LIMITS } from '../abi/limits.ts';
import { LOG_LEVEL, type LogLevel, type LogLevelName } from '../abi/log-level.ts';
import { PAGE_TYPE_NAMES } from '../kernel/memory/page-types.ts';
import { type Race, RACES, type Via, VIAS } from '../kernel/memory-failure/injection.ts';
import {
  choice, ERRNO_ALIASES, itself, keysOf, LOG_LEVEL_ALIASES, number, orNumber, pageTypeOf, type Value,
} from '../language/values.ts';
import { list, show } from '../language/words.ts';

const COUNT_MAX = 1_000_000;
const MS_MAX = 1_000_000_000;
const MS = { min: 0, max: MS_MAX };

export const count = number('count', 'N', { min: 1, max: COUNT_MAX });
export const delayMs = number('ms', 'N', MS);
/** The argument of `wait`: at most the range of the machine's clock. */
export const waitMs = number('MS', 'MS', { min: 0, max: Math.floor(LIMITS.clock.most / 1000) });

export const pageType = pageTypeOf(PAGE_TYPE_NAMES, 'reading this file lists them');
export const via: Value<Via> = choice('via', keysOf(VIAS).join('|'), itself(keysOf(VIAS)));
export const race: Value<Race> = choice('race', 'R', itself(keysOf(RACES)));
export const operation = choice('op', 'read|write|open', itself(['read', 'write', 'open'] as const));

const levelNames = keysOf(LOG_LEVEL);
const levelAliases = Object.entries(LOG_LEVEL_ALIASES).map(([alias, name]: [string, LogLevelName]) => [alias, LOG_LEVEL[name]] as const);
export const level: Value<LogLevel> = orNumber<LogLevel>(
  choice<LogLevel>('level', 'L', [...Object.entries(LOG_LEVEL), ...levelAliases], `it is ${list([...levelNames, '0 to 7'], 'or')}`),
  (value) => levelNames.map((name) => LOG_LEVEL[name]).find((known) => known === value),
);

export const errno: Value<ErrnoName> = orNumber<ErrnoName>(
  choice<ErrnoName>('errno', 'E', [...itself(keysOf(ERRNO)), ...Object.entries(ERRNO_ALIASES)], 'it is a name such as EIO, or its number'),
  (value) => {
    const name = errnoName(value);
    return isErrnoName(name) ? name : undefined;
  },
);

/** The path of a file, absolute within the mount. The first slash may be left out. */
export const path: Value<string> = {
  shows: 'PATH',
  parse(text) {
    const names = text.split('/').filter((name) => name !== '' && name !== '.');
    if (names.includes('..')) return { bad: `bad path ${show(text)}, it may not contain '..'` };
    return names.length === 0 ? { bad: `bad path ${show(text)}, it is the path of a file below the mount point` } : `/${names.join('/')}`;
  },
};
