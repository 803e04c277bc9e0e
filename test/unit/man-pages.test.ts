import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { LOG_LEVEL } from '../../src/abi/log-level.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { CONFIGURED } from '../../src/cli/config/config.ts';
import type { CliContext, HelpfulCommand } from '../../src/cli/command.ts';
import type { OptionTable } from '../../src/cli/options/option.ts';
import { RACES, VIAS } from '../../src/kernel/memory-failure/injection.ts';
import { MODULE_NAMES } from '../../src/kernel/sysctl/modules/names.ts';
import { PAGE_TYPE_NAMES } from '../../src/kernel/memory/page-types.ts';
import { CPER_SEVERITIES } from '../../src/kernel/ras/cper.ts';
import { CONTROL_COMMANDS } from '../../src/control/commands.ts';
import { KIND_NAMES } from '../../src/control/values.ts';
import { LOG_LEVEL_ALIASES, PAGE_TYPE_ALIASES } from '../../src/language/values.ts';
import type { StatementRow } from '../../src/language/row.ts';
import { MACHINE_STATEMENTS } from '../../src/machine-file/statements.ts';
import { parseControl } from '../../src/control/command.ts';
import { parseMachineFile } from '../../src/machine-file/parse.ts';

const DIRECTORY = fileURLToPath(new URL('../../man', import.meta.url));
const PAGES = readdirSync(DIRECTORY).sort();
const read = (page: string): string => readFileSync(`${DIRECTORY}/${page}`, 'utf8');

/** Macros of mdoc. They end the arguments of the macro before them. */
const MACRO = /^[A-Z][a-z]$/;

/** The arguments of a macro in a text: the words after it, up to the next macro or the end of the line. */
function given(text: string, macro: string): string[] {
  return text.split('\n').filter((line) => line.startsWith('.')).flatMap((line) => {
    const words = line.slice(1).split(/\s+/);
    const found: string[] = [];
    let within = false;
    for (const word of words) {
      if (MACRO.test(word)) within = word === macro;
      else if (within && !/^[.,:;|()[\]=-]$/.test(word)) found.push(word);
    }
    return found;
  });
}

/** The text under a heading, up to the next one of its level or above. */
function under(text: string, heading: 'Sh' | 'Ss', title: string): string {
  const ends = heading === 'Sh' ? /^\.Sh /m : /^\.S[hs] /m;
  const [, rest = ''] = text.split(new RegExp(`^\\.${heading} ${title}\n`, 'm'));
  return rest.split(ends)[0] ?? '';
}

const sorted = (words: Iterable<string>): string[] => [...new Set(words)].sort();

function skippable(command: string, ...args: string[]): boolean {
  const there = spawnSync(command, args).error === undefined;
  if (!there) console.warn(`SKIPPED: what ${command} says of the man pages: there is no ${command}`);
  return !there;
}

describe.skipIf(skippable('mandoc', '-T', 'lint', '/dev/null'))('mandoc', () => {
  it.each(PAGES)('has nothing to say against %s', (page) => {
    const { status, stdout, stderr } = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning', `${DIRECTORY}/${page}`], { encoding: 'utf8' });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it.each(PAGES)('fits %s into 80 columns', (page) => {
    const { stdout } = spawnSync('mandoc', ['-T', 'utf8', '-O', 'width=80', `${DIRECTORY}/${page}`], { encoding: 'utf8' });
    const shown = stdout.replace(/.\x08/g, '').split('\n');
    expect(shown.length).toBeGreaterThan(40);
    expect(shown.filter((line) => line.length > 80)).toEqual([]);
  });
});

