import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { sh, type ShellResult } from '../../e2e/support/shell.ts';
import { fillLayer } from './layer.ts';

/** A machine in namespaces of its own. Its first process is systemd, and the program is installed. */
export interface Machine {
  /** Runs a bash script in it, as root, in the namespaces of systemd itself: a mount that systemd cannot see is not seen here either. */
  sh(script: string): Promise<ShellResult>;
  /** Ends it, and removes all changes. */
  end(): Promise<void>;
}

const BOOT = fileURLToPath(new URL('boot.sh', import.meta.url));
/** How long booting, and each script, may take on a busy machine, in milliseconds. */
const PATIENCE = 90_000;

/** The root of the machine. Another Debian may be named, with Node in it. */
const ROOT = process.env['VMSYSCTLD_TEST_SYSTEMD_ROOT'] ?? '/';

const ENVIRONMENT = ['HOME=/root', 'LC_ALL=C', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'SYSTEMD_PAGER=', 'SYSTEMD_COLORS=0'];

const REMOVE_CONTROL_GROUP = 'mount -t cgroup2 cgroup2 "$1" && find "$1/$2" -depth -type d -exec rmdir {} +';

/** Boots such a machine. Rejects with an error that says why this is not possible here. */
export async function bootMachine(): Promise<Machine> {
  const work = await mkdtemp(join(tmpdir(), 'vmsysctld-systemd-'));
  const layer = join(work, 'layer');
  const name = basename(work);
  await mkdir(layer);
  let ended: Promise<unknown> = Promise.resolve();
  let first: number | undefined;
  let booting: ReturnType<typeof spawn> | undefined;

  async function end(): Promise<void> {
    if (first !== undefined) process.kill(first, 'SIGKILL');
    else booting?.kill('SIGKILL');
    await ended;
    await sh(`exec unshare --mount --propagation private bash -c '${REMOVE_CONTROL_GROUP}' bash "$1" "$2"`, [layer, name]);
    await rm(work, { recursive: true });
  }

  try {
    await fillLayer(layer, work);
    const child = booting = spawn('unshare', ['--mount', '--propagation', 'private', 'bash', BOOT, ROOT, layer, name], { stdio: ['ignore', 'pipe', 'pipe'] });
    ended = once(child, 'close');
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => { complaint += text; });
    const [line] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended.then(() => [undefined])]) as [string?];
    first = Number(/^init ([0-9]+)$/.exec(line ?? '')?.[1] ?? NaN) || undefined;
    if (first === undefined) throw new Error(complaint.trim());
    const inside = ['-t', String(first), '-m', '-p', '-u', '-i', '-n', '-C', 'env', '-i', ...ENVIRONMENT];
    const run = (script: string): Promise<ShellResult> =>
      sh('exec nsenter "$@"', [...inside, 'bash', '--norc', '-c', script], { timeout: PATIENCE });
    const { status } = await run('for n in {1..600}; do systemctl -q is-active basic.target && exit; sleep 0.1; done; exit 1');
    if (status !== 0) throw new Error(`systemd does not come up: ${complaint.trim()}`);
    return { sh: run, end };
  } catch (error) {
    await end();
    throw error;
  }
}
