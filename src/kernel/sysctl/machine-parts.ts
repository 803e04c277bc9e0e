/** A network interface. Its name decides which files it has, its kind what they hold when it appears. */
export interface NetInterface {
  readonly name: string;
  readonly kind: InterfaceKind;
}

/**
 * What of an interface shows in its sysctls: the loopback interface, one without ARP (IFF_NOARP, as the driver `dummy` makes them), or one that
 * is as Ethernet. All are as they come into being: down, and without an address.
 */
export type InterfaceKind = 'loopback' | 'no-arp' | 'ethernet';

/** What a kernel can be without. `ipv6`: booted with ipv6.disable=1. */
export const FEATURES = ['ipv6'] as const;
export type Feature = (typeof FEATURES)[number];

/** What decides, beside the kernel, which sysctls a machine has. */
export interface MachineParts {
  readonly interfaces: readonly NetInterface[];
  /** Names of kernel modules, in the order in which they are loaded. */
  readonly modules: readonly string[];
  readonly without: readonly Feature[];
}

export const LOOPBACK: NetInterface = { name: 'lo', kind: 'loopback' };

/** What a machine has unless it is made with more: the interface lo. */
export const PLAIN_PARTS: MachineParts = { interfaces: [LOOPBACK], modules: [], without: [] };

/** IFNAMSIZ, less the NUL. */
const LONGEST_NAME = 15;
/** The directories of settings for no interface in particular. Mirrors sysctl_dev_name_is_allowed() (include/linux/inetdevice.h). */
const NOT_INTERFACES = ['all', 'default'];

/**
 * The interface of that name; undefined for what is no name of one. Interfaces called dummy0, dummy1 and so on are without ARP.
 * Mirrors dev_valid_name() (net/core/dev.c).
 */
export function netInterface(name: string): NetInterface | undefined {
  if (name.length > LONGEST_NAME || !/^[^/:\s]+$/.test(name) || ['.', '..', ...NOT_INTERFACES].includes(name)) return undefined;
  if (name === LOOPBACK.name) return LOOPBACK;
  return { name, kind: /^dummy\d*$/.test(name) ? 'no-arp' : 'ethernet' };
}
