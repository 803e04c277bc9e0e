import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { json } from '../../src/cli/commands/dmesg-printer.ts';
import { statusLines, statusObject } from '../../src/cli/commands/status.ts';
import { LOG_FORMATS } from '../../src/kernel/printk/log-format.ts';
import { readPrintedLine } from '../../src/daemon/observing/log-line.ts';
import { PAGE_TYPE_NAMES } from '../../src/kernel/memory/page-types.ts';
import { RACES } from '../../src/kernel/memory-failure/injection.ts';
import { replayText } from '../../src/replay/log-replay.ts';
import { terminalReport } from '../../src/replay/report/terminal.ts';
import { summarize } from '../../src/replay/summary/summary.ts';
import { CONTROL_COMMANDS } from '../../src/control/commands.ts';
import { parseControl } from '../../src/control/command.ts';
import { MACHINE_STATEMENTS } from '../../src/machine-file/statements.ts';
import { parseMachineFile } from '../../src/machine-file/parse.ts';
import { statusOf } from '../../src/control/status.ts';
import { matrix } from '../../src/machine/matrix.ts';
import { PLAIN_PARTS } from '../../src/kernel/sysctl/machine-parts.ts';
import { machineSysctls } from '../../src/kernel/sysctl/machine-sysctls.ts';
import { runCli } from '../support/cli.ts';
import { COUNTS } from '../faults/support/counts.ts';
import { excerptText } from '../support/excerpts.ts';
import { testMachine } from '../support/machine.ts';
import { POLICIES } from '../../src/replay/verdict/policy.ts';

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** What stands under a heading. */
function section(title: string): string {
  return README.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? '';
}

describe('README tells the truth', () => {
  it('the files it names are where it says', () => {
    const named = [...README.matchAll(/(?<![\w./-])(?:examples|systemd|src|test|man|scripts)\/[\w@./-]*\w/g)].map(([path]) => path);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((path) => !existsSync(new URL(`../../${path}`, import.meta.url)))).toEqual([]);
  });

  it('its control file is one the program takes, with every command in it', () => {
    const example = /^```\n(.*?)^```/ms.exec(section('The control file'))?.[1] ?? '';
    const batch = parseControl(new TextEncoder().encode(example));
    expect(batch).not.toHaveProperty('error');
    const kinds = 'commands' in batch ? new Set(batch.commands.map(({ kind }) => kind)) : new Set();
    expect([...kinds].sort()).toEqual(Object.keys(CONTROL_COMMANDS).sort());
  });

  it('its replay of a real log is what the program prints', () => {
    const { events, counts } = replayText(excerptText('fbk-slab-full'), { file: 'console.log' });
    const totals = { ...counts, files: 1, leftOut: 0, unreadable: 0, malformed: { ...counts.malformed, truncated: 0 } };
    expect(section('Past failures: `vmsysctld replay`')).toContain(`$ vmsysctld replay console.log\n${terminalReport(summarize(events, totals, 300), POLICIES)}\n\`\`\``);
  });

  it('its check of a file is what the program prints', async () => {
    const shown = section('sysctl.d files: `vmsysctld check`');
    const [, text = '', output = ''] = /^\$ cat 90-tuning\.conf\n(.*?)^\$ vmsysctld check[^\n]*\n(.*?)^status 1\n```/ms.exec(shown) ?? [];
    const directory = mkdtempSync(join(tmpdir(), 'vmsysctld-readme-'));
    try {
      writeFileSync(join(directory, '90-tuning.conf'), text);
      const { out, status } = await runCli('check', '--profile', '7.3', join(directory, '90-tuning.conf'));
      expect({ status, out: out.map((line) => line.replace(`${directory}/`, '')) }).toEqual({ status: 1, out: output.trimEnd().split('\n') });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('names every page type, every race and the number of files', () => {
    for (const type of PAGE_TYPE_NAMES) expect(section('What panics')).toContain(`\`${type}\``);
    for (const race of Object.keys(RACES)) expect(section('The control file')).toContain(`\`${race}\``);
    const sysctls = machineSysctls({ version: '7.3' }, PLAIN_PARTS);
    const ofNet = sysctls.filter(({ path }) => path.startsWith('net/')).length;
    expect(section('The tree')).toContain(`${sysctls.length - ofNet} files`);
    expect(section('The tree')).toContain(`${ofNet} files`);
  });
});

/** The rows of a section's first table, without its head: the cells of each. */
function table(title: string): string[][] {
  const rows = section(title).split('\n').filter((line) => line.startsWith('|')).slice(2);
  return rows.map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));
}

const PROFILES = ['v4', '7.3'] as const;
const MATRIX = matrix('hard', PROFILES);

/** What the README says that is printed under a profile, as a pattern of the last line. */
function printed(cell: string, profile: string): string {
  const own = cell.split('; ').find((part) => part.startsWith(`${profile}: `))?.slice(profile.length + 2) ?? cell;
  if (own.startsWith('(')) return own.slice(1, -1);
  return own.startsWith('…') ? own.slice(1) : `recovery action for ${own}`;
}

