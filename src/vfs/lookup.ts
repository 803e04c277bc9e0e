import { type FilesystemKind, type FilesystemName, FILESYSTEMS } from './filesystems.ts';
import type { DirectoryNode, TreeNode } from './node.ts';

/** The node at an absolute path, if there is one, and the kind of filesystem the path leads into. `/` is the root. */
export function locate(root: DirectoryNode, path: string): { readonly node: TreeNode | undefined; readonly kind: FilesystemKind } {
  const { node, name } = walk(root, path);
  return { node, kind: FILESYSTEMS[name] };
}

/** The name of the kind of filesystem a path leads into. */
export function filesystemAt(root: DirectoryNode, path: string): FilesystemName {
  return walk(root, path).name;
}

function walk(root: DirectoryNode, path: string): { readonly node: TreeNode | undefined; readonly name: FilesystemName } {
  let node: TreeNode | undefined = root;
  let name: FilesystemName = root.filesystem ?? 'sysctl';
  for (const part of path.split('/')) {
    if (part === '') continue;
    node = node?.kind === 'directory' ? node.children.get(part) : undefined;
    if (node?.kind === 'directory') name = node.filesystem ?? name;
  }
  return { node, name };
}
