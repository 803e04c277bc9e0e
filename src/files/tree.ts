import type { Kernel } from '../kernel/kernel.ts';
import type { CtlTable } from '../kernel/sysctl/ctl-table.ts';
import { sysctlRead, sysctlWrite } from '../kernel/sysctl/sysctl-file.ts';
import { controlFile } from '../control/control-file.ts';
import { hwpoisonFiles } from './sys/hwpoison.ts';
import { devKmsg } from './dev/kmsg.ts';
import { filesystemAt, locate } from '../vfs/lookup.ts';
import type { Machine } from '../control/machine.ts';
import { type Children, directory, type DirectoryNode, type FileNode } from '../vfs/node.ts';
import { procFiles } from './proc/proc-files.ts';
import { PROC_SYS_KERNEL } from '../kernel/sysctl/tables/kernel.ts';
import { PROC_SYS_VM } from '../kernel/sysctl/tables/vm.ts';
import { memoryDirectory } from './sys/memory.ts';
import { nodesDirectory } from './sys/node.ts';

/** Every sysctl of the machine. */
export const SYSCTL_TABLES: readonly CtlTable[] = [...PROC_SYS_VM, ...PROC_SYS_KERNEL];

/**
 * The whole tree, every emulated file at its real path: the one place that says what is where. With `devices`: what only a transport by
 * which reads can wait can serve.
 */
export function tree(machine: Machine, devices: boolean): DirectoryNode {
  const { kernel } = machine;
  return directory({
    control: controlFile(machine),
    ...(devices && { dev: directory({ kmsg: devKmsg(kernel) }) }),
    proc: directory({
      sys: directory({
        vm: sysctlDirectory(kernel, PROC_SYS_VM),
        kernel: sysctlDirectory(kernel, PROC_SYS_KERNEL),
      }, { filesystem: 'sysctl' }),
      ...procFiles(kernel),
    }, { filesystem: 'proc' }),
    sys: directory({
      devices: directory({
        system: directory({ memory: memoryDirectory(kernel), node: nodesDirectory(kernel) }),
      }),
      kernel: directory({
        debug: directory({ hwpoison: directory(hwpoisonFiles(kernel)) }, { filesystem: 'debugfs', mode: 0o700 }),
      }),
    }, { filesystem: 'sysfs', mode: 0o555 }),
  });
}

/** A directory of the tree as the root of a mount, with the control file as `.control`; undefined where there is no such directory. */
export function subtree(machine: Machine, path: string, devices: boolean): DirectoryNode | undefined {
  const whole = tree(machine, devices);
  const node = locate(whole, path).node;
  if (node?.kind !== 'directory') return undefined;
  return { ...node, filesystem: filesystemAt(whole, path), children: withControl(node.children, controlFile(machine)) };
}

function withControl(children: Children, control: FileNode): Children {
  return {
    get: (name) => (name === '.control' ? control : children.get(name)),
    keys: () => [...children.keys(), '.control'],
  };
}

function sysctlDirectory(kernel: Kernel, table: readonly CtlTable[]): DirectoryNode {
  return directory(Object.fromEntries(table.map((entry) => [entry.procname, sysctlFile(kernel, entry)])));
}

function sysctlFile(kernel: Kernel, entry: CtlTable): FileNode {
  return {
    kind: 'file',
    mode: entry.mode,
    size: 0,
    handler: {
      read: (_file, position, length) => sysctlRead(kernel, entry, position, length),
      write: (_file, position, data) => sysctlWrite(kernel, entry, position, data),
    },
  };
}
