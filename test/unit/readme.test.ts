import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PAGE_TYPE_NAMES } from '../../src/kernel/memory/page-type-names.ts';
import { RACES } from '../../src/kernel/memory-failure/races.ts';
import { replayText } from '../../src/replay/log-replay.ts';
import { terminalReport } from '../../src/replay/report/terminal.ts';
import { summarize } from '../../src/replay/summary/summary.ts';
import { POLICIES } from '../../src/replay/summary/tables.ts';
import { GRAMMAR } from '../../src/tree/control/grammar.ts';
import { parseControl } from '../../src/tree/control/parse.ts';
import { PROC_SYS_KERNEL } from '../../src/tree/proc-sys-kernel.ts';
import { excerptText } from '../support/excerpts.ts';

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** What stands under a heading. */
function section(title: string): string {
  return README.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? '';
}

describe('README tells the truth', () => {
  it('its control file is one the program takes, with every command in it', () => {
    const example = /^```\n(.*?)^```/ms.exec(section('The control file'))?.[1] ?? '';
    const batch = parseControl(new TextEncoder().encode(example));
    expect(batch).not.toHaveProperty('error');
    const kinds = 'commands' in batch ? new Set(batch.commands.map(({ kind }) => kind)) : new Set();
    expect([...kinds].sort()).toEqual(Object.keys(GRAMMAR).sort());
  });

  it('its replay of a real log is what the program prints', () => {
    const { events, counts } = replayText(excerptText('fbk-slab-full'), { file: 'console.log' });
    const totals = { ...counts, files: 1, leftOut: 0, unreadable: 0, malformed: { ...counts.malformed, truncated: 0 } };
    expect(section('Past failures: `vmsysctld replay`')).toContain(`$ vmsysctld replay console.log\n${terminalReport(summarize(events, totals, 300), POLICIES)}\n\`\`\``);
  });

  it('names every page type, every race and the number of files', () => {
    for (const type of PAGE_TYPE_NAMES) expect(section('What panics')).toContain(`\`${type}\``);
    for (const race of Object.keys(RACES)) expect(section('The control file')).toContain(`\`${race}\``);
    expect(section('The tree')).toContain(`${PROC_SYS_KERNEL.length} files`);
  });
});
