import type { DirectoryNode } from '../vfs/node.ts';

/** A file or a directory of the tree that takes the place of a real machine's. */
export interface Place {
  /** Absolute, as on a real machine. */
  readonly path: string;
  readonly kind: 'file' | 'directory';
  /** It only hides a real file. If the machine has no such file, nothing is missing. */
  readonly shield?: true;
}

/**
 * Where the files of a tree lie on a real machine, in the order of the tree. A directory that has other files too, such as /proc, is given
 * file by file. Files in the root of the tree are on no real machine, and are left out.
 */
export function emulatedPlaces(root: DirectoryNode): Place[] {
  return placesIn(root, '').filter(({ path }) => path.lastIndexOf('/') > 0);
}

function placesIn({ children }: DirectoryNode, path: string): Place[] {
  return [...children.keys()].flatMap((name): Place[] => {
    const below = `${path}/${name}`;
    const node = children.get(name);
    if (node?.kind === 'directory' && !node.whole) return placesIn(node, below);
    return node === undefined || node.kind === 'symlink' ? [] : [{ path: below, kind: node.kind, ...(node.shield && { shield: true as const }) }];
  });
}
