import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from '../support/fast-check.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VM_SYSCTLS } from '../../src/kernel/sysctl/tables/vm.ts';
import type { Daemon } from '../e2e/support/daemon.ts';
import { withDaemon } from '../e2e/support/daemon.ts';
import { FileOperations } from '../support/file-operations.ts';
import { testMachine } from '../support/machine.ts';
import { SEED } from '../support/seed.ts';
import { answersOf, compare, scriptOf } from './support/comparison.ts';
import type { Script } from './support/comparison.ts';
import { sequenceCase, writeCase } from './support/host-cases.ts';
import { CARE, hostFiles, restoreOrder } from './support/host-files.ts';
import type { HostFile, Values } from './support/host-files.ts';
import { answersOfHost, cannotCompare, compileSysseq, hostKernel, hostValues, recoverHost, startOnHost } from './support/host-kernel.ts';
import type { HostRun } from './support/host-kernel.ts';
import { kernelDifferences, MOUNT_LIMITS } from './support/left-out.ts';
import type { LeftOut } from './support/left-out.ts';

const VM = '/proc/sys/vm';
const WRITES = 20_000;
const SEQUENCES = 5000;
const PATIENCE = 150_000;

const reason = cannotCompare();
if (reason !== undefined) console.warn(`SKIPPED: comparison with the running kernel's /proc/sys/vm: ${reason}`);

describe.skipIf(reason !== undefined)(`the running kernel's own /proc/sys/vm (Linux ${release()}, seed ${SEED})`, () => {
  const kernelRows = kernelDifferences(hostKernel());
  let directory: string;
  let sysseq: string;
  let values: Values;
  let files: readonly HostFile[];
  let names: readonly string[];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'vmsysctld-test-'));
    sysseq = compileSysseq(directory);
    await recoverHost();
    values = hostValues();
    files = hostFiles(values);
    names = files.map(({ entry }) => entry.procname);
  });
  afterAll(async () => {
    if (directory !== undefined) await rm(directory, { recursive: true });
  });

  /** The files whose values are to be restored, in the right order. */
  const restored = (): string[] => restoreOrder(files.map(({ entry }) => entry), values).map(({ procname }) => procname);

  const run = (): HostRun => ({ directory, sysseq, values: restored().map((name) => [name, values.get(name) ?? '']) });

  async function onHost(script: Script): Promise<string[]> {
    const answers = await answersOfHost(run(), `${script.lines.join('\n')}\n`);
    expect(hostValues(), 'values afterwards').toEqual(values);
    return answersOf(answers);
  }

  /** The same script by the same program on a mount that has this machine's values first. */
  async function onMount(daemon: Daemon, script: Script): Promise<string[]> {
    const set = restored().map((name) => `set ${name} ${Buffer.from(values.get(name) ?? '').toString('hex')}`);
    const lines = [...set, ...script.lines];
    await writeFile(join(directory, 'script.ours'), `${lines.join('\n')}\n`);
    const run = '"$1" proc/sys/vm < "$2"/script.ours > "$2"/answers.ours';
    const { status, stderr } = await daemon.sh(run, [sysseq, directory], { timeout: PATIENCE });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return answersOf(await readFile(join(directory, 'answers.ours'), 'latin1')).slice(set.length);
  }

  /** The same script on the files of a machine in this process. */
  function inProcess(script: Script): string[] {
    const operations = new FileOperations(testMachine().vfs, VM);
    for (const name of restored()) operations.run(`set ${name} ${Buffer.from(values.get(name) ?? '').toString('hex')}`);
    return script.lines.map((line) => operations.run(line).trimEnd());
  }

  /** Prints the result of a comparison, and fails the test for a difference. */
  function check(what: string, script: Script, host: readonly string[], ours: readonly string[], rows: readonly LeftOut[]): void {
    expect([host.length, ours.length]).toEqual([script.lines.length, script.lines.length]);
    const { compared, identical, leftOut, differences } = compare(script, host, ours, names, rows);
    const counts = [...leftOut].filter(([, count]) => count > 0).map(([{ name }, count]) => `${count} (${name})`);
    console.log(`${what}: ${identical} of ${compared} identical with Linux ${release()}, seed ${SEED}; left out: ${counts.join(', ') || 'none'}`);
    const shown = differences.slice(0, 20).join('\n\n');
    if (differences.length > 0) throw new Error(`${what}: ${differences.length} differences, seed ${SEED}:\n${shown}`);
    expect(compared, 'cases that were compared').toBeGreaterThan(script.cases.length * 0.95);
  }

  test('the files both have are all written, some with care', () => {
    for (const { file } of CARE) expect(VM_SYSCTLS.map(({ procname }) => procname)).toContain(file);
    console.log(`live: ${files.length} files; within bounds:\n${CARE.map(({ file, why }) => `  ${file}: ${why}`).join('\n')}`);
    expect(files.length).toBeGreaterThan(30);
  });

  test('values are put back when a run is stopped, at its end, and when it is killed, by the next', async () => {
    const script = join(directory, 'script.pipe');
    execFileSync('mkfifo', [script]);
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      const child = startOnHost(run(), script, '/dev/null');
      const closed = once(child, 'close');
      const pipe = await open(script, 'w');
      try {
        await pipe.write('set swappiness 3733\n');
        await expect.poll(() => hostValues().get('swappiness')).toBe('73\n');
        process.kill(-(child.pid ?? 0), signal);
      } finally {
        await pipe.close();
        await closed;
      }
      expect(hostValues().get('swappiness'), signal).toBe(signal === 'SIGTERM' ? values.get('swappiness') : '73\n');
    }
    await recoverHost();
    expect(hostValues()).toEqual(values);
  });

  test(`${WRITES} single writes`, { timeout: PATIENCE }, async () => {
    const script = scriptOf(fc.sample(writeCase(files), { seed: SEED, numRuns: WRITES }), values);
    const host = await onHost(script);
    check('live writes, in process', script, host, inProcess(script), kernelRows);
    await withDaemon({ options: ['--profile', '7.3'] }, async (daemon) => {
      check('live writes, mounted', script, host, await onMount(daemon, script), [...kernelRows, ...MOUNT_LIMITS]);
    });
  });

  test(`${SEQUENCES} sequences`, { timeout: PATIENCE }, async () => {
    const script = scriptOf(fc.sample(sequenceCase(files), { seed: SEED, numRuns: SEQUENCES }), values);
    const host = await onHost(script);
    await withDaemon({ options: ['--profile', '7.3'] }, async (daemon) => {
      check('live sequences, mounted', script, host, await onMount(daemon, script), [...kernelRows, ...MOUNT_LIMITS]);
    });
  });
});
