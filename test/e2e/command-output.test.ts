import { describe, expect, it } from 'vitest';
import { MAIN } from './support/daemon.ts';
import { sh } from './support/shell.ts';

it.each(['matrix --json --via all', 'machine --memory 64T'])('vmsysctld %s is content with a reader that has seen enough', async (command) => {
  const { status, stdout, stderr } = await sh(`set -o pipefail; node "$1" ${command} | head -n 1`, [MAIN]);
  expect({ status, lines: stdout.split('\n').length, stderr }).toEqual({ status: 0, lines: 2, stderr: '' });
});

it.each(['matrix', 'matrix --json', 'machine --memory 64T'])('vmsysctld %s fails where its output cannot be written', async (command) => {
  expect(await sh(`node "$1" ${command} > /dev/full`, [MAIN])).toEqual({
    status: 1, stdout: '', stderr: 'vmsysctld: cannot write to standard output: ENOSPC: no space left on device, write\n',
  });
});

it('a bad machine file starts nothing', async () => {
  const { status, stdout, stderr } = await sh('node "$1" mount . --machine <(echo "memory 1G"; echo "proces x:1")', [MAIN]);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^vmsysctld: \/dev\/fd\/\d+:2: unknown statement 'proces', did you mean 'process'\?\n$/);
});

describe('help', () => {
  it.each(['--help', 'machine --help', 'matrix --help'])('%s fits a screen', async (command) => {
    const { status, stdout } = await sh(`node "$1" ${command}`, [MAIN]);
    const lines = stdout.trimEnd().split('\n');
    expect(status).toBe(0);
    expect(lines.length).toBeLessThanOrEqual(24);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
  });
});
