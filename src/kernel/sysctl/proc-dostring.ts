import type { CtlTable, ProcHandler, SysctlHost } from './ctl-table.ts';
import { latin1Bytes, latin1Text } from './latin1.ts';
import { procFirstPosNonZeroIgnore, writesAreStrict } from './write-position.ts';

/** UTS names (hostname, domainname, …) are 64 bytes and a NUL. */
const DEFAULT_MAXLEN = 65;
const NOTHING = new Uint8Array(0);

/** The string a sysctl holds; empty for a name that holds none. */
export function stringOf(host: SysctlHost, name: string): string {
  const value = host.values.get(name);
  return typeof value === 'string' ? value : '';
}

function maxlenOf(entry: CtlTable): number {
  return entry.maxlen ?? DEFAULT_MAXLEN;
}

/** Reads from `position` on: the string, and a newline where there is room for it. */
function read(host: SysctlHost, entry: CtlTable, position: number, length: number): Uint8Array {
  const text = stringOf(host, entry.name);
  return position > text.length || length === 0 ? NOTHING : latin1Bytes(`${text}\n`.slice(position, position + length));
}

/**
 * Takes all of a write; keeps of it what comes before a newline or NUL, as far as there is room. With strict writes it goes after the first
 * `position` bytes of the old string, and nowhere when that is shorter; otherwise it begins the string anew.
 */
function write(host: SysctlHost, entry: CtlTable, position: number, data: Uint8Array): number {
  procFirstPosNonZeroIgnore(host, entry, position);
  if (data.length === 0) return 0;
  const old = stringOf(host, entry.name);
  const offset = writesAreStrict(host) ? position : 0;
  if (offset > old.length) return data.length;
  const room = maxlenOf(entry) - 1;
  const [line = ''] = latin1Text(data, room).split('\n', 1);
  host.values.set(entry.name, (old.slice(0, offset) + line).slice(0, room));
  return data.length;
}

/** A string of at most `maxlen - 1` bytes; mirrors proc_dostring() (kernel/sysctl.c) and proc_do_uts_string() (kernel/utsname_sysctl.c). */
export const procDostring: ProcHandler = {
  read,
  write,
  takes: (entry) => `text of at most ${maxlenOf(entry) - 1} bytes`,
};
