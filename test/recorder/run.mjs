// Child processes that end when the recorder is stopped.
import { spawn } from 'node:child_process';
import { ENVIRONMENT } from './tools.mjs';

/** Runs a program to its end, and resolves to the bytes that it printed. Rejects with the last line of its errors if it fails. */
export function run(command, args, { signal, cwd, input } = {}) {
  return new Promise((resolve, reject) => {
    // In a process group of its own, so that a shell script ends together with what it started.
    const child = spawn(command, args, { cwd, env: ENVIRONMENT, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    const stop = () => child.pid !== undefined && endGroup(child.pid);
    const out = [];
    const complaints = [];
    child.stdout.on('data', (chunk) => out.push(chunk));
    child.stderr.on('data', (chunk) => complaints.push(chunk));
    child.on('error', reject);
    child.on('close', (status) => {
      signal?.removeEventListener('abort', stop);
      if (signal?.aborted) reject(signal.reason);
      else if (status === 0) resolve(Buffer.concat(out));
      else reject(new Error(`${command} failed: ${lastLine(Buffer.concat(complaints).toString()) || `status ${status}`}`));
    });
    signal?.addEventListener('abort', stop);
    if (signal?.aborted) stop();
    // A program may end before it has read all. Its status shows that.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

function endGroup(pid) {
  try {
    process.kill(-pid, 'SIGTERM');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

function lastLine(text) {
  return text.trimEnd().split('\n').at(-1) ?? '';
}
