import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ROOT } from '../../scripts/setup.mjs';
import { describeMount } from '../e2e/support/mounts.ts';
import { sh } from '../e2e/support/shell.ts';

// The shell of the README, typed unchanged: it prints what the README shows.

const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** The code block that follows a text. */
function blockAfter(text: string): string {
  const [, block = ''] = /^```\w*\n(.*?)^```$/ms.exec(README.slice(README.indexOf(text))) ?? [];
  expect(block).not.toBe('');
  return block;
}

const shown = (block: string): string[] => block.split('\n').filter((line) => line !== '' && !line.startsWith('$ '));
/** Times and process ids differ from run to run. A shell that reads a script names its line in an error. */
const masked = (lines: readonly string[]): string[] => lines.map((line) => line.replace(/^\[ *\d+\.\d+\]/, '[…]').replace(/^\S+: line \d+: /, 'bash: '));

let directory: string;
beforeEach(async () => { directory = await mkdtemp(join(tmpdir(), 'vmsysctld-readme-')); });
afterEach(() => rm(directory, { recursive: true }));

/** Runs a script with `vmsysctld` as a command, in the directory, which also takes the place of /tmp. Returns the lines that it prints. */
async function run(script: string): Promise<string[]> {
  await writeFile(join(directory, 'vmsysctld'), `#!/bin/sh\nexec ${process.execPath} ${join(ROOT, 'dist/main.js')} "$@"\n`, { mode: 0o755 });
  await writeFile(join(directory, 'script'), `PATH=${directory}:$PATH:/usr/sbin\nexec > printed 2>&1\n${script.replaceAll('/tmp/', `${directory}/`)}`);
  const { status } = await sh('bash --norc script', [], { cwd: directory });
  const printed = (await readFile(join(directory, 'printed'), 'utf8')).replaceAll(`${directory}/`, '/tmp/').trimEnd();
  expect(status, printed).toBe(0);
  return printed.split('\n');
}

/** The commands of a console block. After one that goes on in the background, the next waits until the machine is mounted. */
function commands(block: string): string {
  const typed = block.split('\n').filter((line) => line.startsWith('$ ')).map((line) => line.slice(2));
  return typed.map((line) => (line.endsWith('&') ? `${line}\nuntil grep -q ^ready printed || ! kill -0 $!; do sleep 0.1; done` : line)).join('\n');
}

const END = '\ncd /; kill $!; wait $!\n';

const missing = (await sh('PATH=$PATH:/usr/sbin; type rasdaemon && unshare -m mount -t debugfs none /sys/kernel/debug')).status !== 0;
if (missing) console.warn('SKIPPED: the recipe of rasdaemon: it needs rasdaemon, and the right to mount debugfs');

describeMount('the README', () => {
  const event = blockAfter('## Ten lines of shell');

  it('shows the production event as v4 has it', async () => {
    expect(masked(await run(commands(event) + END))).toEqual(masked(shown(event)));
  });

  it('shows what 7.3 logs at the same commands', async () => {
    await run(commands(event).replace('v4', '7.3') + END);
    const log = (await readFile(join(directory, 'vmsysctld.log'), 'utf8')).split('\n').filter((line) => /Memory failure: 0x/.test(line));
    expect(masked(log.slice(0, 3))).toEqual(masked(shown(blockAfter('Linux 7.3 as merged'))));
  });

  it('shows the report of an unmodified tool', async () => {
    const block = blockAfter('**An unmodified tool**');
    expect(block).toContain('| [.name, .old, .new, .result, .by.comm]');
    await run(commands(block).replace(/^jq .*$/m, 'true'));
    const { sysctls } = JSON.parse(await readFile(join(directory, 'r.json'), 'utf8')) as { sysctls: { name: string; old: string; new: string; result: string; by: { comm: string } }[] };
    expect(sysctls.map((each) => JSON.stringify([each.name, each.old, each.new, each.result, each.by.comm]))).toEqual(shown(block));
  });

  it.skipIf(missing)('has a recipe by which rasdaemon prints the error', async () => {
    // Instead of for some seconds, each step waits for the one before it.
    const wait = (text: string): string => `until grep -q "${text}" $printed; do sleep 0.1; done`;
    const [first, second, ...more] = blockAfter('**rasdaemon**').replace('sudo ', '').replace("sh -c '", "sh -c 'printed=$PWD/printed").split(/sleep \d+/);
    expect(more).toHaveLength(1);
    const printed = await run([first, wait('Listening to events'), second, wait('mc_event: '), more[0]].join(''));
    expect(printed.join('\n')).toMatch(/mc_event: .* 1 Corrected error: single-bit ECC on DIMM_A1 /);
  });
});
