import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runCli } from '../../support/cli.ts';

const DIRECTORY = new URL('../../../examples/check/', import.meta.url);
const EXAMPLES = readdirSync(DIRECTORY);

/** Every text in a document that begins with the program's name: the commands it runs. */
function commands(value: unknown): string[] {
  if (typeof value === 'string') return value.startsWith('vmsysctld ') ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(commands) : [];
}

let fleet = '';
const FILES = { 'db1/etc/sysctl.d/10-good.conf': 'vm.swappiness=10\n', 'db2/etc/sysctl.d/10-bad.conf': '# slow\nvm.swappiness=300\n' };
beforeAll(() => {
  fleet = mkdtempSync(join(tmpdir(), 'vmsysctld-fleet-'));
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(fleet, path)), { recursive: true });
    writeFileSync(join(fleet, path), text);
  }
});
afterAll(() => { rmSync(fleet, { recursive: true }); });

/** Runs the one command of an example, on this fleet. `files` follow it, as pre-commit appends names. */
async function run(name: string, files: readonly string[] = []): ReturnType<typeof runCli> {
  const [command = '', ...more] = commands(parse(readFileSync(new URL(name, DIRECTORY), 'utf8')));
  expect(more).toEqual([]);
  const words = command.replace(/ > \S+$/, '').split(' ').slice(1);
  return runCli(...words.map((word) => (word === 'fleet/' ? fleet : word)), ...files);
}

describe('the examples of check', () => {
  it('are those that are tested here', () => {
    expect(EXAMPLES.sort()).toEqual(['github-actions.yml', 'gitlab-ci.yml', 'pre-commit-config.yaml']);
  });

  it('GitHub Actions: an error at the line', async () => {
    const { status, out } = await run('github-actions.yml');
    expect(status).toBe(1);
    expect(out).toEqual([expect.stringMatching(/^::error file=.*\/db2\/etc\/sysctl\.d\/10-bad\.conf,line=2,title=vmsysctld%3A refused::vm\.swappiness=300 refused: /)]);
  });

  it('GitLab CI: a report with an entry', async () => {
    const { status, out } = await run('gitlab-ci.yml');
    expect(status).toBe(1);
    expect((JSON.parse(out.join('\n')) as { check_name: string }[]).map(({ check_name }) => check_name)).toEqual(['vmsysctld/refused']);
  });

  it('pre-commit: names of files are appended, of any hosts', async () => {
    const [good = '', bad = ''] = Object.keys(FILES).map((path) => join(fleet, path));
    expect((await run('pre-commit-config.yaml', [good])).status).toBe(0);
    expect((await run('pre-commit-config.yaml', [good, bad])).status).toBe(1);
    const files = commands(parse(readFileSync(new URL('pre-commit-config.yaml', DIRECTORY), 'utf8')));
    expect(files).toHaveLength(1);
    const [, pattern = ''] = /files: (.*)/.exec(readFileSync(new URL('pre-commit-config.yaml', DIRECTORY), 'utf8')) ?? [];
    for (const path of Object.keys(FILES)) expect(path).toMatch(new RegExp(pattern));
  });
});
