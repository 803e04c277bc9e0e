import { describe, expect, test } from 'vitest';

import { ERRNO, type ErrnoName } from '../../src/abi/errno.ts';
import { PAGE_TYPE_NAMES } from '../../src/kernel/memory/page-types.ts';
import { RACES, type Race } from '../../src/kernel/memory-failure/injection.ts';
import { PAGE_TYPE_ALIASES } from '../../src/language/values.ts';
import { type Batch, type Command, formatCommand, formatControlError, parseControl } from '../../src/control/command.ts';
import { CONTROL_COMMANDS } from '../../src/control/commands.ts';
import type { Target } from '../../src/control/target.ts';
import { nearest } from '../../src/language/words.ts';
import { LEGEND, SYNOPSIS } from '../../src/control/report.ts';

function parse(text: string | Uint8Array): Batch {
  return parseControl(typeof text === 'string' ? new TextEncoder().encode(text) : text);
}

/** The commands of a text that has no error. */
function commands(text: string | Uint8Array): readonly Command[] {
  const batch = parse(text);
  if ('error' in batch) throw new Error(formatControlError(batch.error));
  return batch.commands;
}

/** The message `control:1: …` for a text. */
function complaint(text: string | Uint8Array): string {
  const batch = parse(text);
  return 'error' in batch ? formatControlError(batch.error) : 'no error';
}

const any: Target = { kind: 'any' };
const inject = { kind: 'inject', target: any, count: 1, via: 'hard' } as const;
const page = { kind: 'page', first: 16, last: 16, type: 'slab', shape: {} } as const;
const fail = { kind: 'fail', path: '/proc/sys/vm/swappiness', op: 'read', errno: 'EIO' } as const;

