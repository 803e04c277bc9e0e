import { ERRNO } from '../../abi/errno.ts';
import type { ProcHandler } from './ctl-table.ts';
import { procDostring, stringOf } from './proc-dostring.ts';

const WORDS = ['on', 'off', 'ratelimit'] as const;

/**
 * /proc/sys/kernel/printk_devkmsg: one of three words. The kernel compares the start of the string, and the length of the write, which must
 * be that of the word and one more byte. So `onx` passes and is stored as it is, and `on` without a newline is refused.
 * Mirrors devkmsg_sysctl_set_loglvl() and __control_devkmsg() (kernel/printk/printk.c).
 */
export const devkmsgSysctlSetLoglvl: ProcHandler = {
  read: procDostring.read,
  write(host, entry, position, data) {
    const old = stringOf(host, entry.name);
    const answer = procDostring.write(host, entry, position, data);
    const word = WORDS.find((known) => stringOf(host, entry.name).startsWith(known));
    if (word !== undefined && word.length + 1 === answer) return answer;
    host.values.set(entry.name, old);
    return -ERRNO.EINVAL;
  },
  takes: () => 'on, off or ratelimit',
};
