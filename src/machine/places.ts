import type { DirectoryNode } from '../vfs/node.ts';

/** A file or a directory of the tree that takes the place of a real machine's. */
export interface Place {
  /** Absolute, as on a real machine. */
  readonly path: string;
  readonly kind: 'file' | 'directory';
  /** It only keeps a real one from being used: where there is none, none is missed. */
  readonly shield?: true;
}

/**
 * The places that the files of a tree have on a real machine, in the order of the tree: of directories that others have files in, as /proc, the
 * files one by one. What lies in the root is no machine's.
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