describe('commands', () => {
  test.each<[string, Command]>([
    ['inject', inject],
    ['inject type=reserved', { ...inject, target: { kind: 'type', type: 'reserved' } }],
    ['inject pfn=0x1d805', { ...inject, target: { kind: 'pfn', pfn: 0x1d805 } }],
    ['inject pfn=0', { ...inject, target: { kind: 'pfn', pfn: 0 } }],
    ['inject pfn=0XfF', { ...inject, target: { kind: 'pfn', pfn: 255 } }],
    ['inject pfn=0xffffffffff', { ...inject, target: { kind: 'pfn', pfn: 2 ** 40 - 1 } }],
    ['inject phys=4096', { ...inject, target: { kind: 'phys', phys: 4096 } }],
    ['inject phys=0xfffffffffffff', { ...inject, target: { kind: 'phys', phys: 2 ** 52 - 1 } }],
    ['inject count=1000000', { ...inject, count: 1_000_000 }],
    ['inject race=freed via=mce count=0x10 type=free',
      { kind: 'inject', target: { kind: 'type', type: 'free' }, count: 16, via: 'mce', race: 'freed' }],
    ['inject type="slab"', { ...inject, target: { kind: 'type', type: 'slab' } }],
    ['soft-offline', { kind: 'soft-offline', target: any }],
    ['soft-offline type=anon', { kind: 'soft-offline', target: { kind: 'type', type: 'anon' } }],
    ['soft-offline pfn=7', { kind: 'soft-offline', target: { kind: 'pfn', pfn: 7 } }],
    ['soft-offline phys=0x1000', { kind: 'soft-offline', target: { kind: 'phys', phys: 4096 } }],
    ['unpoison pfn=7', { kind: 'unpoison', pfn: 7 }],
    ['page pfn=0x10 type=slab', page],
    ['page pfn=0x10-0x1f type=slab', { ...page, last: 31 }],
    ['page pfn=16-16 type=slab', page],
    ['page pfn=16 type=slab early-kill refs=2147483647', { ...page, shape: { earlyKill: true, pins: 2_147_483_647 } }],
    ['page pfn=16 type=slab mapped=none', { ...page, shape: { mappers: [] } }],
    ['page pfn=16 type=slab mapped=bash:1', { ...page, shape: { mappers: [{ comm: 'bash', pid: 1 }] } }],
    ['page pfn=16 type=slab mapped=none:7,kworker/0:1:4194304',
      { ...page, shape: { mappers: [{ comm: 'none', pid: 7 }, { comm: 'kworker/0:1', pid: 4_194_304 }] } }],
    ['page pfn=16 type=slab mapped="my app":12,"a,b:3","say \\"hi\\" \\\\":4',
      { ...page, shape: { mappers: [{ comm: 'my app', pid: 12 }, { comm: 'a,b', pid: 3 }, { comm: 'say "hi" \\', pid: 4 }] } }],
    ['page pfn=16 type=slab mapped="a:1,b:2"', { ...page, shape: { mappers: [{ comm: 'a:1,b', pid: 2 }] } }],
    ['access pfn=7', { kind: 'access', pfn: 7 }],
    ['access pfn=7 comm="my app" pid=12', { kind: 'access', pfn: 7, comm: 'my app', pid: 12 }],
    ['access pfn=7 comm=\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9x',
      { kind: 'access', pfn: 7, comm: '\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9x' }],
    ['access pfn=7 comm=#1', { kind: 'access', pfn: 7, comm: '#1' }],
    ['access pfn=7 comm=a\\b=c', { kind: 'access', pfn: 7, comm: 'a\\b=c' }],
    ['access pfn=7 comm="\\n"', { kind: 'access', pfn: 7, comm: '\\n' }],
    ['fail /proc/sys/vm/swappiness op=read errno=EIO', fail],
    ['fail op=read errno=5 count=3 proc//sys/./vm/swappiness/', { ...fail, count: 3 }],
    ['fail "/a b" op=open errno=EHWPOISON', { ...fail, path: '/a b', op: 'open', errno: 'EHWPOISON' }],
    ['fail /a=b op=write errno=EWOULDBLOCK', { ...fail, path: '/a=b', op: 'write', errno: 'EAGAIN' }],
    ['delay proc/meminfo ms=1000000000', { kind: 'delay', path: '/proc/meminfo', ms: 1_000_000_000 }],
    ['delay /proc/meminfo ms=0 count=2', { kind: 'delay', path: '/proc/meminfo', ms: 0, count: 2 }],
    ['log {1}[Hardware Error]: # 5 errors', { kind: 'log', text: '{1}[Hardware Error]: # 5 errors' }],
    ['log level=err  x  y ', { kind: 'log', level: 3, text: 'x  y ' }],
    ['log level="err" x', { kind: 'log', level: 3, text: 'x' }],
    ['log level = err', { kind: 'log', text: 'level = err' }],
    ['log foo=bar', { kind: 'log', text: 'foo=bar' }],
    ['log " x "', { kind: 'log', text: ' x ' }],
    ['log "level=err \\"x\\"" ', { kind: 'log', text: 'level=err "x"' }],
    ['log ""', { kind: 'log', text: '' }],
    ['log "x" y', { kind: 'log', text: '"x" y' }],
    ['log "x', { kind: 'log', text: '"x' }],
    ['panic', { kind: 'panic' }],
    ['panic  ', { kind: 'panic' }],
    ['panic Fatal machine check # on CPU 1', { kind: 'panic', text: 'Fatal machine check # on CPU 1' }],
    ['panic level=err', { kind: 'panic', text: 'level=err' }],
    ['reboot', { kind: 'reboot' }],
    ['reset', { kind: 'reset' }],
    ['keep-going', { kind: 'keep-going' }],
    ['wait 67000', { kind: 'wait', ms: 67_000 }],
    ['wait 0x10', { kind: 'wait', ms: 16 }],
  ])('%s', (line, command) => {
    expect(commands(line)).toEqual([command]);
    expect(commands(formatCommand(command))).toEqual([command]);
  });

  test.each(PAGE_TYPE_NAMES)('type=%s', (type) => {
    expect(commands(`inject type=${type}`)).toEqual([{ ...inject, target: { kind: 'type', type } }]);
  });

  test.each(Object.entries(PAGE_TYPE_ALIASES))('type=%s is %s', (alias, type) => {
    expect(commands(`inject type=${alias}`)).toEqual([{ ...inject, target: { kind: 'type', type } }]);
  });

  test.each(Object.keys(RACES) as Race[])('race=%s', (race) => {
    expect(commands(`inject race=${race}`)).toEqual([{ ...inject, race }]);
  });

  test('every errno, by name and by number', () => {
    for (const [name, value] of Object.entries(ERRNO) as [ErrnoName, number][]) {
      const command = { ...fail, errno: name };
      const line = 'fail /proc/sys/vm/swappiness op=read errno=';
      expect(commands(`${line}${name}\n${line}${value}`)).toEqual([command, command]);
    }
  });

  test.each([
    ['emerg', 0], ['panic', 0], ['alert', 1], ['crit', 2], ['critical', 2], ['err', 3], ['error', 3], ['warn', 4], ['warning', 4],
    ['notice', 5], ['info', 6], ['debug', 7], ['0', 0], ['7', 7],
  ])('level=%s', (word, level) => {
    expect(commands(`log level=${word} x`)).toEqual([{ kind: 'log', level, text: 'x' }]);
  });
});

