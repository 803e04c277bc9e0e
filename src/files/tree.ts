// The emulated files: each file of the folder is named after what it emulates below /proc, /sys and /dev, and returns nodes of vfs/. The
// folder imports machine-file/, control/, language/, vfs/, kernel/ and abi/. Start at tree() below, which places every file.
import { controlFile } from '../control/control-file.ts';
import { statusFile } from '../control/status.ts';
import type { ControlledMachine } from '../control/controlled-machine.ts';
import { type Children, directory, type DirectoryNode, type FileNode, lateDirectory, locate, shownFile } from '../vfs/node.ts';
import { devKmsg } from './dev/kmsg.ts';
import { procFiles } from './proc/proc-files.ts';
import { sysctlFiles } from './proc/sys.ts';
import { cpuFiles } from './sys/cpu.ts';
import { dmiId, dmiTables } from './sys/dmi.ts';
import { edacDirectory } from './sys/edac.ts';
import { einjFiles } from './sys/einj.ts';
import { hwpoisonFiles } from './sys/hwpoison.ts';
import { memoryDirectory } from './sys/memory.ts';
import { mmDirectory } from './sys/mm.ts';
import { moduleDirectory } from './sys/module-parameters.ts';
import { nodesDirectory } from './sys/node.ts';
import { tracingDirectory } from './sys/tracing.ts';

/**
 * The whole tree: every emulated file at its real path. With `devices` it has the files that need a transport on which a read can
 * wait.
 */
export function tree(machine: ControlledMachine, devices: boolean): DirectoryNode {
  const { kernel } = machine;
  return directory({
    control: controlFile(machine),
    'status.json': statusFile(machine),
    ...(devices && { dev: directory({ kmsg: devKmsg(kernel) }) }),
    proc: directory({
      sys: sysctlFiles(kernel),
      ...procFiles(kernel),
    }, { filesystem: 'proc' }),
    sys: directory({
      devices: directory({
        system: directory({
          cpu: directory(cpuFiles()),
          edac: lateDirectory(() => edacDirectory(kernel), { whole: true }),
          memory: { ...memoryDirectory(kernel), whole: true },
          node: { ...nodesDirectory(kernel), whole: true },
        }),
        virtual: directory({ dmi: directory({ id: lateDirectory(() => dmiId(kernel), { whole: true, shield: true }) }) }),
      }),
      firmware: directory({ dmi: lateDirectory(() => dmiTables(kernel), { whole: true }) }),
      kernel: directory({
        debug: directory({
          apei: directory({ einj: directory(einjFiles(kernel)) }),
          hwpoison: directory(hwpoisonFiles(kernel)),
          // Empty: a program that listens keeps it open. Only the driver of Intel's error log asks for it. Source: drivers/ras/debugfs.c.
          ras: directory({ daemon_active: { ...shownFile(() => '', 0), mode: 0o400 } }),
          ...(devices && { tracing: tracingDirectory(kernel) }),
        }, { filesystem: 'debugfs', mode: 0o700, whole: true }),
        ...(devices && { tracing: tracingDirectory(kernel) }),
        mm: lateDirectory(() => mmDirectory(kernel), { whole: true }),
      }),
      module: moduleDirectory(kernel),
    }, { filesystem: 'sysfs', mode: 0o555 }),
  });
}

/**
 * A directory of the tree as the root of a mount, with `.control` and `.status.json`; undefined if there is no such directory.
 */
export function subtree(machine: ControlledMachine, path: string, devices: boolean): DirectoryNode | undefined {
  const whole = tree(machine, devices);
  const { node, filesystem } = locate(whole, path);
  if (node?.kind !== 'directory') return undefined;
  const hidden = new Map([['.control', controlFile(machine)], ['.status.json', statusFile(machine)]]);
  return { ...node, filesystem, children: withHidden(node.children, hidden) };
}

/** The entries of a directory, and others that `ls` and `*` leave out. */
function withHidden(children: Children, hidden: ReadonlyMap<string, FileNode>): Children {
  return {
    get: (name) => hidden.get(name) ?? children.get(name),
    keys: () => [...children.keys(), ...hidden.keys()],
  };
}
