import { ERRNO } from '../../../abi/errno.ts';
import { LOG_LEVEL } from '../../../abi/log-level.ts';
import { ZERO_OR_ONE } from '../bounds.ts';
import { type CtlTable, sysctl } from '../ctl-table.ts';
import { procDobool, procDointvec, procDointvecMinmax } from '../proc-dointvec.ts';
import { procDostring } from '../proc-dostring.ts';

/** /proc/sys/abi. Source: arch/x86/entry/vdso/vdso32-setup.c. */
export const ABI_SYSCTLS: readonly CtlTable[] = [sysctl('abi/vsyscall32', procDointvecMinmax, { boot: [1n], ...ZERO_OR_ONE })];

/** /proc/sys/crypto of kernels that are built with it. Source: crypto/fips.c. */
export const CRYPTO_SYSCTLS: readonly CtlTable[] = [
  sysctl('crypto/fips_enabled', procDointvec, { until: '7.2', mode: 0o444, boot: [0n] }),
  sysctl('crypto/fips_name', procDostring, { until: '7.2', mode: 0o444, boot: 'Linux Kernel Cryptographic API' }),
  sysctl('crypto/fips_version', procDostring, { until: '7.2', mode: 0o444, boot: ({ profile }) => profile.release }),
];

/** /proc/sys/debug. Sources: kernel/signal.c, kernel/kprobes.c. */
export const DEBUG_SYSCTLS: readonly CtlTable[] = [
  sysctl('debug/exception-trace', procDointvec, { boot: [1n] }),
  sysctl('debug/kprobes-optimization', procDointvecMinmax, {
    boot: [1n], ...ZERO_OR_ONE,
    messages: [
      {
        level: LOG_LEVEL.info, when: 'changed', value: 0n,
        text: () => 'kprobes: kprobe jump-optimization is disabled. All kprobes are based on software breakpoint.',
      },
      {
        level: LOG_LEVEL.info, when: 'changed', value: 1n,
        text: () => 'kprobes: kprobe jump-optimization is enabled. All kprobes are optimized if possible.',
      },
    ],
  }),
];

/** /proc/sys/dev. Sources: drivers/char/hpet.c, drivers/macintosh/mac_hid.c, drivers/tty/tty_io.c. */
export const DEV_SYSCTLS: readonly CtlTable[] = [
  sysctl('dev/hpet/max-user-freq', procDointvec, { boot: [64n] }),
  sysctl('dev/mac_hid/mouse_button_emulation', procDointvec, {
    boot: [0n], check: { refuses: (value) => (value === 0n || value === 1n ? 0 : -ERRNO.EINVAL), takes: '0 or 1' },
  }),
  sysctl('dev/mac_hid/mouse_button2_keycode', procDointvec, { boot: [97n] }),
  sysctl('dev/mac_hid/mouse_button3_keycode', procDointvec, { boot: [100n] }),
  sysctl('dev/tty/legacy_tiocsti', procDobool, { since: '6.12', boot: [0n] }),
  sysctl('dev/tty/ldisc_autoload', procDointvecMinmax, { boot: [1n], ...ZERO_OR_ONE }),
];
