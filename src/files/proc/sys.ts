import type { Kernel } from '../../kernel/kernel.ts';
import type { CtlTable } from '../../kernel/sysctl/ctl-table.ts';
import { sysctlRead, sysctlWrite } from '../../kernel/sysctl/sysctl-file.ts';
import { permissionsOf, sysctlPerm } from '../../kernel/sysctl/permissions.ts';
import type { Children, DirectoryNode, FileNode } from '../../vfs/node.ts';

/** The directories below /proc/sys by path: for each its names and their rows. A name without a row is a directory. */
type Index = ReadonlyMap<string, ReadonlyMap<string, CtlTable | undefined>>;

/** Directories of one interface. */
const OF_INTERFACES = /^net\/(?:ipv[46]|mpls)\/(?:conf|neigh)\/./;

/**
 * /proc/sys: a file for each sysctl of the kernel, in the directories that the paths of the rows name. Nodes are made when they are
 * looked up, and files appear and disappear with the network interfaces.
 */
export function sysctlFiles(kernel: Kernel): DirectoryNode {
  let index: Index | undefined;
  let rows: readonly CtlTable[] | undefined;
  const current = (): Index => {
    if (index === undefined || rows !== kernel.sysctls) {
      rows = kernel.sysctls;
      index = indexOf(rows, kernel.sysctlDirectories);
    }
    return index;
  };
  const directory = (path: string): DirectoryNode => ({
    kind: 'directory', children: children(path), ...(kernel.interfacesChange && OF_INTERFACES.test(path) && { goes: true as const }),
  });
  const children = (path: string): Children => ({
    get(name) {
      const names = current().get(path);
      if (names?.has(name) !== true) return undefined;
      const row = names.get(name);
      return row === undefined ? directory(path === '' ? name : `${path}/${name}`) : sysctlFile(kernel, row);
    },
    // Directories of sysctls are sorted by name. Source: find_entry() (fs/proc/proc_sysctl.c).
    keys: () => [...(current().get(path)?.keys() ?? [])].sort((a, b) => (a < b ? -1 : 1)),
  });
  return { ...directory(''), filesystem: 'sysctl', whole: true };
}

function indexOf(rows: readonly CtlTable[], empty: readonly string[]): Index {
  const index = new Map<string, Map<string, CtlTable | undefined>>([['', new Map()]]);
  /** The names in a directory. A new directory is added to its parents. */
  const namesIn = (path: string): Map<string, CtlTable | undefined> => {
    const known = index.get(path);
    if (known !== undefined) return known;
    const names = new Map<string, CtlTable | undefined>();
    index.set(path, names);
    const slash = path.lastIndexOf('/');
    namesIn(slash < 0 ? '' : path.slice(0, slash)).set(path.slice(slash + 1), undefined);
    return names;
  };
  for (const row of rows) namesIn(row.path.slice(0, -row.procname.length - 1)).set(row.procname, row);
  for (const path of empty) namesIn(path);
  return index;
}

function sysctlFile(kernel: Kernel, entry: CtlTable): FileNode {
  const permissions = permissionsOf(entry);
  return {
    kind: 'file',
    mode: entry.mode,
    size: 0,
    ...(permissions?.bits !== undefined && { openMode: permissions.bits << 6 }),
    handler: {
      permission: (caller, asked) => sysctlPerm(caller, entry, asked, permissions),
      read: (_file, position, length) => sysctlRead(kernel, entry, position, length),
      write: (_file, position, data) => sysctlWrite(kernel, entry, position, data),
    },
  };
}
