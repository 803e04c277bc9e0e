// A whole machine: a kernel, its files and the control file, and the options that a machine is made of. The folder imports files/,
// machine-file/, control/, language/, vfs/, kernel/ and abi/. Start at assembleMachine() below, which the daemon, the library and the
// matrix all call.
import { Kernel, type KernelConfig } from '../kernel/kernel.ts';
import { layOutMemory, type MachineDescription } from '../kernel/memory/layout.ts';
import { LEAST_MEMORY } from '../kernel/memory/frames.ts';
import type { ProfileName } from '../kernel/profiles/names.ts';
import { PROFILES } from '../kernel/profiles/profiles.ts';
import type { SysctlValue } from '../kernel/sysctl/ctl-table.ts';
import { CommandLog } from '../control/command-log.ts';
import { Faults } from '../vfs/faults.ts';
import type { ControlledMachine, ServedBy } from '../control/controlled-machine.ts';
import { type DirectoryNode, locate } from '../vfs/node.ts';
import { subtree, tree } from '../files/tree.ts';
import { Vfs } from '../vfs/vfs.ts';

export interface AssemblyOptions extends Pick<KernelConfig, 'seed' | 'clock' | 'epoch' | 'reserve' | 'parts'> {
  /** Which kernel it runs. */
  readonly profile: ProfileName;
  /** How its memory is laid out. */
  readonly memory: MachineDescription;
  /** Sysctls that a boot sets, as parseBootSetting() returns them, and their text: `vm.panic_on_oom=1`. */
  readonly bootSettings?: ReadonlyMap<string, SysctlValue>;
  readonly bootParameters?: readonly string[];
  /** The directory of the tree that is the root, without a leading slash: `proc/sys/vm`. Absent: the whole tree. */
  readonly subtree?: string;
  /** Whether the tree has the files that only some transports can serve. Default: no. */
  readonly devices?: boolean;
  /** The daemon that serves the files, for the control file and the status. */
  readonly served?: () => ServedBy;
}

/** A machine with its files. */
export interface AssembledMachine {
  readonly machine: ControlledMachine;
  readonly root: DirectoryNode;
  readonly vfs: Vfs;
}

/** Thrown if the wanted subtree is not in the tree. */
export class NoSuchSubtree extends Error {}

/** A machine that has just booted, and its files. @throws NoSuchSubtree */
export function assembleMachine(options: AssemblyOptions): AssembledMachine {
  const profile = PROFILES[options.profile];
  const kernel = new Kernel({ ...options, profile, layout: layOutMemory(options.memory, profile) });
  const faults = new Faults();
  const machine: ControlledMachine = {
    kernel,
    faults,
    commandLog: new CommandLog(),
    ...(options.served && { served: options.served }),
    hasFile: (path) => {
      const { node } = locate(root, path);
      return node?.kind === 'file' && node.outside === undefined;
    },
  };
  const root = rootOf(machine, options);
  return { machine, root, vfs: new Vfs(root, kernel, faults) };
}

function rootOf(machine: ControlledMachine, { subtree: path, devices = false }: AssemblyOptions): DirectoryNode {
  if (path === undefined) return tree(machine, devices);
  const root = subtree(machine, path, devices);
  if (root === undefined) throw new NoSuchSubtree(`there is no directory ${path} in the tree`);
  return root;
}

/** Whether the tree has such a directory, so that it can be the root of a mount. */
export function isSubtree(path: string): boolean {
  try {
    assembleMachine({ profile: 'v4', memory: { memoryBytes: LEAST_MEMORY }, seed: 0, clock: () => 0, subtree: path, devices: true });
    return true;
  } catch (error) {
    if (error instanceof NoSuchSubtree) return false;
    throw error;
  }
}
