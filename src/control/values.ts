import { ERRNO, errnoName, isErrnoName, type ErrnoName } from '../abi/errno.ts';
import { LIMITS } from '../abi/limits.ts';
import { LOG_LEVEL, type LogLevel, type LogLevelName } from '../abi/log-level.ts';
import { PAGE_TYPE_NAMES } from '../kernel/memory/page-types.ts';
import { type Race, RACES, type Via, VIAS } from '../kernel/memory-failure/injection.ts';
import { type CperSeverity, MEM_ERR_TYPES } from '../kernel/ras/cper.ts';
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
/** The kinds of memory errors, by number in the record. */
export const KIND_NAMES: readonly string[] = MEM_ERR_TYPES.map((name) => name.toLowerCase().replaceAll(' ', '-'));
/** The kind of a memory error: a name, or its number. */
export const kind: Value<number> = orNumber<number>(
  choice<number>('kind', 'K', KIND_NAMES.map((name, number) => [name, number] as const), 'reading this file lists them'),
  (value) => (value <= BYTE_MAX ? value : undefined),
);
const SEVERITIES: readonly CperSeverity[] = ['corrected', 'recoverable', 'fatal', 'info'];
export const severity: Value<CperSeverity> = choice('severity', SEVERITIES.join('|'), itself(SEVERITIES));
export const errorVia = choice('via', 'ghes|mce', itself(['ghes', 'mce'] as const));

const BYTE_MAX = 255;

/** A number of a record with this many bits, decimal or 0x hex. `noun` is what messages call it. */
export function recordNumber(noun: string, bits: number): Value<bigint> {
  const most = (1n << BigInt(bits)) - 1n;
  return {
    shows: bits === 64 ? 'X' : 'N',
    parse(text) {
      const value = /^(?:\d+|0x[\da-f]+)$/i.test(text) ? BigInt(text) : -1n;
      if (value >= 0n && value <= most) return value;
      return { bad: `bad ${noun} ${show(text)}, it is a number from 0 to ${bits === 64 ? `0x${most.toString(16)}` : most}, decimal or 0x hex` };
    },
  };
}

/** The name of a replaceable part: at most 20 bytes of a record. */
export const fruText: Value<string> = {
  shows: 'TEXT',
  parse(text) {
    const bytes = new TextEncoder().encode(text).length;
    return bytes > FRU_BYTES ? { bad: `bad fru ${show(text)}, it is longer than ${FRU_BYTES} bytes` } : text;
  },
};
const FRU_BYTES = 20;

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
