import { LOG_LEVEL } from '../../abi/log-level.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { sysrqCrash } from '../../kernel/panic/panic.ts';
import type { FileNode } from '../../vfs/node.ts';

interface Key {
  /** The line that the kernel prints before the action. */
  readonly message: string;
  readonly does?: (kernel: Kernel) => void;
}

/** Keys and their lines, recorded from 7.3: sysrq_key_table[] (drivers/tty/sysrq.c). Keys that dump state print only this line. */
const KEYS: Readonly<Record<string, Key>> = {
  b: { message: 'Resetting', does: (kernel) => { kernel.reboot(); } },
  c: { message: 'Trigger a crash', does: (kernel) => sysrqCrash(kernel) },
  j: { message: 'Emergency Thaw of all frozen filesystems' },
  m: { message: 'Show Memory' },
  n: { message: 'Nice All RT Tasks' },
  p: { message: 'Show Regs' },
  q: { message: 'Show clockevent devices & pending hrtimers (no others)' },
  r: { message: 'Keyboard mode set to system default' },
  s: { message: 'Emergency Sync', does: (kernel) => { kernel.printk(LOG_LEVEL.warn, 'Emergency Sync complete'); } },
  u: { message: 'Emergency Remount R/O' },
  w: { message: 'Show Blocked State' },
  ...Object.fromEntries(Array.from({ length: 10 }, (_, level): [string, Key] => [
    String(level), { message: 'Changing Loglevel', does: (kernel) => { setLoglevel(kernel, level); } },
  ])),
};

const HELP = 'HELP : loglevel(0-9) reboot(b) crash(c) terminate-all-tasks(e) memory-full-oom-kill(f) kill-all-tasks(i) thaw-filesystems(j) sak(k) '
  + 'show-backtrace-all-active-cpus(l) show-memory-usage(m) nice-all-RT-tasks(n) poweroff(o) show-registers(p) show-all-timers(q) unraw(r) sync(s) '
  + 'show-task-states(t) unmount(u) show-blocked-tasks(w) dump-ftrace-buffer(z) dump-sched-ext(D) replay-kernel-logs(R) reset-sched-ext(S) ';

function setLoglevel(kernel: Kernel, level: number): void {
  const printk = kernel.values.get('kernel.printk');
  if (typeof printk === 'object') kernel.values.set('kernel.printk', [BigInt(level), ...printk.slice(1)]);
  print(kernel, `Loglevel set to ${level}`);
}

function print(kernel: Kernel, text: string): void {
  kernel.printk(LOG_LEVEL.info, `sysrq: ${text}`);
}

/**
 * /proc/sysrq-trigger: one key a write, or all of them after an underscore. It is emulated so that a test that crashes its machine
 * crashes the emulated one. Mirrors write_sysrq_trigger(). Unknown keys, and keys that kill processes, print the list of keys.
 */
export function sysrqTrigger(kernel: Kernel): FileNode {
  return {
    kind: 'file',
    mode: 0o200,
    size: 0,
    // A test that asks for a crash must not crash the real machine.
    shield: true,
    handler: {
      write(_file, _position, data) {
        const keys = String.fromCharCode(...data.subarray(0, 64));
        for (const key of keys.startsWith('_') ? keys.slice(1) : keys.slice(0, 1)) {
          const row = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined;
          print(kernel, row?.message ?? HELP);
          row?.does?.(kernel);
        }
        return data.length;
      },
    },
  };
}
