import { Kernel, type KernelConfig } from '../kernel/kernel.ts';
import { layOut, type MachineDescription } from '../kernel/memory/layout.ts';
import { LEAST_MEMORY } from '../kernel/memory/sizes.ts';
import type { SysctlValue } from '../kernel/sysctl/ctl-table.ts';
import { History } from './control/history.ts';
import { Faults } from './faults.ts';
import { lookup } from './lookup.ts';
import type { Machine, ServedBy } from './machine.ts';
import type { DirectoryNode } from './node.ts';
import { subtree, SYSCTL_TABLES, tree } from './tree.ts';
import { Vfs } from './vfs.ts';

export interface MachineOptions extends Pick<KernelConfig, 'profile' | 'seed' | 'clock' | 'reserve'> {
  /** How its memory is laid out. */
  readonly memory: MachineDescription;
  /** What a boot sets, as parseBootSetting() read it, and how that was written: `vm.panic_on_oom=1`. */
  readonly bootSettings?: ReadonlyMap<string, SysctlValue>;
  readonly bootParameters?: readonly string[];
  /** The directory of the tree that is the root, without a leading slash: `proc/sys/vm`. Absent: the whole tree. */
  readonly subtree?: string;
  /** With the files that only some transports can serve; without them where absent. */
  readonly devices?: boolean;
  /** What the control file tells of who serves it. */
  readonly served?: () => ServedBy;
}

/** A machine that has just booted, and its files. Undefined where there is no such subtree. */
export function createMachine(options: MachineOptions): { readonly machine: Machine; readonly root: DirectoryNode; readonly vfs: Vfs } | undefined {
  const kernel = new Kernel({ ...options, layout: layOut(options.memory), tables: SYSCTL_TABLES });
  const faults = new Faults();
  const paths: { root?: DirectoryNode } = {};
  const machine: Machine = {
    kernel,
    faults,
    history: new History(),
    ...(options.served && { served: options.served }),
    hasFile: (path) => {
      const node = paths.root && lookup(paths.root, path);
      return node?.kind === 'file' && node.outside === undefined;
    },
  };
  const { devices = false } = options;
  const root = options.subtree === undefined ? tree(machine, devices) : subtree(machine, options.subtree, devices);
  if (!root) return undefined;
  paths.root = root;
  return { machine, root, vfs: new Vfs(root, kernel, faults) };
}

/** Whether the tree has such a directory, to be a root of its own. */
export function isSubtree(path: string): boolean {
  return createMachine({ profile: 'v4', memory: { memoryBytes: LEAST_MEMORY }, seed: 0, clock: () => 0, subtree: path, devices: true }) !== undefined;
}