describe('lines', () => {
  const two: readonly Command[] = [{ kind: 'reboot' }, { kind: 'wait', ms: 5 }];
  test.each([
    ['one a line', 'reboot\nwait 5\n'],
    ['without the last newline', 'reboot\nwait 5'],
    ['CRLF', 'reboot\r\nwait 5\r\n'],
    ['blank lines and comments', '\n  \n# one\n\t# two\nreboot # three\n\nwait 5 #four\n'],
    ['blanks around and between', '  reboot\t\n\twait \t 5  \n'],
    ['a byte order mark', '\ufeffreboot\nwait 5\n'],
  ])('%s', (_, text) => {
    expect(commands(text)).toEqual(two);
  });

  test.each([['', ''], ['a newline', '\n'], ['a comment', '# inject'], ['CRLF', '\r\n']])('nothing to do: %s', (_, text) => {
    expect(commands(text)).toEqual([]);
  });

  test('a # within a word begins no comment', () => {
    expect(commands('access pfn=7 comm=a#b pid=1')).toEqual([{ kind: 'access', pfn: 7, comm: 'a#b', pid: 1 }]);
  });

  test('the first bad line is reported, and no command of the others is run', () => {
    expect(parse('reboot\ninject type=slba\nbogus\n'))
      .toEqual({ error: { line: 2, message: "unknown page type 'slba', did you mean 'slab'?" } });
    expect(complaint('# comment\n\nreboot\nreboot now\n')).toBe("control:4: stray word 'now', reboot takes nothing more");
  });
});

const NOT_A_COUNT = 'it is a number from 1 to 1000000, decimal or 0x hex';
const NOT_A_PFN = 'it is a number from 0x0 to 0xffffffffff, decimal or 0x hex';
const NOT_MS = 'it is a number from 0 to 1000000000, decimal or 0x hex';
const NOT_A_WAIT = 'it is a number from 0 to 9007199254740, decimal or 0x hex';
const INJECT_TAKES = 'inject takes type=T, pfn=P, phys=A, count=N, via=hard|corrupt|mce|ghes and race=R';
const COMMANDS = 'inject, error, soft-offline, unpoison, page, access, fail, delay, log, panic, reboot, reset, keep-going and wait';

