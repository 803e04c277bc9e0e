import { openSync, readFileSync, readSync } from 'node:fs';
import { type NetInterface, netInterface } from '../../kernel/sysctl/machine-parts.ts';

/** The interfaces of the network namespace that the reader is in. */
const PROC_NET_DEV = '/proc/net/dev';
/** Those of the network namespace that sysfs was mounted in. */
const CLASS_NET = '/sys/class/net';
/** IFF_LOOPBACK and IFF_NOARP of include/uapi/linux/if.h. */
const IFF_LOOPBACK = 0x8;
const IFF_NOARP = 0x80;

/** The names of the network interfaces that a command sees. None if they cannot be read. */
function interfaceNames(): string[] {
  return namesIn(readable(PROC_NET_DEV) ?? '').split('/').slice(1);
}

/** The names in a text of /proc/net/dev, with a slash before each. A name ends at a colon, and contains neither: dev_valid_name() (net/core/dev.c). */
function namesIn(text: string): string {
  let names = '';
  // The first two lines are a heading.
  let start = text.indexOf('\n', text.indexOf('\n') + 1) + 1;
  for (let colon = text.indexOf(':', start); start > 0 && colon >= 0; colon = text.indexOf(':', start)) {
    names += `/${text.slice(start, colon).trimStart()}`;
    start = text.indexOf('\n', colon) + 1;
  }
  return names;
}

/** The buffer from which Linux copies the lines of the file. A read returns whole lines of it: those that fit. seq_read_iter() (fs/seq_file.c). */
const LINES_BUFFER = 4096;
/** The most bytes of a line: a name and 16 numbers. */
const LONGEST_LINE = 512;

/** Reads which interfaces exist as a text that changes with them, at the cost of one system call: each open of one of their files asks. */
export function interfaceReader(): () => string {
  let file: number;
  try {
    file = openSync(PROC_NET_DEV, 'r');
  } catch {
    return () => '';
  }
  let buffer = Buffer.allocUnsafe(4096);
  return () => {
    let length = 0;
    for (;;) {
      const room = buffer.length - length;
      const count = readSync(file, buffer, length, room, length);
      length += count;
      // One more line would have fitted.
      if (count === 0 || count < Math.min(room, LINES_BUFFER) - LONGEST_LINE) return namesIn(buffer.toString('latin1', 0, length));
      if (length === buffer.length) buffer = Buffer.concat([buffer, buffer]);
    }
  };
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