describe.skipIf(skippable('man', '--version'))('man', () => {
  it.each(PAGES)('has nothing to say against %s', (page) => {
    const { status, stderr } = spawnSync('man', ['--warnings', '-E', 'UTF-8', '-l', `${DIRECTORY}/${page}`], {
      encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8', MANWIDTH: '80', MANROFFSEQ: '', PAGER: 'cat' },
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

describe('the man pages', () => {
  it('are named as they say they are', () => {
    for (const page of PAGES) {
      const [, title = '', section = ''] = /^\.Dt (\S+) (\d)$/m.exec(read(page)) ?? [];
      expect(`${title.toLowerCase()}.${section}`).toBe(page);
    }
  });

  it('refer to each other, and to none of ours that is not there', () => {
    const references = PAGES.flatMap((page) => [...read(page).matchAll(/^\.Xr (\S+) (\d)/gm)].map(([, name, section]) => `${name}.${section}`));
    expect(sorted(references.filter((name) => name.startsWith('vmsysctld')))).toEqual(PAGES);
    const main = under(read('vmsysctld.8'), 'Sh', 'SEE ALSO');
    for (const page of PAGES.filter((each) => each !== 'vmsysctld.8')) {
      expect(main).toContain(`.Xr ${page.replace(/\.(\d)$/, ' $1')}`);
      expect(under(read(page), 'Sh', 'SEE ALSO')).toContain('.Xr vmsysctld 8');
    }
  });

  it('are what npm installs', () => {
    const { man } = JSON.parse(readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8')) as { man: string[] };
    expect(sorted(man)).toEqual(PAGES.map((page) => `man/${page}`));
  });
});

const commands = await Promise.all(Object.entries(COMMANDS).map(async ([name, { load }]): Promise<readonly [string, HelpfulCommand]> => [
  name, await load({ context: {} as CliContext, given: [], operands: [] }),
]));

/** Where the options of a command are described: in a page of its own, or in a part of the program's page. */
function partOf(command: string): string {
  const own = PAGES.find((page) => page === `vmsysctld-${command}.1`);
  return own === undefined ? under(read('vmsysctld.8'), 'Ss', command) : read(own);
}

/** Options as they are written. */
function written(options: OptionTable): string[] {
  return Object.entries(options).filter(([, { hidden }]) => hidden !== true).flatMap(([name, { short }]) => [`-${name}`, ...(short === undefined ? [] : [short])]);
}

describe.each(commands)('the man page of vmsysctld %s', (name, { help }) => {
  const part = partOf(name);
  const items = part.split('\n').filter((line) => line.startsWith('.It Fl')).join('\n');

  it('has every option, and no other', () => {
    expect(sorted(given(items, 'Fl'))).toEqual(sorted(written(help.options)));
    expect(given(part, 'Fl').filter((flag) => flag !== '-' && !written(help.options).includes(flag))).toEqual([]);
  });

  it('has every word that an option is one of, and no other', () => {
    for (const [option, of] of Object.entries(help.options)) {
      if (of.kind !== 'text' || of.words === undefined || of.hidden) continue;
      const line = items.split('\n').find((each) => given(each, 'Fl').includes(`-${option}`)) ?? '';
      const words = given(line, 'Cm');
      // exec refers to mount for the options of the machine.
      if (words.length > 0 || name !== 'exec') expect({ option, words: sorted(words) }).toEqual({ option, words: sorted(of.words) });
    }
  });

  it('has what is not an option in its synopsis, and every option of a page of its own', () => {
    const own = part.includes('.Sh SYNOPSIS');
    const synopsis = own ? under(part, 'Sh', 'SYNOPSIS') : under(read('vmsysctld.8'), 'Sh', 'SYNOPSIS').split('.Nm\n').find((each) => each.startsWith(`.Ic ${name}\n`)) ?? '';
    const words = [...help.usage.matchAll(/\b[A-Z]{3,}\b/g)].map(([word]) => word.replace(/^ARGS$/, 'ARG'));
    expect(given(synopsis, 'Ar')).toEqual(expect.arrayContaining(words));
    if (!own) expect(given(synopsis, 'Cm')).toEqual(help.operands.completion.words);
    else expect(sorted(given(synopsis, 'Fl').filter((flag) => flag !== '-'))).toEqual(sorted(written(help.options)));
  });
});

it('vmsysctld(8) has every module, and no other', () => {
  expect(given(under(read('vmsysctld.8'), 'Sh', 'MODULES'), 'Cm')).toEqual(MODULE_NAMES);
});

it('vmsysctld(8) has every command, and no other', () => {
  const page = read('vmsysctld.8');
  expect(given(under(page, 'Sh', 'SYNOPSIS'), 'Ic')).toEqual(Object.keys(COMMANDS));
  expect([...under(page, 'Sh', 'DESCRIPTION').matchAll(/^\.Ss (\S+)$/gm)].map(([, name]) => name)).toEqual(Object.keys(COMMANDS));
  expect(sorted(given(page, 'Ic'))).toEqual(sorted(Object.keys(COMMANDS)));
});

it('vmsysctld.8 has every level', () => {
  expect(given(under(read('vmsysctld.8'), 'Ss', 'dmesg'), 'Cm')).toEqual(expect.arrayContaining(Object.keys(LOG_LEVEL)));
});

/** Items of a list, by their first macro. */
function items(text: string, macro: string): string[] {
  return text.split('\n').filter((line) => line.startsWith(`.It ${macro} `)).flatMap((line) => given(line, macro));
}

/** The synopses of statements in the form of a page, which is in ASCII. */
function synopses(rows: Readonly<Record<string, StatementRow<unknown>>>): string {
  return Object.values(rows).map(({ synopsis }) => `${synopsis.replaceAll('…', '...')}\n`).join('');
}

/** The text of each literal display. A text that is too long for a line continues in an indented one. */
function displays(text: string): string[] {
  return [...text.matchAll(/^\.Bd -literal(?: -offset indent)?\n(.*?)^\.Ed$/gms)].map(([, display = '']) => display.replace(/\n {6}/g, ' '));
}

function keysOf(rows: Readonly<Record<string, StatementRow<unknown>>>): string[] {
  return Object.values(rows).flatMap(({ keys }) => keys);
}

describe('vmsysctld-control(5)', () => {
  const page = read('vmsysctld-control.5');

  it('has every command as it is written, and no other', () => {
    expect(displays(under(page, 'Ss', 'Commands'))).toEqual([synopses(CONTROL_COMMANDS)]);
    expect(items(under(page, 'Ss', 'Commands'), 'Ic')).toEqual(Object.keys(CONTROL_COMMANDS));
    expect(sorted(given(page, 'Ic'))).toEqual(sorted(Object.keys(CONTROL_COMMANDS)));
  });

  it('has every page type, race and way, and no other', () => {
    expect(items(under(page, 'Ss', 'Page types'), 'Cm')).toEqual(PAGE_TYPE_NAMES);
    expect(items(under(page, 'Ss', 'Races'), 'Cm')).toEqual(Object.keys(RACES));
    expect(items(under(page, 'Ss', 'Ways'), 'Cm')).toEqual(Object.keys(VIAS));
    expect(items(under(page, 'Ss', 'Kinds'), 'Cm')).toEqual(KIND_NAMES);
  });

  it('has every key and every other word, and no other', () => {
    const known = [
      ...keysOf(CONTROL_COMMANDS), ...PAGE_TYPE_NAMES, ...Object.keys(PAGE_TYPE_ALIASES), ...Object.keys(RACES), ...Object.keys(VIAS), ...Object.keys(LOG_LEVEL),
      ...Object.keys(LOG_LEVEL_ALIASES), ...KIND_NAMES, ...Object.keys(CPER_SEVERITIES), 'read', 'write', 'open', 'none',
    ];
    expect(sorted(given(page, 'Cm'))).toEqual(sorted(known));
  });

  it('has examples that are run as they stand', () => {
    const examples = displays(under(page, 'Sh', 'EXAMPLES'));
    expect(examples).toHaveLength(5);
    for (const example of examples) expect(parseControl(new TextEncoder().encode(example))).not.toHaveProperty('error');
  });
});

describe('vmsysctld.machine(5)', () => {
  const page = read('vmsysctld.machine.5');

  it('has every statement as it is written, every key, and no other', () => {
    const [grammar = '', example = ''] = displays(page);
    expect(grammar).toBe(synopses(MACHINE_STATEMENTS));
    expect(items(page, 'Ic')).toEqual(Object.keys(MACHINE_STATEMENTS));
    expect(sorted(given(page, 'Cm'))).toEqual(sorted([...keysOf(MACHINE_STATEMENTS), 'none']));
    expect(parseMachineFile(new TextEncoder().encode(example), 2 ** 30)).not.toHaveProperty('error');
  });
});

describe('vmsysctld.conf(5)', () => {
  const page = read('vmsysctld.conf.5');

  it('has every key, every word a key takes, and no other', () => {
    expect(sorted(items(page, 'Va'))).toEqual(sorted(Object.keys(CONFIGURED)));
    expect(sorted(given(page, 'Va'))).toEqual(sorted(Object.keys(CONFIGURED)));
    const words = Object.values(CONFIGURED).flatMap((option) => (option.kind === 'flag' ? ['true', 'false'] : option.kind === 'text' ? option.words ?? [] : []));
    expect(sorted(given(page, 'Cm'))).toEqual(sorted(words));
  });
});
