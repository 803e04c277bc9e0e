import { type ChildProcess, spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { MAIN } from './daemon.ts';
import { sh, type ShellOptions, type ShellResult } from './shell.ts';

/** How long an exec may take on a busy machine, in milliseconds. */
export const PATIENCE = 100_000;

/** Runs `vmsysctld exec` with these arguments, and waits for its end. */
export function exec(args: readonly string[], options: ShellOptions = {}): Promise<ShellResult> {
  return sh('exec "$@"', [process.execPath, MAIN, 'exec', ...args], { timeout: PATIENCE, ...options });
}

/** Runs a bash script under exec. */
export function execScript(script: string, args: readonly string[] = [], options: ShellOptions = {}): Promise<ShellResult> {
  return exec([...args, '--', 'bash', '-c', script], options);
}

/** Starts exec, for a test that does something to it meanwhile. */
export function startExec(args: readonly string[], environment: Readonly<Record<string, string>> = {}): ChildProcess {
  return spawn(process.execPath, [MAIN, 'exec', ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment } });
}

/** Waits until a text has come on a child's standard output. */
export async function said(child: ChildProcess, text: string): Promise<void> {
  let output = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      if (output.includes(text)) resolve();
    });
    child.once('close', () => { reject(new Error(`it ended before it said '${text}': ${output}`)); });
  });
}

/** The processes whose environment contains a word: all processes of an exec that has the word in its environment. */
export async function processesWith(word: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const environment = await readFile(`/proc/${name}/environ`, 'latin1').catch(() => '');
    if (environment.includes(word)) found.push(Number(name));
  }
  return found;
}

/** Settles when none of those processes is left. Fails if that takes too long. */
export async function goneFor(word: string, milliseconds = 100_000): Promise<void> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const left = await processesWith(word);
    if (left.length === 0) return;
    if (Date.now() > end) throw new Error(`still there: ${left.join(', ')}`);
    // Linux reports the end of a process only to its parent.
    await new Promise((resolve) => { setTimeout(resolve, 20); });
  }
}

/** The mounts of the host at the places where exec makes mounts. Elsewhere other tests mount and unmount at the same time. */
export async function hostMounts(): Promise<string> {
  return (await readFile('/proc/self/mounts', 'utf8')).split('\n').filter((line) => / \/(?:proc|sys|dev|mnt|media|srv)[ /]/.test(line)).join('\n');
}
