import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { KERNEL_SYSCTLS } from '../../src/kernel/sysctl/tables/kernel.ts';
import { entryOf, testMachine, type TestMachine } from '../support/sysctl-host.ts';

/** A file of the recording: its first value, and the effect of each echo: `WRITTEN -> STATUS [VALUE AFTERWARDS]`. */
interface Section {
  readonly file: string;
  readonly before: string;
  readonly echoes: readonly { written: string; status: number; after: string }[];
}

const TEXT = readFileSync(new URL('../recordings/sysctl-kernel.7.3.txt', import.meta.url), 'utf8');
const SECTIONS: readonly Section[] = TEXT.split(/^== /m).slice(1).map((part) => {
  const [file = '', before = '', ...lines] = part.split('\n');
  const echoes = lines.flatMap((line) => {
    const match = /^(.*) -> (\d+) \[(.*)\]$/.exec(line);
    return match ? [{ written: match[1] ?? '', status: Number(match[2]), after: match[3] ?? '' }] : [];
  });
  return { file, before, echoes };
});

/** That machine was booted with panic=-1, and the recording taints it first. */
const SET_BEFORE: Readonly<Record<string, bigint>> = { panic: -1n, tainted: 144n };

/**
 * The exit status of `echo WORDS > FILE`: the shell writes the rest if write(2) took only a part. A read-only file cannot be opened for
 * writing.
 */
function echo(machine: TestMachine, name: string, written: string): number {
  if ((entryOf(name).mode & 0o222) === 0) return 1;
  const text = `${written}\n`;
  for (let position = 0; position < text.length;) {
    const answer = machine.write(name, text.slice(position), position);
    if (answer <= 0) return 1;
    position += answer;
  }
  return 0;
}

test('every file of the recording is in the table', () => {
  expect(KERNEL_SYSCTLS.map((entry) => entry.procname)).toEqual(expect.arrayContaining(SECTIONS.map((section) => section.file)));
  expect(SECTIONS).toHaveLength(32);
});

test('every recorded echo into /proc/sys/kernel ends as it did on Linux 7.3', () => {
  const differences: string[] = [];
  let count = 0;
  for (const { file, before, echoes } of SECTIONS) {
    const name = `kernel.${file}`;
    const machine = testMachine();
    const preset = SET_BEFORE[file];
    if (preset !== undefined) machine.host.values.set(name, [preset]);
    expect(machine.read(name), `boot value of ${name}`).toBe(`${before}\n`);
    expect(echoes.length, `echoes into ${name}`).toBeGreaterThan(17);
    for (const { written, status, after } of echoes) {
      count += 1;
      const ours = { status: echo(machine, name, written), after: machine.read(name).replaceAll('\t', ' ').replaceAll('\n', '|') };
      if (ours.status !== status || ours.after !== after) {
        differences.push(`${file} '${written}': Linux ${JSON.stringify({ status, after })}, here ${JSON.stringify(ours)}`);
      }
    }
  }
  console.log(`sysctl-kernel: ${count - differences.length} of ${count} identical`);
  expect(differences).toEqual([]);
});
