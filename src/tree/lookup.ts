import type { DirectoryNode, TreeNode } from './node.ts';

/** The node at an absolute path within a tree, or undefined. `/` is the root. */
export function lookup(root: DirectoryNode, path: string): TreeNode | undefined {
  let node: TreeNode | undefined = root;
  for (const name of path.split('/')) {
    if (name === '') continue;
    if (node?.kind !== 'directory') return undefined;
    node = node.children.get(name);
  }
  return node;
}
