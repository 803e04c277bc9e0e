/** A network interface. Its name decides which files it has, its kind what they hold when it appears. */
export interface NetInterface {
  readonly name: string;
  readonly kind: InterfaceKind;
  /** The most bytes of a packet; that of its kind where absent. Below 1280 it has no IPv6. */
  readonly mtu?: number;
}

/**
 * The kinds of interface that its sysctls distinguish: loopback, without ARP (IFF_NOARP, as the driver `dummy` sets), or like
 * Ethernet. Each is as the kernel creates it: down, and without an address.
 */
export type InterfaceKind = 'loopback' | 'no-arp' | 'ethernet';

/** Features that a kernel can lack. `ipv6`: booted with ipv6.disable=1. */
export const FEATURES = ['ipv6'] as const;
export type Feature = (typeof FEATURES)[number];

/** The parts of a machine that decide, besides the kernel, which sysctls it has. */
export interface MachineParts {
  readonly interfaces: readonly NetInterface[];
  /** Names of kernel modules, in the order in which they are loaded. */
  readonly modules: readonly string[];
  readonly without: readonly Feature[];
  /** Interfaces come and go while the machine runs. */
  readonly interfacesChange?: true;
}

export const LOOPBACK: NetInterface = { name: 'lo', kind: 'loopback' };

/** The default parts of a machine: the interface lo. */
export const PLAIN_PARTS: MachineParts = { interfaces: [LOOPBACK], modules: [], without: [] };

/** IFNAMSIZ, less the NUL. */
const LONGEST_NAME = 15;
/** The most bytes of a packet of an interface as its driver creates it. */
const MTU: Readonly<Record<InterfaceKind, number>> = { loopback: 65_536, 'no-arp': 1500, ethernet: 1500 };

/** The most bytes of a packet that an interface carries. */
export function mtuOf({ kind, mtu = MTU[kind] }: NetInterface): number {
  return mtu;
}

/** The directories of settings for no interface in particular. Mirrors sysctl_dev_name_is_allowed() (include/linux/inetdevice.h). */
const NOT_INTERFACES = ['all', 'default'];

/**
 * The interface of that name; undefined if the name is not valid. Interfaces called dummy0, dummy1 and so on are without ARP.
 * Mirrors dev_valid_name() (net/core/dev.c).
 */
export function netInterface(name: string): NetInterface | undefined {
  if (name.length > LONGEST_NAME || !/^[^/:\s]+$/.test(name) || ['.', '..', ...NOT_INTERFACES].includes(name)) return undefined;
  if (name === LOOPBACK.name) return LOOPBACK;
  return { name, kind: /^dummy\d*$/.test(name) ? 'no-arp' : 'ethernet' };
}
