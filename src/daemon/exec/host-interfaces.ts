import { readFileSync } from 'node:fs';
import { type NetInterface, netInterface } from '../../kernel/sysctl/machine-parts.ts';

/** The interfaces of the network namespace that the reader is in. */
const PROC_NET_DEV = '/proc/net/dev';
/** Those of the network namespace that sysfs was mounted in. */
const CLASS_NET = '/sys/class/net';
/** IFF_LOOPBACK and IFF_NOARP of include/uapi/linux/if.h. */
const IFF_LOOPBACK = 0x8;
const IFF_NOARP = 0x80;

/** The names of the network interfaces that a command sees. None if they cannot be read. */
export function interfaceNames(): string[] {
  // The first two lines are a heading. A name ends at a colon, and contains none: dev_valid_name() (net/core/dev.c).
  return (readable(PROC_NET_DEV) ?? '').split('\n').slice(2).flatMap((line) => /^ *([^:]+):/.exec(line)?.[1] ?? []);
}

/** The network interfaces that a command sees, lo first. */
export function hostInterfaces(): NetInterface[] {
  const found = interfaceNames().flatMap((name): NetInterface[] => {
    const usual = netInterface(name);
    if (usual === undefined) return [];
    const text = readable(`${CLASS_NET}/${name}/flags`);
    if (text === undefined) return [usual];
    const flags = Number(text);
    return [{ name, kind: flags & IFF_LOOPBACK ? 'loopback' : flags & IFF_NOARP ? 'no-arp' : 'ethernet' }];
  });
  return found.sort((a, b) => Number(b.kind === 'loopback') - Number(a.kind === 'loopback'));
}

function readable(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
