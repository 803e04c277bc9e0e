import type { SysctlHost } from '../ctl-table.ts';

/** What is appended to the name of a setting to note that it was written: `cnf.state` of IPv4, `data_state` of neighbour tables. */
export const OWN = '#own';

/** Notes that an interface, or `default`, has a value of its own from now on. */
export function setsItsOwn(host: SysctlHost, name: string): void {
  host.values.set(`${name}${OWN}`, [1n]);
}

/** Whether a setting was written, so that `default` does not change it any more. */
export function keepsItsOwn(host: SysctlHost, name: string): boolean {
  return host.values.has(`${name}${OWN}`);
}
