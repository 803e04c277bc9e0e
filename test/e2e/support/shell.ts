import { spawn } from 'node:child_process';

export interface ShellResult {
  /** The exit status. bash returns 128 + n for a command that signal n ended. If a signal ended bash itself, this is null. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ShellOptions {
  /** Milliseconds after which the command and all it started are killed, and the promise rejects. */
  readonly timeout?: number;
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** How long a command may take on a busy machine, in milliseconds: less than a test may. */
const PATIENCE = 200_000;

/**
 * Runs a bash command. Never use a synchronous call on a mount in a test: if the mount hangs, the test runner hangs too. The pipes of
 * Node.js are sockets. With those bash would assume a remote shell and read .bashrc, so it gets --norc. Positional arguments become $1, $2,
 * …, so that no path needs quotes: `sh('cat "$1"/kept', [mountPoint])`.
 */
export function sh(command: string, commandArguments: readonly string[] = [], options: ShellOptions = {}): Promise<ShellResult> {
  const { timeout = PATIENCE, cwd, environment, input = '' } = options;
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['--norc', '-c', command, 'bash', ...commandArguments], {
      detached: true, cwd, env: { ...process.env, LC_ALL: 'C', ...environment },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => { stdout += text; });
    child.stderr.setEncoding('utf8').on('data', (text: string) => { stderr += text; });
    const timer = setTimeout(() => {
      // The whole process group. A process in an uninterruptible wait for a mount dies later; nobody waits for it.
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      child.stdout.destroy();
      child.stderr.destroy();
      child.unref();
      reject(new Error(`no end after ${timeout} ms: ${command}\nstdout: ${stdout}\nstderr: ${stderr}`));
    }, timeout);
    child.on('error', reject);
    child.on('close', (status) => {
      clearTimeout(timer);
      resolve({ status, stdout, stderr });
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
