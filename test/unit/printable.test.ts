import { mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { printable, printableJson, printableWord, shellWord } from '../../src/abi/printable.ts';
import { cli } from '../../src/cli/cli.ts';
import { parseConfig } from '../../src/cli/config/parse-config.ts';
import { coloured, json, plain } from '../../src/cli/commands/dmesg-printer.ts';
import type { CliContext } from '../../src/cli/command.ts';
import { statusLines, statusObject } from '../../src/cli/commands/status.ts';
import { operationalLog } from '../../src/daemon/operational-log.ts';
import { statusText } from '../../src/daemon/service-manager.ts';
import { machineSize } from '../../src/kernel/kernel.ts';
import { PROFILES } from '../../src/kernel/profiles/profiles.ts';
import { LOG_FORMATS, type LogFormatName } from '../../src/kernel/printk/log-format.ts';
import type { ReplayEvent } from '../../src/replay/history/event.ts';
import { csvLine } from '../../src/replay/report/csv.ts';
import { htmlReport } from '../../src/replay/report/html.ts';
import { terminalReport } from '../../src/replay/report/terminal.ts';
import { scenario } from '../../src/replay/scenario/scenario.ts';
import { NO_TOTALS, summarize } from '../../src/replay/summary/summary.ts';
import { parseBootSetting } from '../../src/machine/boot-setting.ts';
import { show } from '../../src/language/words.ts';
import { type ObservedMachine, parseStatus } from '../../src/daemon/observing/observe.ts';
import { SYSCTLS } from '../../src/kernel/sysctl/tables/tables.ts';
import { testMachine } from '../support/machine.ts';

/** At least one of every kind of unprintable character: C0, DEL, C1, bidirectional, zero width, separators, a lone surrogate, a tag. */
const HOSTILE = '\x1b]0;x\x07 \x7f \x9b31m \u202E \u2066 \u200B \uFEFF \u2028 \u2029 \uD800 \u{E0041} \r';
const MARK = 'gruß 日本 🙂';
const TEXT = `${MARK} ${HOSTILE} end`;
/** The same set, defined independently by this test. Newlines end lines. */
const FORBIDDEN = /[\0-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[\u{E0000}-\u{E007F}]|\p{Cs}/u;

const EVENT: ReplayEvent = {
  time: null, uptime: 1, source: { file: `${TEXT}\n`, line: 1 }, host: TEXT, kernel: TEXT, pfn: '0x1', type: 'dirty LRU page', result: 'Failed',
  verdict: { v4: 'would-panic', '7.3': 'undecidable' }, reason: 'why', killed: [{ comm: TEXT, pid: 7 }],
  crash: { time: null, uptime: 2, source: { file: TEXT, line: 2 }, kind: 'panic', text: `Kernel panic - not syncing: ${TEXT}`, at: TEXT, after: 1 },
};
const SUMMARY = summarize([EVENT], NO_TOTALS, 300);

/** A file of a machine that got the text in every possible way. */
function hostile(path: string): string {
  const machine = testMachine();
  const oneLine = TEXT.replaceAll('\r', '');
  machine.write('/control', `log ${oneLine}\n`);
  machine.write('/control', `fail "/${oneLine}" op=read errno=EIO\n`);
  machine.write('/control', `unknown ${oneLine}\n`);
  machine.write('/control', `panic ${oneLine}\n`);
  return String(machine.read(path));
}

function observed(): ObservedMachine {
  const status = parseStatus(hostile('/status.json'));
  if (!status) throw new Error('no status');
  return { mountPoint: `/mnt/${TEXT}`, status: { ...status, state: 'panicked', panic: TEXT } };
}

async function complaint(args: readonly string[]): Promise<string> {
  const lines: string[] = [];
  const host = { env: {}, complain: (line: string) => { lines.push(line); }, print: (line: string) => { lines.push(line); } } as unknown as CliContext;
  expect(await cli(args, host)).not.toBe(0);
  return lines.join('\n');
}

function thrown(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}

function operational(): string {
  const directory = mkdtempSync(join(tmpdir(), 'printable-'));
  try {
    operationalLog(false, 'info', openSync(join(directory, 'log'), 'w')).info({ path: TEXT }, TEXT);
    return readFileSync(join(directory, 'log'), 'utf8');
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function bootError(setting: string): string {
  const parsed = parseBootSetting(setting, SYSCTLS, machineSize(PROFILES['7.3'], 2 ** 30));
  return 'error' in parsed ? parsed.error : 'taken';
}

const record = { level: 3, text: TEXT, sequence: 1, usec: 1, clockUsec: 1 } as const;
const hostname = Buffer.from(TEXT).toString('latin1');

/** Every output of the program, and its number of lines. */
const OUTPUTS: Readonly<Record<string, readonly [output: () => string | Promise<string>, lines: number]>> = {
  ...Object.fromEntries((Object.keys(LOG_FORMATS) as LogFormatName[]).map((name) =>
    [`the log as ${name}`, [() => LOG_FORMATS[name](record, { hostname, startWallMs: 0 }), 1] as const])),
  'dmesg': [() => plain({ usec: 1, text: TEXT }), 1],
  'dmesg on a terminal, but for its colours': [() => coloured({ usec: 1, text: TEXT, level: 3 }).replace(/\x1b\[\d+m/g, ''), 1],
  'dmesg --json': [() => json({ text: TEXT }), 1],
  'cat control': [() => hostile('/control'), NaN],
  'cat status.json': [() => hostile('/status.json'), NaN],
  'status': [() => statusLines(observed()).join('\n'), NaN],
  'status --json': [() => printableJson(JSON.stringify(statusObject(observed()))), 1],
  'systemctl status': [() => statusText({ profile: '7.3', memoryBytes: 2 ** 30, panic: TEXT }, `/mnt/${TEXT}`), 1],
  'the operational log': [operational, 1],
  'a word in a message': [() => show(TEXT), 1],
  'a path in a message': [() => shellWord(`/mnt/${TEXT}`), 1],
  'a complaint about a sysctl': [() => bootError(`vm.${TEXT}=1`), 1],
  'a complaint about a value': [() => bootError(`vm.swappiness=${TEXT}`), 1],
  'a complaint about a command line': [() => complaint([TEXT]), 1],
  'a complaint about a configuration file': [() => thrown(() => parseConfig(new TextEncoder().encode(`seed: &${TEXT}`), { options: {}, name: 'x', absolute: (path) => path })), 1],
  'replay': [() => terminalReport(SUMMARY, ['v4', '7.3']), NaN],
  'replay --csv': [() => csvLine(EVENT), 1],
  'replay --json, --summary': [() => printableJson(JSON.stringify(SUMMARY)), 1],
  'replay --html': [() => htmlReport(SUMMARY, ['v4', '7.3'], ''), NaN],
  'replay --scenario': [() => scenario([EVENT]), NaN],
};

describe('a hostile text', () => {
  it.each(Object.entries(OUTPUTS))('is printable in %s', async (_, [output, lines]) => {
    const text = await output();
    expect(FORBIDDEN.exec(text)?.index ?? text.length).toBe(text.length);
    if (!Number.isNaN(lines)) expect(text.replace(/\n$/, '').split('\n')).toHaveLength(lines);
  });

  it.each(['dmesg', 'raw', 'syslog'] as const)('is escaped as dmesg(1) does, and the rest left as it is: %s', (name) => {
    expect(LOG_FORMATS[name]({ ...record, text: '\ta\\b\x1bß\u202E\u2028\uD800' }, { hostname, startWallMs: 0 })).toMatch(/ \ta\\b\\x1bß\\xe2\\x80\\xae\\xe2\\x80\\xa8\\xef\\xbf\\xbd\n$/);
  });
});

describe('the name of a machine', () => {
  const line = (name: string): string => LOG_FORMATS.syslog({ ...record, text: 'x' }, { hostname: name, startWallMs: 0 });

  it.each([
    ['UTF-8', Buffer.from('büro').toString('latin1'), 'büro'], ['no UTF-8', 'b\xfcro', 'b\\xfcro'], ['with a blank and an escape', 'a b\x1b', 'a\\x20b\\x1b'],
    ['with a bidirectional control', Buffer.from('a\u202Eb').toString('latin1'), 'a\\xe2\\x80\\xaeb'],
  ])('stands in syslog as it is: %s', (_, bytes, shown) => {
    expect(line(bytes).split(' kernel: ')[0]?.slice('Jan  1 00:00:00 '.length)).toBe(shown);
  });

  it('is one line of the command line', () => {
    expect(bootError('kernel.hostname=a\nb')).toBe("kernel.hostname takes one line, not 'a\\x0ab'");
    expect(bootError('kernel.hostname=ab\n')).toBe('taken');
  });
});

describe('JSON', () => {
  it('says the same when it is printable', () => {
    const value = { [TEXT]: [TEXT, 1, null] };
    expect(JSON.parse(printableJson(JSON.stringify(value)))).toEqual(value);
  });
});

describe('what is printable', () => {
  it('is left as it is', () => {
    for (const text of ['', 'plain ~', MARK, '\t', 'a\\x1b', 'é́', '\u00a0\u3000']) expect(printable(text)).toBe(text);
    expect(printableWord('a b\tc\u3000')).toBe('a\\x20b\\x09c\\xe3\\x80\\x80');
  });

  it('is decided in one file', () => {
    const elsewhere = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts') && /\\p\{[CZ][cflps]\}|\\u2028/i.test(readFileSync(join('src', name), 'utf8')));
    // The second refuses names of regions, and prints none.
    expect(elsewhere.sort()).toEqual(['abi/printable.ts', 'machine-file/region-line.ts']);
  });
});
