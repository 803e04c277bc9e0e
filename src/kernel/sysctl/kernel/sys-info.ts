import { integersOf } from '../after-write.ts';
import type { CtlTable, ProcHandler, SysctlHost } from '../ctl-table.ts';
import { readString, writtenString } from '../proc-dostring.ts';

/** What the kernel can print at a panic or for a hung task, by bit. Bit 5 replays the console, and has no name. Mirrors si_names[]. */
const NAMES = ['tasks', 'mem', 'timers', 'locks', 'ftrace', '', 'all_bt', 'blocked_tasks'] as const;
/** Bytes of all names, each with its separator. */
export const SYS_INFO_MAXLEN = NAMES.reduce((sum, { length }) => sum + length + 1, 0);

/** Names up to the first empty one; unknown names are skipped. Mirrors sys_info_parse_param(). */
function parse(text: string): bigint {
  let mask = 0n;
  for (const name of text.split(',')) {
    if (name === '') break;
    const bit = NAMES.findIndex((known) => known === name);
    if (bit >= 0) mask |= 1n << BigInt(bit);
  }
  return mask;
}

/**
 * A mask as a list of names: `tasks,mem`. A write replaces the list, also at a position. `mask` is the sysctl that holds the number,
 * if that is not the file itself. Mirrors sysctl_sys_info_handler() (lib/sys_info.c).
 */
export function sysctlSysInfoHandler(mask?: string): ProcHandler {
  const holder = (entry: CtlTable): string => mask ?? entry.name;
  return {
    read(host: SysctlHost, entry, position, length) {
      const [bits = 0n] = integersOf(host, holder(entry));
      return readString(NAMES.filter((name, bit) => name !== '' && ((bits >> BigInt(bit)) & 1n) === 1n).join(','), position, length);
    },
    write(host, entry, position, data) {
      host.values.set(holder(entry), [parse(writtenString(host, entry, '', position, data))]);
      return data.length;
    },
    takes: () => `names with commas between, of ${NAMES.filter((name) => name !== '').join(', ')}`,
  };
}
