import type { Kernel } from '../../kernel/kernel.ts';
import type { CtlTable } from '../../kernel/sysctl/ctl-table.ts';
import { sysctlRead, sysctlWrite } from '../../kernel/sysctl/sysctl-file.ts';
import { directory, type DirectoryNode, type FileNode, type TreeNode } from '../../vfs/node.ts';

/** A directory while it is filled. */
type Entries = Map<string, Entries | CtlTable>;

/**
 * /proc/sys: a file for each sysctl of the kernel, in the directories that the paths of the rows name. The directories `whole`, by path below
 * /proc/sys, are the machine's as a whole.
 */
export function sysctlFiles(kernel: Kernel, whole: readonly string[]): DirectoryNode {
  const root: Entries = new Map();
  for (const entry of kernel.profile.sysctls) {
    const directories = entry.path.split('/').slice(0, -1);
    const holder = directories.reduce((parent, name) => {
      const there = parent.get(name);
      if (there instanceof Map) return there;
      const made: Entries = new Map();
      parent.set(name, made);
      return made;
    }, root);
    holder.set(entry.procname, entry);
  }
  return { ...sysctlDirectory(kernel, root, '', whole), filesystem: 'sysctl' };
}

function sysctlDirectory(kernel: Kernel, entries: Entries, path: string, whole: readonly string[]): DirectoryNode {
  const node = (name: string, entry: Entries | CtlTable): TreeNode =>
    entry instanceof Map ? sysctlDirectory(kernel, entry, `${path}${name}/`, whole) : sysctlFile(kernel, entry);
  // Directories of sysctls are sorted by name. Source: find_entry() (fs/proc/proc_sysctl.c).
  const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    ...directory(Object.fromEntries(sorted.map(([name, entry]) => [name, node(name, entry)]))),
    ...(whole.includes(path.slice(0, -1)) && { whole: true as const }),
  };
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