describe('README says what the model does', () => {
  const rows = table('What panics').flatMap(([types = '', cell = '', v4 = '', merged = '']) =>
    [...types.matchAll(/`([^`]+)`/g)].map(([, type = '']) => ({ type, cell, panics: { v4, '7.3': merged } })));

  it('of every page type, once', () => {
    expect(rows.map(({ type }) => type).sort()).toEqual([...PAGE_TYPE_NAMES].sort());
  });

  it.each(rows)('of $type', ({ type, cell, panics }) => {
    const outcomes = MATRIX.find((row) => row.type === type && row.race === undefined)?.outcomes ?? [];
    expect(outcomes).toHaveLength(PROFILES.length);
    for (const outcome of outcomes) {
      expect(outcome.lines.at(-1)?.endsWith(printed(cell, outcome.profile)), outcome.lines.at(-1)).toBe(true);
      expect(panics[outcome.profile]).toBe(outcome.panics ? 'panics' : '');
    }
  });

  it('of races', () => {
    const told = [...section('The control file').matchAll(/`(\w+)` \([^()]*?\*([^*]+)\*/g)];
    expect(told.length).toBeGreaterThanOrEqual(6);
    for (const [, race, name] of told) {
      const lines = MATRIX.find((row) => row.race === race)?.outcomes.map((outcome) => outcome.lines.at(-1));
      expect(lines).toEqual(PROFILES.map(() => expect.stringContaining(`recovery action for ${name}: `) as unknown));
    }
  });

  it('the matrix it shows, and the JSON', async () => {
    const [shown = '', json = ''] = [...section('The matrix').matchAll(/^```\w+\n(.*?)^```/gms)].map(([, text]) => text ?? '');
    const { out } = await runCli('matrix');
    const lines = shown.trimEnd().split('\n').slice(1, -1);
    expect(out.slice(0, lines.length)).toEqual(lines);
    expect((await runCli('matrix', '--json')).out).toContain(json.trimEnd());
  });

  it('its machine file is one, with every statement in it', () => {
    const example = /^```\n(.*?)^```/ms.exec(section('A machine of your own'))?.[1] ?? '';
    const parsed = parseMachineFile(new TextEncoder().encode(example), 2 ** 30);
    expect(parsed).not.toHaveProperty('error');
    const said = 'description' in parsed ? Object.keys(parsed.description) : [];
    expect(said.sort()).toEqual(['dimms', 'pages', 'populations', 'processes', 'regions']);
    for (const statement of Object.keys(MACHINE_STATEMENTS)) expect(example).toMatch(new RegExp(`(?:^|: )${statement} `, 'm'));
  });
});

describe('README says how much is tested of faults', () => {
  const rows = table('Faults it survives').map((cells) => cells.slice(-2));
  it.each(Object.entries(COUNTS))('%s', (_fault, { short, long }) => {
    const told = (cell: string | undefined, count: number): boolean => new RegExp(`(?:^|\\s)${count.toLocaleString('en')}(?:\\s|$)`).test(cell ?? '');
    expect(rows.some(([first, second]) => told(first, short) && told(second, long))).toBe(true);
  });
});

describe('README shows how to observed at a machine', () => {
  const shown = section('Looking at a running machine');
  const served = () => ({ pid: 4711, transport: 'dev-fuse', logPath: '/tmp/vmsysctld.log', logFormat: 'kmsg' });
  const { machine, write, clock } = testMachine({ memory: { memoryBytes: 2 ** 35 }, served });
  for (const [usec, path, text] of [
    [700_000, '/proc/sys/vm/panic_on_unrecoverable_memory_failure', '1\n'], [720_000, '/control', 'fail /proc/sys/vm/swappiness op=read errno=EIO count=3\n'],
    [738_512, '/control', 'page pfn=0x40272d type=slab\n'], [738_703, '/control', 'inject pfn=0x40272d\n'],
  ] as const) {
    clock.usec = usec;
    write(path, text);
  }
  const records = machine.kernel.takeEffects().flatMap((effect) => (effect.kind === 'printk' ? [effect.record] : []));
  clock.usec = 67_850_162;
  const observed = { mountPoint: '/tmp/m', status: statusOf(machine) };

  it('its status', () => {
    expect(shown).toContain(`$ vmsysctld status /tmp/m; echo "status $?"\n${statusLines(observed).join('\n')}\nstatus 3\n`);
  });

  it('every key of the JSON, and no other', () => {
    const keys = table('Looking at a running machine').flatMap(([cell = '']) => [...cell.matchAll(/`(\w+)`/g)].map(([, key]) => key));
    expect(keys).toEqual(Object.keys(statusObject(observed)));
  });

  it('a line of the log in JSON', () => {
    const lines = records.map((record) => json(readPrintedLine(LOG_FORMATS.kmsg(record).trimEnd())));
    const [, line = ''] = /^```json\n(.*?)\n```$/ms.exec(shown) ?? [];
    expect(lines).toContain(line);
  });
});
