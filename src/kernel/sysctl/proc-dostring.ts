import { type CtlTable, latin1Bytes, latin1Text, type ProcHandler, type SysctlHost } from './ctl-table.ts';
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

/** What a read of a string gives: from `position` on, and a newline where there is room for it. */
export function readString(text: string, position: number, length: number): Uint8Array {
  return position > text.length || length === 0 ? NOTHING : latin1Bytes(`${text}\n`.slice(position, position + length));
}

/**
 * What a string becomes by a write: what comes before a newline or NUL, as far as there is room. With strict writes it goes after the first
 * `position` bytes of the old string, and nowhere when that is shorter; otherwise it begins the string again.
 */
export function writtenString(host: SysctlHost, entry: CtlTable, old: string, position: number, data: Uint8Array): string {
  procFirstPosNonZeroIgnore(host, entry, position);
  const offset = writesAreStrict(host) ? position : 0;
  if (data.length === 0 || offset > old.length) return old;
  const room = maxlenOf(entry) - 1;
  const [line = ''] = latin1Text(data, room).split('\n', 1);
  return (old.slice(0, offset) + line).slice(0, room);
}

/** A string of at most `maxlen - 1` bytes; mirrors proc_dostring() (kernel/sysctl.c) and proc_do_uts_string() (kernel/utsname_sysctl.c). */
export const procDostring: ProcHandler = {
  read: (host, entry, position, length) => readString(stringOf(host, entry.name), position, length),
  write(host, entry, position, data) {
    host.values.set(entry.name, writtenString(host, entry, stringOf(host, entry.name), position, data));
    return data.length;
  },
  takes: (entry) => `text of at most ${maxlenOf(entry) - 1} bytes`,
};

/** A string that is made when it is read: all of it at position 0, nothing elsewhere. */
export const procDostringAtOnce: ProcHandler = {
  ...procDostring,
  read: (host, entry, position, length) => (position === 0 ? procDostring.read(host, entry, position, length) : NOTHING),
};
