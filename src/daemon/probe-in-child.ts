import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

/**
 * Runs a script in a Node of its own, which prints each finding as a line of JSON as soon as it has it; the findings in one object. A system call
 * on a mount whose server is stopped never returns, and one of this process would hold up its exit too (Node joins its thread pool);
 * a child can be left behind.
 * @param timeout how long to wait, in milliseconds: after that, what was found until then
 */
export function probeInChild<Findings extends object>(script: string, scriptArguments: readonly string[], timeout: number): Promise<Partial<Findings>> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['-e', script, '--', ...scriptArguments], {
      stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, NODE_OPTIONS: '' },
    });
    let output = '';
    const finish = (): void => {
      clearTimeout(timer);
      const lines = output.split('\n').slice(0, -1);
      resolve(Object.assign({}, ...lines.map((line) => JSON.parse(line) as Partial<Findings>)) as Partial<Findings>);
    };
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      pipe?.destroy();
      child.unref();
      finish();
    }, timeout);
    // Where no file descriptor is left there is no pipe either, and `error` follows.
    const pipe = child.stdout as Readable | undefined;
    pipe?.setEncoding('utf8').on('data', (text: string) => { output += text; });
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', finish);
  });
}
