import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

/** How long a Node.js process may take to start, in milliseconds. */
const START_MOST = 60_000;

/** The first line is not a finding. It shows that the script runs. */
const SAY_STARTED = "require('node:fs').writeSync(1, '{}\\n');";

/**
 * Runs a script in another Node.js process. The script prints each finding at once, as a line of JSON; the result has all findings in one
 * object. A system call on a mount whose server is stopped never returns. In this process it would also block the exit, because Node.js
 * joins its thread pool. A child can be left behind.
 * @param timeout how long the script may take, in milliseconds; after that the result is what was found until then. It counts from when the
 *   script runs: on a busy machine Node.js takes seconds to start, which has a separate limit.
 */
export function probeInChild<Findings extends object>(script: string, scriptArguments: readonly string[], timeout: number): Promise<Partial<Findings>> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['-e', `${SAY_STARTED}${script}`, '--', ...scriptArguments], {
      stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, NODE_OPTIONS: '' },
    });
    let output = '';
    const finish = (): void => {
      clearTimeout(timer);
      const lines = output.split('\n').slice(0, -1);
      resolve(Object.assign({}, ...lines.map((line) => JSON.parse(line) as Partial<Findings>)) as Partial<Findings>);
    };
    const giveUp = (): void => {
      child.kill('SIGKILL');
      pipe?.destroy();
      child.unref();
      finish();
    };
    let timer = setTimeout(giveUp, timeout + START_MOST);
    // If no file descriptor is left, there is no pipe, and `error` follows.
    const pipe = child.stdout as Readable | undefined;
    pipe?.setEncoding('utf8').once('data', () => {
      clearTimeout(timer);
      timer = setTimeout(giveUp, timeout);
    }).on('data', (text: string) => { output += text; });
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', finish);
  });
}