describe('errors', () => {
  test.each([
    // Commands.
    ['injct', "unknown command 'injct', did you mean 'inject'?"],
    ['INJECT', "unknown command 'INJECT', did you mean 'inject'?"],
    ['soft_offline type=slab', "unknown command 'soft_offline', did you mean 'soft-offline'?"],
    ['rebot', "unknown command 'rebot', did you mean 'reboot'?"],
    ['frobnicate', `unknown command 'frobnicate', it is one of ${COMMANDS}`],
    ['constructor', `unknown command 'constructor', it is one of ${COMMANDS}`],
    ['1', `unknown command '1', it is one of ${COMMANDS}`],
    [`${'x'.repeat(50)} y`, `unknown command '${'x'.repeat(40)}…', it is one of ${COMMANDS}`],
    ['a\u001b[31m\u2028b', `unknown command 'a\\x1b[31m\\xe2\\x80\\xa8b', it is one of ${COMMANDS}`],
    // Keys.
    ['inject typ=slab', "unknown key 'typ', did you mean 'type'?"],
    ['inject Type=slab', "unknown key 'Type', did you mean 'type'?"],
    ['inject frobnicate=1', `unknown key 'frobnicate', ${INJECT_TAKES}`],
    ['inject toString=1', `unknown key 'toString', ${INJECT_TAKES}`],
    ['unpoison phys=1', "unknown key 'phys', unpoison takes pfn=P"],
    ['fail PATH=/a op=read errno=EIO', "unknown key 'PATH', fail takes PATH, op=read|write|open, errno=E and count=N"],
    ['wait ms=5', "unknown key 'ms', wait takes MS"],
    ['reset all=1', "unknown key 'all', reset takes nothing more"],
    ['inject type=slab type=slab', 'type is given twice'],
    ['page pfn=1 type=slab early-kill early-kill', 'early-kill is given twice'],
    ['log level=err level=err x', 'level is given twice'],
    ['inject type=slab pfn=1', 'type and pfn exclude each other, give at most one of type, pfn and phys'],
    ['soft-offline phys=0 pfn=0', 'phys and pfn exclude each other, give at most one of type, pfn and phys'],
    ['unpoison', 'unpoison is missing pfn=P'],
    ['access comm=x pid=1', 'access is missing pfn=P'],
    ['page', 'page is missing pfn=P[-Q] and type=T'],
    ['fail', 'fail is missing PATH, op=read|write|open and errno=E'],
    ['fail /a op=read', 'fail is missing errno=E'],
    ['delay /a', 'delay is missing ms=N'],
    ['log', 'log is missing TEXT'],
    ['log level=err', 'log is missing TEXT'],
    ['wait', 'wait is missing MS'],
    // Words.
    ['inject slab', "stray word 'slab', did you mean 'type=slab'?"],
    ['inject mce', "stray word 'mce', did you mean 'via=mce'?"],
    ['inject everything', `stray word 'everything', ${INJECT_TAKES}`],
    ['inject =slab', `stray word '=slab', ${INJECT_TAKES}`],
    ['page pfn=1 type=slab earlykill', "stray word 'earlykill', did you mean 'early-kill'?"],
    ['fail /a read EIO', "stray word 'read', did you mean 'op=read'?"],
    ['fail /a op=read errno=EIO /b', "stray word '/b', fail takes PATH, op=read|write|open, errno=E and count=N"],
    ['wait 5 6', "stray word '6', wait takes MS"],
    ['reboot now', "stray word 'now', reboot takes nothing more"],
    // Missing values.
    ['inject type=', "type has no value, write 'type=T'"],
    ['inject type=""', "type has no value, write 'type=T'"],
    ['inject type', "type has no value, write 'type=T'"],
    ['inject type = slab', "type has no value, write 'type=T'"],
    ['inject via=', "via has no value, write 'via=hard|corrupt|mce|ghes'"],
    ['page pfn=1 type=slab mapped=', "mapped has no value, write 'mapped=COMM:PID,…'"],
    ['log level= x', "level has no value, write 'level=L'"],
    ['fail "" op=read errno=EIO', 'PATH is empty'],
    ['page pfn=1 type=slab early-kill=1', "early-kill takes no value, write 'early-kill'"],
    // Numbers.
    ['inject count=0', `bad count '0', ${NOT_A_COUNT}`],
    ['inject count=1000001', `bad count '1000001', ${NOT_A_COUNT}`],
    ['inject count=-1', `bad count '-1', ${NOT_A_COUNT}`],
    ['inject count=1.5', `bad count '1.5', ${NOT_A_COUNT}`],
    ['inject count=1e3', `bad count '1e3', ${NOT_A_COUNT}`],
    ['inject count=all', `bad count 'all', ${NOT_A_COUNT}`],
    ['inject count=0x', `bad count '0x', ${NOT_A_COUNT}`],
    ['inject count=" 1"', `bad count ' 1', ${NOT_A_COUNT}`],
    [`inject count=${'9'.repeat(400)}`, `bad count '${'9'.repeat(40)}…', ${NOT_A_COUNT}`],
    ['inject pfn=1d805', "bad pfn '1d805', did you mean '0x1d805'?"],
    ['inject pfn=0x10000000000', `bad pfn '0x10000000000', ${NOT_A_PFN}`],
    ['inject pfn=1-2', `bad pfn '1-2', ${NOT_A_PFN}`],
    ['inject phys=1G', "bad phys '1G', it is a number from 0x0 to 0xfffffffffffff, decimal or 0x hex"],
    ['inject phys=0x10000000000000', "bad phys '0x10000000000000', it is a number from 0x0 to 0xfffffffffffff, decimal or 0x hex"],
    ['page pfn=2-1 type=slab', "bad pfn '2-1', the range ends before it begins"],
    ['page pfn=1- type=slab', `bad pfn '', ${NOT_A_PFN}`],
    ['page pfn=1-2-3 type=slab', `bad pfn '2-3', ${NOT_A_PFN}`],
    ['page pfn=1 type=slab refs=2147483648', "bad refs '2147483648', it is a number from 0 to 2147483647, decimal or 0x hex"],
    ['delay /a ms=1000000001', `bad ms '1000000001', ${NOT_MS}`],
    ['wait 67s', `bad MS '67s', ${NOT_A_WAIT}`],
    ['access pfn=1 pid=0', "bad pid '0', it is a number from 1 to 4194304, decimal or 0x hex"],
    ['access pfn=1 pid=4194305', "bad pid '4194305', it is a number from 1 to 4194304, decimal or 0x hex"],
    // One of a few words.
    ['inject type=slba', "unknown page type 'slba', did you mean 'slab'?"],
    ['inject type=hugetbl', "unknown page type 'hugetbl', did you mean 'hugetlb'?"],
    ['inject type=file_clean', "unknown page type 'file_clean', did you mean 'file-clean'?"],
    ['inject type=frobnicate', "unknown page type 'frobnicate', reading this file lists them"],
    ['inject via=soft', "unknown via 'soft', it is hard, corrupt, mce or ghes"],
    ['inject via=mcee', "unknown via 'mcee', did you mean 'mce'?"],
    ['inject race=lost', "unknown race 'lost', it is isolated, grabbed, allocated, taken, busy, freed or truncated"],
    ['inject race=free', "unknown race 'free', did you mean 'freed'?"],
    ['fail /a op=exec errno=EIO', "unknown op 'exec', it is read, write or open"],
    ['fail /a op=read errno=eio', "unknown errno 'eio', did you mean 'EIO'?"],
    ['fail /a op=read errno=200', "unknown errno '200', it is a name such as EIO, or its number"],
    ['fail /a op=read errno=0', "unknown errno '0', it is a name such as EIO, or its number"],
    ['fail /a op=read errno=-5', "unknown errno '-5', it is a name such as EIO, or its number"],
    ['log level=loud x', "unknown level 'loud', it is emerg, alert, crit, err, warn, notice, info, debug or 0 to 7"],
    ['log level=8 x', "unknown level '8', it is emerg, alert, crit, err, warn, notice, info, debug or 0 to 7"],
    ['log level=wran x', "unknown level 'wran', did you mean 'warn'?"],
    // Tasks and paths.
    ['access pfn=1 comm=0123456789abcdef', "bad comm '0123456789abcdef', it is longer than 15 bytes"],
    ['access pfn=1 comm=\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9',
      "bad comm '\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9', it is longer than 15 bytes"],
    ['page pfn=1 type=slab mapped=bash', "bad mapped 'bash', it is COMM:PID, more of them after commas, or none"],
    ['page pfn=1 type=slab mapped=:1', "bad mapped ':1', it is COMM:PID, more of them after commas, or none"],
    ['page pfn=1 type=slab mapped=a:1,', "bad mapped '', it is COMM:PID, more of them after commas, or none"],
    ['page pfn=1 type=slab mapped=none,a:1', "bad mapped 'none', it is COMM:PID, more of them after commas, or none"],
    ['page pfn=1 type=slab mapped=a:0', "bad pid '0', it is a number from 1 to 4194304, decimal or 0x hex"],
    ['page pfn=1 type=slab mapped=a:', "bad pid '', it is a number from 1 to 4194304, decimal or 0x hex"],
    ['page pfn=1 type=slab mapped=0123456789abcdef:1', "bad comm '0123456789abcdef', it is longer than 15 bytes"],
    ['delay /a/../b ms=1', "bad path '/a/../b', it may not contain '..'"],
    ['delay / ms=1', "bad path '/', it is the path of a file below the mount point"],
    ['delay ./. ms=1', "bad path './.', it is the path of a file below the mount point"],
    // Quotes and bytes.
    ['access pfn=1 comm="my app', "the quote in 'comm=\"my app' is not closed"],
    ['access pfn=1 comm="a\\"', "the quote in 'comm=\"a\\\"' is not closed"],
    ['log level="err x', "the quote in 'level=\"err x' is not closed"],
    ['log a\0b', 'there is a NUL byte in it'],
    ['# a\0b', 'there is a NUL byte in it'],
  ])('%j', (line, message) => {
    expect(parse(`reboot\n${line}\nreboot\n`)).toEqual({ error: { line: 2, message } });
  });

  test('invalid UTF-8, reported with its line', () => {
    expect(complaint(Buffer.from('reboot\nlog \xff\n', 'latin1'))).toBe('control:2: it is not valid UTF-8');
    expect(complaint(Buffer.from('\xc3\nreboot', 'latin1'))).toBe('control:1: it is not valid UTF-8');
    expect(complaint('reboot\n\ufeffreboot')).toBe("control:2: unknown command '\\xef\\xbb\\xbfreboot', did you mean 'reboot'?");
  });
});

