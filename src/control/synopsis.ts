import { ERRNO } from '../abi/errno.ts';
import { LOG_LEVEL } from '../abi/log-level.ts';
import { PAGE_TYPE_NAMES } from '../kernel/memory/page-type-names.ts';
import { RACES } from '../kernel/memory-failure/races.ts';
import { GRAMMAR } from './commands.ts';

const WIDTH = 100;
const INDENT = '   ';

/** `X  words, words…` in lines of at most WIDTH columns, the further ones indented. */
function legend(letter: string, meaning: string, words: readonly string[]): readonly string[] {
  const lines = [`${letter}  ${meaning}`];
  words.forEach((word, index) => {
    const item = `${word}${index === words.length - 1 ? '' : ','}`;
    const last = lines.at(-1) ?? '';
    if (last.length + 1 + item.length > WIDTH) lines.push(`${INDENT}${item}`);
    else lines[lines.length - 1] = `${last} ${item}`;
  });
  return lines;
}

/** The grammar of the control file, a line a command. */
export const SYNOPSIS: readonly string[] = Object.values(GRAMMAR).map(({ synopsis }) => synopsis);

/** What the letters of the synopsis stand for, with the words that are known. */
export const LEGEND: readonly string[] = [
  ...legend('T', 'page type:', PAGE_TYPE_NAMES),
  ...legend('R', 'race:', Object.keys(RACES)),
  ...legend('L', 'log level:', [...Object.keys(LOG_LEVEL), '0 to 7']),
  ...legend('E', 'errno:', [`a name such as EIO, or its number (${ERRNO.EIO})`]),
  ...legend('P', 'page frame number; A: physical address; N, MS: numbers; all decimal or 0x hex', []),
  ...legend('C', 'name of a task, up to 15 bytes; a value with blanks stands in double quotes, with \\" and \\\\ inside', []),
];
