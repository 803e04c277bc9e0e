import { locate } from './filesystems.ts';
import type { DirectoryNode, TreeNode } from './node.ts';

/** The node at an absolute path within a tree, or undefined. `/` is the root. */
export function lookup(root: DirectoryNode, path: string): TreeNode | undefined {
  return locate(root, path).node;
}