describe('a command as a line', () => {
  test.each<[Command, string]>([
    [inject, 'inject'],
    [{ ...inject, target: { kind: 'pfn', pfn: 10 }, count: 2, via: 'mce', race: 'busy' }, 'inject pfn=0xa count=2 via=mce race=busy'],
    [{ ...inject, target: { kind: 'phys', phys: 4096 } }, 'inject phys=0x1000'],
    [page, 'page pfn=0x10 type=slab'],
    [{ ...page, last: 31, shape: { earlyKill: true, pins: 1, mappers: [{ comm: 'a b', pid: 1 }, { comm: 'c', pid: 2 }] } },
      'page pfn=0x10-0x1f type=slab mapped="a b":1,c:2 early-kill refs=1'],
    [{ ...fail, count: 1 }, 'fail /proc/sys/vm/swappiness op=read errno=EIO count=1'],
    [{ kind: 'log', level: 3, text: 'plain text, with "quotes" and # marks' }, 'log level=err plain text, with "quotes" and # marks'],
    [{ kind: 'panic', text: ' ' }, 'panic " "'],
  ])('%j', (command, line) => {
    expect(formatCommand(command)).toBe(line);
  });
});

test('of words equally near the first is suggested, of a short one none', () => {
  expect(nearest('axc', ['abc', 'aac'])).toBe('abc');
  expect(nearest('abxd', ['aabd', 'abcd', 'abyd'])).toBe('abcd');
  expect(nearest('ax', ['ab'])).toBeUndefined();
  expect(nearest('', ['abc'])).toBeUndefined();
});

describe('the grammar\'s own account', () => {
  test('every command is there, with every key it takes', () => {
    expect(SYNOPSIS.map((line) => line.split(' ')[0])).toEqual(Object.keys(CONTROL_COMMANDS));
    for (const { synopsis, values, required } of Object.values(CONTROL_COMMANDS)) {
      const words = synopsis.split(/[ [\]]/);
      for (const [key, { flag }] of Object.entries(values)) {
        expect(words).toContainEqual(expect.stringMatching(flag || key === key.toUpperCase() ? `^${key}$` : `^${key}=`));
      }
      const optional = synopsis.match(/\[(?!-)[^\]]*(?:\[-Q\])?[^\]]*\]/g)?.join() ?? '';
      for (const key of required) expect(optional).not.toContain(key);
    }
  });

  test('the words of the legend are all known', () => {
    const text = LEGEND.join(' ');
    for (const word of [...PAGE_TYPE_NAMES, ...Object.keys(RACES), 'emerg', 'debug', 'EIO']) expect(text).toContain(word);
    expect(Math.max(...LEGEND.map((line) => line.length))).toBeLessThanOrEqual(110);
  });
});
