import type { Kernel } from '../../kernel/kernel.ts';
import type { CtlTable } from '../../kernel/sysctl/ctl-table.ts';
import { sysctlRead, sysctlWrite } from '../../kernel/sysctl/sysctl-file.ts';
import { permissionsOf, sysctlPerm } from '../../kernel/sysctl/permissions.ts';
import type { Children, DirectoryNode, FileNode, OpenFile } from '../../vfs/node.ts';

/** A directory below /proc/sys: its names in order, and their rows. A name without a row is a directory. */
type Names = ReadonlyMap<string, CtlTable | undefined>;
/** The directories below /proc/sys by path. */
type Index = ReadonlyMap<string, Names>;

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
    keys: () => current().get(path)?.keys() ?? [],
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
  // Directories of sysctls are sorted by name. Source: find_entry() (fs/proc/proc_sysctl.c).
  return new Map([...index].map(([path, names]) => [path, new Map([...names].sort(([a], [b]) => (a < b ? -1 : 1)))]));
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
      read(file, position, length) {
        const at = positionOf(file, position);
        const bytes = sysctlRead(kernel, entry, at, length);
        if (typeof bytes !== 'number') moved(file, at, position, bytes.length);
        return bytes;
      },
      write(file, position, data) {
        const at = positionOf(file, position);
        const count = sysctlWrite(kernel, entry, at, data);
        if (count > 0 && entry.handler.keepsPosition?.(kernel, entry, at, data)) file.kept = { position: at, seemingly: position + count };
        else if (count > 0) moved(file, at, position, count);
        return count;
      },
    },
  };
}

/**
 * Where a descriptor is on proc. FUSE moves it by what a write took, also where the handler leaves it. So an access right behind such a write
 * is one at the place of the write; a pread(2) or pwrite(2) there looks the same.
 */
function positionOf({ kept }: OpenFile, position: number): number {
  return kept?.seemingly === position ? kept.position : position;
}

/** Moves a descriptor by `count` bytes, of which FUSE moves it too. An access at another place is mostly a pread(2) or pwrite(2), which do not move it. */
function moved(file: OpenFile, at: number, seemingly: number, count: number): void {
  if (at !== seemingly) file.kept = { position: at + count, seemingly: seemingly + count };
}
