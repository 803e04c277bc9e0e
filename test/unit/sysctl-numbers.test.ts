import { describe, expect, test } from 'vitest';
import { ERRNO } from '../../src/abi/errno.ts';
import { procGetLong, procSkipSpaces } from '../../src/kernel/sysctl/proc-get-long.ts';

function parse(text: string): string {
  const data = Buffer.from(text, 'latin1');
  const parsed = procGetLong(data, 0, data.length);
  if (typeof parsed === 'number') return parsed === -ERRNO.EINVAL ? 'EINVAL' : String(parsed);
  return `${parsed.negative ? '-' : ''}${parsed.magnitude} then '${text.slice(parsed.next)}'`;
}

describe('procGetLong', () => {
  test.each([
    ['5', "5 then ''", 'the end of the data ends a number'],
    ['5 6', "5 then ' 6'", 'so do a space,'],
    ['5\t', "5 then '\t'", 'a tab'],
    ['5\n', "5 then '\n'", 'and a newline'],
    ['5\v', 'EINVAL', 'but no other space'],
    ['5\r\n', 'EINVAL', 'a file with DOS line ends is refused'],
    ['5\0', 'EINVAL', 'a NUL is garbage like any other'],
    ['5k', 'EINVAL', 'no units'],
    ['+5', 'EINVAL', 'no plus sign'],
    ['-5', "-5 then ''", 'a minus sign'],
    ['-', 'EINVAL', 'a sign needs a number'],
    ['- 5', 'EINVAL', 'right after it'],
    ['010', "8 then ''", 'octal'],
    ['08', 'EINVAL', 'an octal number ends before an 8, which is then garbage'],
    ['0x1F', "31 then ''", 'hexadecimal'],
    ['0XfF', "255 then ''", 'in either case'],
    ['0x', 'EINVAL', '0x without a digit is an octal 0 and garbage'],
    ['0b1', 'EINVAL', 'no binary'],
    ['18446744073709551615', "18446744073709551615 then ''", 'ULONG_MAX has 20 characters'],
    ['18446744073709551616', 'EINVAL', 'one more overflows'],
    ['99999999999999999999', 'EINVAL', 'overflow is not wrapped'],
    ['00000000000000000001', "1 then ''", '20 characters fit'],
    ['000000000000000000001', 'EINVAL', '21 might go on'],
    ['-00000000000000000001', 'EINVAL', 'the sign counts'],
    ['0x0000000000000000001', 'EINVAL', 'and so does the prefix'],
  ])('%j is %s: %s', (text, expected) => {
    expect(parse(text)).toBe(expected);
  });

  test('a number that ends with the part of a write that is looked at may go on behind it', () => {
    expect(procGetLong(Buffer.from('77'), 0, 1)).toEqual({ magnitude: 7n, negative: false, next: 1 });
  });
});

test('procSkipSpaces goes by the kernel\'s Latin-1 ctype: the no-break space counts, NEL does not', () => {
  expect(procSkipSpaces(Buffer.from(' \t\n\v\f\r\xa05', 'latin1'), 0, 8)).toBe(7);
  expect(procSkipSpaces(Buffer.from('\x855', 'latin1'), 0, 2)).toBe(0);
  expect(procSkipSpaces(Buffer.from('  '), 0, 2)).toBe(2);
});
