import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
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

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Every Markdown page. */
const PAGES = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)];

/** The text below a heading of a Markdown page, to the next heading of its level. */
function section(path: string, title: string): string {
  return textOf(path).split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? '';
}

/** The rows of a section's first table, without its heading: the cells of each. */
function table(path: string, title: string): string[][] {
  const rows = section(path, title).split('\n').filter((line) => line.startsWith('|')).slice(2);
  return rows.map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));
}

/** The text between two headings of a manual page, without the escapes of roff. */
function manual(page: string, kind: 'Sh' | 'Ss', title: string): string {
  const [, rest = ''] = textOf(`man/${page}`).split(new RegExp(`^\\.${kind} ${title}\n`, 'm'));
  return (rest.split(/^\.S[hs] /m)[0] ?? '').replaceAll('\\&', '').replaceAll('\\(dq', '"');
}

/** The literal displays in a part of a manual page. */
function displays(text: string): string[] {
  return [...text.matchAll(/^\.Bd -literal(?: -offset indent)?\n(.*?)^\.Ed$/gms)].map(([, display = '']) => display);
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What `vmsysctld check --profile 7.3 90-tuning.conf` prints about a file with a text. */
async function checked(text: string): Promise<{ readonly status: number; readonly out: readonly string[] }> {
  const directory = mkdtempSync(join(tmpdir(), 'vmsysctld-readme-'));
  try {
    writeFileSync(join(directory, '90-tuning.conf'), text);
    const { out, status } = await runCli('check', '--profile', '7.3', join(directory, '90-tuning.conf'));
    return { status, out: out.map((line) => line.replace(`${directory}/`, '')) };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

describe('the README', () => {
  it('has at most 200 lines', () => {
    expect(textOf('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(200);
  });

  it('has a fault script that the program takes', () => {
    const [, script = ''] = /^\*\*A fault script\*\*.*?^```\n(.*?)^```/ms.exec(section('README.md', 'Recipes')) ?? [];
    expect(parseControl(bytes(script))).toMatchObject({ commands: { length: script.trimEnd().split('\n').length } });
  });

  it('has a check of sysctl.d files that prints the lines that it shows', async () => {
    const [, text = '', shown = ''] = /^\$ printf '%s\\n' (.*?) > 90-tuning\.conf\n\$ vmsysctld check [^\n]*\n(.*?)^```/ms.exec(textOf('README.md')) ?? [];
    const { out } = await checked([...text.matchAll(/'([^']*)'/g)].map(([, line = '']) => `${line}\n`).join(''));
    expect(shown.split('\n').length).toBeGreaterThan(3);
    expect(out.slice(0, shown.trimEnd().split('\n').length)).toEqual(shown.trimEnd().split('\n'));
  });
});

/** The anchor of a heading, as GitHub makes it. */
const anchor = (heading: string): string => heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(' ', '-');

describe('every page of prose', () => {
  it.each(PAGES)('%s names files that exist', (page) => {
    // The diffs of a recipe in docs/architecture.md that adds files.
    const text = textOf(page).replaceAll(/^```diff\n.*?^```/gms, '');
    const named = [...text.matchAll(/(?<![\w./-])(?:examples|systemd|src|test|man|scripts|docs)\/[\w@./-]*\w/g)].map(([path]) => path);
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it.each(PAGES)('%s has links that lead somewhere', (page) => {
    const links = [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target).filter((target) => !/^https?:/.test(target));
    const broken = links.filter((link) => {
      const [path = '', fragment] = link.split('#');
      const file = path === '' ? page : relative(ROOT, join(ROOT, dirname(page), path));
      if (!existsSync(join(ROOT, file))) return true;
      const headings = [...textOf(file).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchor(heading));
      return fragment !== undefined && !headings.includes(fragment);
    });
    expect(broken).toEqual([]);
  });

  it('is in the package if the README links to it', () => {
    const { files } = JSON.parse(textOf('package.json')) as { files: string[] };
    const links = [...textOf('README.md').matchAll(/\]\(([\w./-]+)/g)].map(([, path = '']) => path);
    expect(links).toContain('docs/fleet.md');
    expect(links.filter((path) => !files.some((each) => path === each || path.startsWith(`${each}/`)))).toEqual([]);
  });
});

const PROFILES = ['v4', '7.3'] as const;
const MATRIX = matrix('hard', PROFILES);

/** What a cell says that a profile prints: the end of the last line. */
function printed(cell: string, profile: string): string {
  const own = cell.split('; ').find((part) => part.startsWith(`${profile}: `))?.slice(profile.length + 2) ?? cell;
  if (own.startsWith('(')) return own.slice(1, -1);
  return own.startsWith('…') ? own.slice(1) : `recovery action for ${own}`;
}

describe('the tables of page types say what the model does', () => {
  const tables = [...table('README.md', 'What panics'), ...table('docs/fleet.md', 'Pages that never panic')];
  const rows = tables.flatMap(([types = '', cell = '', v4 = '', merged = '']) =>
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
});

describe('docs/fleet.md shows what the program prints', () => {
  it('the matrix, and its JSON', async () => {
    const [shown = '', printedJson = ''] = [...section('docs/fleet.md', 'The matrix').matchAll(/^```\w+\n(.*?)^```/gms)].map(([, text]) => text ?? '');
    const { out } = await runCli('matrix');
    const lines = shown.trimEnd().split('\n').slice(1, -1);
    expect(lines.length).toBeGreaterThan(10);
    expect(out.slice(0, lines.length)).toEqual(lines);
    expect((await runCli('matrix', '--json')).out).toContain(printedJson.trimEnd());
  });

  it('the check of a file', async () => {
    const shown = section('docs/fleet.md', 'Before an upgrade: `vmsysctld check`');
    const [, text = '', output = ''] = /^\$ cat 90-tuning\.conf\n(.*?)^\$ vmsysctld check[^\n]*\n(.*?)^status 1\n```/ms.exec(shown) ?? [];
    expect(await checked(text)).toEqual({ status: 1, out: output.trimEnd().split('\n') });
  });

  it('the replay of a real log', () => {
    const { events, counts } = replayText(excerptText('fbk-slab-full'), { file: 'console.log' });
    const totals = { ...counts, files: 1, leftOut: 0, unreadable: 0, malformed: { ...counts.malformed, truncated: 0 } };
    expect(section('docs/fleet.md', 'Past failures: `vmsysctld replay`'))
      .toContain(`$ vmsysctld replay console.log\n${terminalReport(summarize(events, totals, 300), POLICIES)}\n\`\`\``);
  });
});

describe('docs/reliability.md says how much is tested of faults', () => {
  const rows = table('docs/reliability.md', 'Faults it survives').map((cells) => cells.slice(-2));
  it.each(Object.entries(COUNTS))('%s', (_fault, { short, long }) => {
    const shows = (cell: string | undefined, count: number): boolean => new RegExp(`(?:^|\\s)${count.toLocaleString('en')}(?:\\s|$)`).test(cell ?? '');
    expect(rows.some(([first, second]) => shows(first, short) && shows(second, long))).toBe(true);
  });
});

describe('vmsysctld-control(5)', () => {
  it('has every command in its examples, which the program takes', () => {
    const batches = displays(manual('vmsysctld-control.5', 'Sh', 'EXAMPLES')).map((example) => parseControl(bytes(example)));
    const kinds = batches.flatMap((batch) => ('commands' in batch ? batch.commands.map(({ kind }) => kind) : [JSON.stringify(batch)]));
    expect([...new Set(kinds)].sort()).toEqual(Object.keys(CONTROL_COMMANDS).sort());
  });

  it('says what each race ends in', () => {
    const races = [...manual('vmsysctld-control.5', 'Ss', 'Races').matchAll(/^\.It Cm (\w+)\n([^]*?)(?=^\.(?:It|El))/gm)];
    expect(races.map(([, race]) => race)).toEqual(Object.keys(RACES));
    const named = races.flatMap(([, race, text = '']) => [...text.matchAll(/^\.Pq Ql (.+?)(?: \.)?$/gm)].map(([, name]) => ({ race, name })));
    expect(named.length).toBeGreaterThanOrEqual(6);
    for (const { race, name } of named) {
      const lines = MATRIX.find((row) => row.race === race)?.outcomes.map((outcome) => outcome.lines.at(-1));
      expect(lines).toEqual(PROFILES.map(() => expect.stringContaining(`recovery action for ${name}: `) as unknown));
    }
  });
});

it('vmsysctld.machine(5) has an example with every statement in it', () => {
  const [example = ''] = displays(manual('vmsysctld.machine.5', 'Sh', 'EXAMPLES'));
  const parsed = parseMachineFile(bytes(example), 2 ** 30);
  expect(parsed).not.toHaveProperty('error');
  const described = 'description' in parsed ? Object.keys(parsed.description) : [];
  expect(described.sort()).toEqual(['dimms', 'pages', 'populations', 'processes', 'regions']);
  for (const statement of Object.keys(MACHINE_STATEMENTS)) expect(example).toMatch(new RegExp(`(?:^|: )${statement} `, 'm'));
});

describe('vmsysctld(8)', () => {
  it('has the number of files of /proc/sys', () => {
    const sysctls = machineSysctls({ version: '7.3' }, PLAIN_PARTS);
    const ofNet = sysctls.filter(({ path }) => path.startsWith('net/')).length;
    const files = manual('vmsysctld.8', 'Sh', 'FILES');
    expect(files).toContain(`${sysctls.length - ofNet} files`);
    expect(files).toContain(`${ofNet} files`);
  });

  const served = () => ({ pid: 4711, transport: 'dev-fuse', logPath: '/tmp/vmsysctld.log', logFormat: 'kmsg' });
  const { machine, write, clock } = testMachine({ memory: { memoryBytes: 2 ** 35 }, served });
  for (const [usec, path, text] of [
    [700_000, '/proc/sys/vm/panic_on_unrecoverable_memory_failure', '1\n'], [720_000, '/control', 'fail /proc/meminfo op=read errno=EIO count=3\n'],
    [738_512, '/control', 'page pfn=0x40272d type=slab\n'], [738_703, '/control', 'inject pfn=0x40272d\n'],
  ] as const) {
    clock.usec = usec;
    write(path, text);
  }
  const records = machine.kernel.takeEffects().flatMap((effect) => (effect.kind === 'printk' ? [effect.record] : []));
  clock.usec = 67_850_162;
  const observed = { mountPoint: '/tmp/m', status: statusOf(machine) };
  const examples = manual('vmsysctld.8', 'Sh', 'EXAMPLES');

  it('shows a status as it is printed', () => {
    expect(examples).toContain(`$ vmsysctld status /tmp/m; echo "status $?"\n${statusLines(observed).join('\n')}\nstatus 3\n`);
  });

  it('has every key of the status in JSON, and no other', () => {
    const listed = /^Its keys are\n(.*?)^A key without a value is null\.$/ms.exec(manual('vmsysctld.8', 'Ss', 'status'))?.[1] ?? '';
    // Keys of an inner object stand in parentheses.
    const outer = listed.replaceAll(/^\.Po\n.*?^\.Pc.*?\n/gms, '').replaceAll(/^\.Pq .*$/gm, '');
    const keys = [...outer.matchAll(/^\.Va (.*)$/gm)].flatMap(([, words = '']) => words.split(/[\s,.]+/)).filter((word) => word !== '');
    expect(keys).toEqual(Object.keys(statusObject(observed)));
  });

  it('shows a line of the log in JSON', () => {
    const lines = records.map((record) => json(readPrintedLine(LOG_FORMATS.kmsg(record).trimEnd())));
    const shown = /^(\{"usec":.*(?:\n {1,}.*)?\})$/m.exec(examples)?.[1]?.replace(/\n +/, '');
    expect(lines).toContain(shown);
  });
});
