import { readdirSync, readFileSync } from 'node:fs';
import { type NetInterface, netInterface } from '../../kernel/sysctl/machine-parts.ts';

const CLASS_NET = '/sys/class/net';
/** IFF_LOOPBACK and IFF_NOARP of include/uapi/linux/if.h. */
const IFF_LOOPBACK = 0x8;
const IFF_NOARP = 0x80;

/** The network interfaces that a command sees, lo first; none where they cannot be read. */
export function hostInterfaces(): NetInterface[] {
  const names = readable(() => readdirSync(CLASS_NET)) ?? [];
  const found = names.flatMap((name): NetInterface[] => {
    const flags = Number(readable(() => readFileSync(`${CLASS_NET}/${name}/flags`, 'latin1')) ?? 'none');
    // A file such as bonding_masters is no interface.
    if (Number.isNaN(flags) || netInterface(name) === undefined) return [];
    return [{ name, kind: flags & IFF_LOOPBACK ? 'loopback' : flags & IFF_NOARP ? 'no-arp' : 'ethernet' }];
  });
  return found.sort((a, b) => Number(b.kind === 'loopback') - Number(a.kind === 'loopback'));
}

function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
