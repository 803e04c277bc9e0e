import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makePlace, mountsBelow } from './mounts.ts';
import type { Place, TestTransport } from './mounts.ts';
import { sh } from './shell.ts';
import type { ShellOptions, ShellResult } from './shell.ts';

/** The compiled program. */
export const MAIN = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));

/** How long the daemon may take to get ready, or to stop, in milliseconds. */
const PATIENCE = 100_000;

export interface Daemon {
  readonly mountPoint: string;
  /** The log file; in the place's directory, beside the mount point. */
  readonly log: string;
  /** The ready line, without its newline. */
  readonly ready: string;
  readonly process: ChildProcess;
  /** What the daemon has printed so far. */
  readonly output: { stdout: string; stderr: string };
  /** Runs a bash command in the mount point. */
  sh(command: string, commandArguments?: readonly string[], options?: ShellOptions): Promise<ShellResult>;
  /** Sends a signal and waits for the end. Returns the exit status, or the name of the signal if it ended the daemon. */
  stop(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals | null>;
}

export interface DaemonOptions {
  /** The transport. By default the best one, as for users. */
  readonly transport?: TestTransport;
  /** Options after `mount DIR --log FILE`. */
  readonly options?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** The log file. By default one beside the mount point. */
  readonly log?: string;
  /** Whether a configuration file names it instead of the command line. */
  readonly logConfigured?: true;
}

/**
 * Starts the real daemon on `place`, and waits for its ready line. Rejects with everything it printed if it ends before, or takes too long.
 */
export async function startDaemon(place: Place, { transport, options = [], environment = {}, log = join(place.directory, 'log'), logConfigured }: DaemonOptions = {}): Promise<Daemon> {
  const by = transport === undefined ? [] : ['--transport', transport];
  const child = spawn(process.execPath, [MAIN, 'mount', place.mountPoint, ...(logConfigured ? [] : ['--log', log]), ...by, ...options], {
    stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment }, cwd: place.directory,
  });
  const output = { stdout: '', stderr: '' };
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => { child.once('close', (status, signal) => { resolve(signal ?? status); }); });
  child.stderr.setEncoding('utf8').on('data', (text: string) => { output.stderr += text; });

  const ready = await new Promise<string>((resolve, reject) => {
    const fail = (why: string): void => { reject(new Error(`the daemon ${why}\nstdout: ${output.stdout}\nstderr: ${output.stderr}`)); };
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail(`was not ready after ${PATIENCE} ms`);
    }, PATIENCE);
    child.once('error', reject);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output.stdout += text;
      const line = /^ready.*(?=\n)/m.exec(output.stdout);
      if (line === null) return;
      clearTimeout(timer);
      resolve(line[0]);
    });
    ended.then((status) => {
      clearTimeout(timer);
      fail(`ended with ${String(status)} before it was ready`);
    }, reject);
  });

  return {
    mountPoint: place.mountPoint, log, ready, process: child, output,
    sh: (command, commandArguments, shellOptions) => sh(command, commandArguments, { cwd: place.mountPoint, ...shellOptions }),
    async stop(signal = 'SIGTERM') {
      const timer = setTimeout(() => { child.kill('SIGKILL'); }, PATIENCE);
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      const status = await ended;
      clearTimeout(timer);
      return status;
    },
  };
}

/**
 * Runs `body` with a daemon on a new mount point, and stops the daemon in any case. It checks that no mount is left, unless `body` killed
 * the daemon.
 */
export async function withDaemon(options: DaemonOptions, body: (daemon: Daemon) => Promise<void>): Promise<void> {
  const place = await makePlace();
  try {
    const daemon = await startDaemon(place, options);
    try {
      await body(daemon);
    } finally {
      await daemon.stop();
    }
    const left = daemon.process.signalCode === 'SIGKILL' ? [] : await mountsBelow(place.directory);
    if (left.length > 0) throw new Error(`the daemon left a mount behind: ${left.join(', ')}\n${daemon.output.stderr}`);
  } finally {
    await place.remove();
  }
}

/** The same two functions for one transport. */
export function daemonsBy(transport: TestTransport): { startDaemon: typeof startDaemon; withDaemon: typeof withDaemon } {
  return {
    startDaemon: (place, options) => startDaemon(place, { transport, ...options }),
    withDaemon: (options, body) => withDaemon({ transport, ...options }, body),
  };
}

/** Runs the program with any arguments and waits for its end. */
export async function runMain(mainArguments: readonly string[], options: ShellOptions = {}): Promise<ShellResult> {
  return sh('exec "$@"', [process.execPath, MAIN, ...mainArguments], options);
}

/** Waits for a child process that may have ended already, and for the rest of what it printed, where somebody reads that. */
export async function exited(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  await Promise.all([child.stdout, child.stderr].flatMap((stream) => (stream?.readableFlowing === true && !stream.closed ? [once(stream, 'close')] : [])));
}
