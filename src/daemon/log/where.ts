import { join } from 'node:path';

/**
 * Where the log goes unless `--log` says otherwise: /var/log/vmsysctld/vmsysctld.log for root, else the XDG state directory.
 * `home` is the home directory, absolute. XDG Base Directory Specification: an unset, empty or relative XDG_STATE_HOME does not count.
 */
export function defaultLogPath(uid: number, env: Readonly<Record<string, string | undefined>>, home: string): string {
  const stateHome = env['XDG_STATE_HOME'];
  if (uid === 0) return '/var/log/vmsysctld/vmsysctld.log';
  return join(stateHome?.startsWith('/') ? stateHome : join(home, '.local/state'), 'vmsysctld/vmsysctld.log');
}
