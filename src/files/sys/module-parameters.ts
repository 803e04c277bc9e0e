import { ERRNO } from '../../abi/errno.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { U64_MAX } from '../../kernel/kstrtoull.ts';
import { logMessages } from '../../kernel/sysctl/after-write.ts';
import { directory, type DirectoryNode, type FileNode } from '../../vfs/node.ts';
import { attributeFile, boolFile, constantFile, INT_MAX, type NumberFormat, numberFile, numberOf, since, storedFile } from './sysfs-file.ts';

const INT: NumberFormat = { base: 0, least: -INT_MAX - 1n, most: INT_MAX, overflow: 'ERANGE' };
const UNSIGNED_LONG: NumberFormat = { base: 0, most: U64_MAX, overflow: 'ERANGE' };

/** Parameters that are yes or no, with their boot values. */
const BOOLS = {
  kernel: {
    crash_kexec_post_notifiers: false, ignore_rlimit_data: false, initcall_debug: false,
  },
  printk: { always_kmsg_dump: false, console_no_auto_verbose: false, console_suspend: true, ignore_loglevel: false, time: true },
} as const;

/** Parameters that are a sysctl by another name, which lacks its bounds. */
const SYSCTLS = { panic: INT, panic_on_warn: INT, panic_print: UNSIGNED_LONG } as const;

/** /sys/module: the parameters of the kernel itself, of printk and of EDAC. Source: kernel/params.c, and core_param() of kernel/panic.c and others. */
export function moduleDirectory(kernel: Kernel): DirectoryNode {
  return directory({
    edac_core: directory({ parameters: directory(edacParameters(kernel)) }),
    kernel: directory({
      parameters: directory({
        consoleblank: constantFile('0'),
        ...bools(kernel, 'kernel'),
        ...since(kernel, '7.2', { panic_console_replay: boolFile(kernel, '/module/kernel/parameters/panic_console_replay', false, ['N', 'Y']) }),
        module_blacklist: { ...attributeFile(() => '(null)\n'), mode: 0o400 },
        ...Object.fromEntries(Object.entries(SYSCTLS).map(([name, numbers]) => [name, sysctlParameter(kernel, name, numbers)])),
        pause_on_oops: numberFile(kernel, '/module/kernel/parameters/pause_on_oops', 0, INT),
      }, { whole: true }),
    }),
    printk: directory({ parameters: directory(bools(kernel, 'printk'), { whole: true }) }),
  });
}

/** Parameters of the core of EDAC that decide what an error does. Source: drivers/edac/edac_mc_sysfs.c; the others decide nothing here. */
const EDAC = { edac_mc_log_ce: 'logCe', edac_mc_log_ue: 'logUe', edac_mc_panic_on_ue: 'panicOnUe' } as const;

function edacParameters(kernel: Kernel): Record<string, FileNode> {
  const other = (name: string, boot: number): FileNode => numberFile(kernel, `/module/edac_core/parameters/${name}`, boot, INT);
  const deciding = Object.fromEntries(Object.entries(EDAC).map(([name, key]) => [name, storedFile({
    mode: 0o644,
    show: () => `${kernel.ras.edac[key]}\n`,
    store(data) {
      const value = numberOf(data, INT);
      if (typeof value === 'number') return value;
      kernel.ras.edac[key] = value;
      return 0;
    },
  })]));
  return {
    check_pci_errors: other('check_pci_errors', 0), ...deciding, edac_mc_poll_msec: other('edac_mc_poll_msec', 1000),
    edac_pci_panic_on_pe: other('edac_pci_panic_on_pe', 0),
  };
}

function bools(kernel: Kernel, module: keyof typeof BOOLS): Record<string, FileNode> {
  return Object.fromEntries(
    Object.entries(BOOLS[module]).map(([name, boot]) => [name, boolFile(kernel, `/module/${module}/parameters/${name}`, boot, ['N', 'Y'])]),
  );
}

function sysctlParameter(kernel: Kernel, parameter: string, numbers: NumberFormat): FileNode {
  const name = `kernel.${parameter}`;
  return storedFile({
    mode: 0o644,
    show: () => `${String(kernel.values.get(name) ?? 0)}\n`,
    store(data) {
      const row = kernel.sysctls.find((each) => each.name === name);
      if (row === undefined) return -ERRNO.ENOENT;
      logMessages(kernel, row, ['attempted']);
      const value = numberOf(data, numbers);
      if (typeof value === 'number') return value;
      kernel.values.set(name, [value]);
      return 0;
    },
  });
}
