import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Daemon } from '../../e2e/support/daemon.ts';

const FLOOD = fileURLToPath(new URL('flood.pl', import.meta.url));

/** How many calls had which result: `{ ok: 3, EINVAL: 1 }`. */
export type Results = Readonly<Record<string, number>>;

/** Runs flood.pl on a file of a mount. Returns the results of its calls. `timeout` is in milliseconds. */
export async function flood(daemon: Daemon, what: 'no-newline' | 'lines' | 'numbered' | 'random' | 'open', path: string, numbers: readonly (number | string)[], timeout: number): Promise<Results> {
  const { status, stdout, stderr } = await daemon.sh('exec perl "$@"', [FLOOD, what, join(daemon.mountPoint, path), ...numbers.map(String)], { timeout });
  if (status !== 0 || stderr !== '') throw new Error(`${what} ${path}: status ${status}: ${stderr}`);
  return Object.fromEntries(stdout.trim().split('\n').map((line) => { const [count = '', result = ''] = line.split(' '); return [result, Number(count)]; }));
}

/** As one line prints it: `3 ok, 1 EINVAL`. */
export function told(results: Results): string {
  return Object.entries(results).map(([result, count]) => `${count} ${result}`).join(', ');
}
