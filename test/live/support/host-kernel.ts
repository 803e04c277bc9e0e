import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { accessSync, constants, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { HostKernel } from './left-out.ts';

const VM = '/proc/sys/vm';
/** Where the original values are kept while others are tried. They disappear at a reboot, as sysctls do. */
const KEPT = '/run/vmsysctld-test-host-sysctls';
/** A script takes one or two. */
const MOST_SECONDS = 120;
const RUN_ON_HOST = fileURLToPath(new URL('run-on-host.sh', import.meta.url));
const SYSSEQ_C = fileURLToPath(new URL('../../recordings/sysseq.c', import.meta.url));

/** Set to 1, it allows the tests to write the sysctls of the machine they run on. */
export const SWITCH = 'VMSYSCTLD_TEST_HOST_SYSCTLS';

/** Why no comparison with the running kernel is possible here. Undefined if it is. */
export function cannotCompare(): string | undefined {
  if (process.env[SWITCH] !== '1') return `it writes this machine's own sysctls; ${SWITCH}=1 allows it`;
  if (process.geteuid?.() !== 0) return 'not root';
  if (spawnSync('cc', ['--version']).error) return 'no C compiler';
  try {
    accessSync('/dev/fuse', constants.R_OK | constants.W_OK);
    accessSync(join(VM, 'swappiness'), constants.W_OK);
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}

/** What is known about the running kernel. */
export function hostKernel(): HostKernel {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  const config = 'zcat /proc/config.gz || cat "/boot/config-$(uname -r)"';
  const { stdout } = spawnSync('bash', ['-c', config], { encoding: 'utf8', maxBuffer: 2 ** 24 });
  const hz = /^CONFIG_HZ=(\d+)$/m.exec(stdout)?.[1];
  return { major, minor, hz: hz === undefined ? undefined : Number(hz) };
}

/** Compiles sysseq.c into a directory. Returns the path of the program. */
export function compileSysseq(directory: string): string {
  const program = join(directory, 'sysseq');
  const { status, stderr } = spawnSync('cc', ['-O2', '-w', '-o', program, SYSSEQ_C], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`sysseq.c does not compile: ${stderr}`);
  return program;
}

/** The values of /proc/sys/vm by name; undefined for a file that cannot be read. */
export function hostValues(): Map<string, string | undefined> {
  return new Map(readdirSync(VM).map((name) => {
    const mayRead = name !== 'stat_refresh' && (statSync(join(VM, name)).mode & 0o400) !== 0;
    return [name, mayRead ? readFileSync(join(VM, name), 'utf8') : undefined];
  }));
}

/** Restores the values that a killed run left changed, if there was one. */
export async function recoverHost(): Promise<void> {
  await end(start([]));
}

export interface HostRun {
  /** A directory for files that pass between this process and the run. */
  readonly directory: string;
  /** The compiled sysseq.c. */
  readonly sysseq: string;
  /** What to restore: names and values in the order in which to write them. */
  readonly values: readonly (readonly [name: string, value: string])[];
}

/** Starts a script, a file, on the running kernel. The process is the first of its own process group. */
export function startOnHost({ directory, sysseq, values }: HostRun, scriptFile: string, answersFile: string): ChildProcess {
  const valuesFile = join(directory, 'values');
  writeFileSync(valuesFile, values.map(([name, value]) => `${name} ${value.trim()}\n`).join(''));
  return start([valuesFile, sysseq, scriptFile, answersFile, String(MOST_SECONDS)]);
}

/** Runs a script of sysseq.c on the running kernel, and restores the values. Returns its answers. */
export async function answersOfHost(run: HostRun, script: string): Promise<string> {
  const [scriptFile, answersFile] = [join(run.directory, 'script.host'), join(run.directory, 'answers.host')];
  writeFileSync(scriptFile, script);
  await end(startOnHost(run, scriptFile, answersFile));
  return readFileSync(answersFile, 'latin1');
}

function start(more: readonly string[]): ChildProcess {
  return spawn('bash', [RUN_ON_HOST, KEPT, ...more], { detached: true, stdio: ['ignore', 'ignore', 'inherit'] });
}

async function end(child: ChildProcess): Promise<void> {
  const status = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (status !== 0) throw new Error(`running on this machine's /proc/sys/vm ended with ${String(status)}`);
}
