import { readFile } from 'node:fs/promises';

/** CAP_SYS_ADMIN of include/uapi/linux/capability.h. */
const CAP_SYS_ADMIN = 21n;

/** Whether this process may mount: root, also in a user namespace of its own. */
export async function mayMount(): Promise<boolean> {
  const [, effective = '0'] = /^CapEff:\s*([0-9a-f]+)$/m.exec(await readFile('/proc/self/status', 'utf8')) ?? [];
  return ((BigInt(`0x${effective}`) >> CAP_SYS_ADMIN) & 1n) === 1n;
}
