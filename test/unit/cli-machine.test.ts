import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describedMemory, MEMORY_OPTIONS } from '../../src/cli/options/machine.ts';
import { resolveSettings } from '../../src/cli/options/option.ts';
import { runCli } from '../support/cli.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/server-64g.machine', import.meta.url));

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vmsysctld-machine-'));
  const files: Record<string, string | Uint8Array> = {
    good: 'memory 2G\nprocess a:1', wrong: 'memory 2G\n\nproces a:1\n', processes: 'process a:1\n', empty: '', 'a b': 'x',
    nul: 'memory 1G\n\0', latin1: new Uint8Array([0x23, 0xe9, 0x0a]), crlf: '\uFEFFmemory 2G\r\n',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  await writeFile(join(directory, 'huge'), '');
  await truncate(join(directory, 'huge'), 64 * 1024 ** 2);
  await symlink('round', join(directory, 'round'));
  execFileSync('mkfifo', [join(directory, 'pipe')]);
});
afterAll(() => rm(directory, { recursive: true }));

/** The memory that the options describe. */
function described(given: Readonly<Record<string, unknown>>) {
  return describedMemory(resolveSettings(MEMORY_OPTIONS, given));
}

/** The command on a file. Its directory is shown as `%`. */
async function machine(name: string, ...more: string[]) {
  const { status, out, err } = await runCli('machine', '--machine', name.replace('%', directory), ...more);
  return { status, out, err: err.map((line) => line.replaceAll(directory, '%')) };
}

describe('--machine', () => {
  it.each([
    ['%/wrong', "%/wrong:3: unknown statement 'proces', did you mean 'process'?"],
    ['%/a b', "'%/a b':1: unknown statement 'x', it is one of memory, process, population, dimm, profile, interface, module, sysctl and page"],
    ['%/empty', '%/empty:1: there is nothing in it, it says what differs from the default machine'],
    ['%/nul', '%/nul:2: there is a NUL byte in it'],
    ['%/latin1', '%/latin1:1: it is not valid UTF-8'],
    ['%/none', '--machine: cannot read %/none: it does not exist'],
    ['%', '--machine: cannot read %: it is a directory'],
    ['%/good/x', '--machine: cannot read %/good/x: it lies below something that is not a directory'],
    ['%/round', '--machine: cannot read %/round: it leads in a circle of symbolic links'],
    // Also for root.
    ['/proc/sys/vm/drop_caches', '--machine: cannot read /proc/sys/vm/drop_caches: it is not accessible to this user'],
    ['%/huge', '--machine: %/huge is longer than 1M, which no description of a machine is'],
    ['/dev/zero', '--machine: /dev/zero is longer than 1M, which no description of a machine is'],
  ])('%s: one line, exit status 2, nothing done', async (name, want) => {
    expect(await machine(name)).toEqual({ status: 2, out: [], err: [`vmsysctld: ${want}`] });
    const mounting = await runCli('mount', '/nonexistent/place', '--machine', name.replace('%', directory));
    expect(mounting).toMatchObject({ status: 2, out: [] });
    expect(mounting.err).toEqual([`vmsysctld: ${want.replaceAll('%', directory)}`]);
  });

  it('excludes --memory where the file says how much RAM there is, and takes it where it does not', async () => {
    expect((await machine('%/good', '--memory', '1G')).err)
      .toEqual(['vmsysctld: --memory and --machine exclude each other here: %/good says how much RAM there is, leave --memory out']);
    expect(await machine('%/processes', '--memory', '256M')).toMatchObject({ status: 0, err: [] });
    expect(await described({ machine: join(directory, 'processes'), memory: 2 ** 28 })).toMatchObject({ memoryBytes: 2 ** 28 });
    expect(await described({ machine: join(directory, 'crlf') })).toMatchObject({ memoryBytes: 2 ** 31 });
  });

  it('reads a pipe', async () => {
    const pipe = join(directory, 'pipe');
    const [result] = await Promise.all([machine('%/pipe'), writeFile(pipe, 'memory 128M\n')]);
    expect(result).toMatchObject({ status: 0, err: [] });
  });

  it.each([[['--machine']], [['--machine', 'a', '--machine', 'b']]])('%j is bad usage', async (args) => {
    expect(await runCli('machine', ...args)).toMatchObject({ status: 2, out: [], err: [expect.stringMatching(/^vmsysctld: /)] });
  });
});

describe('vmsysctld machine', () => {
  it.each([[['--memory', '128M']], [['--memory', '64T']], [[]], [['--machine', EXAMPLE]]])('%j prints a file that means the same', async (args) => {
    const { status, out, err } = await runCli('machine', ...args);
    expect({ status, err }).toEqual({ status: 0, err: [] });
    await writeFile(join(directory, 'printed'), out.join('\n'));
    expect((await machine('%/printed')).out).toEqual(out);
  });
});
