import { ERRNO } from '../../abi/errno.ts';
import {
  FUSE_CREATE_IN, FUSE_ENTRY_OUT, FUSE_LINK_IN, FUSE_MKDIR_IN, FUSE_MKNOD_IN, FUSE_RENAME2_IN, FUSE_RENAME_IN, type FuseOpcode,
} from '../../abi/fuse-protocol.ts';
import type { TreeChange } from '../../abi/file-calls.ts';
import { childPath } from '../file-attributes.ts';
import type { Answer, Context, RequestRow, RequestRows } from './context.ts';
import { putEntry } from './node-operations.ts';
import type { Request } from './request.ts';

/** The requests that would change the tree: the kind of change, and how many bytes come before the name in its directory. */
const IN_DIRECTORY = [
  ['SYMLINK', 'symlink', 0],
  ['MKNOD', 'mknod', FUSE_MKNOD_IN.size],
  ['UNLINK', 'unlink', 0],
  ['RENAME', 'rename', FUSE_RENAME_IN.size],
  ['RENAME2', 'rename', FUSE_RENAME2_IN.size],
  ['LINK', 'link', FUSE_LINK_IN.size],
  ['CREATE', 'create', FUSE_CREATE_IN.size],
] as const satisfies readonly (readonly [FuseOpcode, TreeChange, number])[];

/** The requests that would change extended attributes of a node. */
const OF_NODE = [['SETXATTR', 'setxattr'], ['REMOVEXATTR', 'removexattr']] as const satisfies readonly (readonly [FuseOpcode, TreeChange])[];

/** Answers the requests that change the tree: mkdir(2) and rmdir(2), and the others with the errno that refuses them. */
export function treeChanges(context: Context): RequestRows {
  const { filesystem, nodes } = context;
  /** The path of the name that comes `before` bytes behind the header, or a negative errno. */
  const pathOf = (request: Request, before: number): string | number => {
    const parent = nodes.get(request.nodeid);
    const name = request.name(before);
    if (parent === undefined) return -ERRNO.ESTALE;
    return name === undefined ? -ERRNO.EINVAL : childPath(parent.path, name);
  };
  const mkdir = (request: Request): Answer => {
    const path = pathOf(request, FUSE_MKDIR_IN.size);
    const made = typeof path === 'number' ? path : filesystem.mkdir(path, request.caller());
    if (made < 0 || typeof path === 'number') return made;
    const attributes = filesystem.getattr(path);
    if (typeof attributes === 'number') return attributes;
    putEntry(context, 0, path, attributes, request.pid);
    return FUSE_ENTRY_OUT.size;
  };
  const rmdir = (request: Request): Answer => {
    const path = pathOf(request, 0);
    const removed = typeof path === 'number' ? path : filesystem.rmdir(path, request.caller());
    if (removed >= 0 && typeof path === 'string') nodes.removed(path);
    return removed;
  };
  const inDirectory = IN_DIRECTORY.map(([opcode, change, before]): [FuseOpcode, RequestRow] => [opcode, {
    least: before + 2,
    handle(request) {
      const path = pathOf(request, before);
      return typeof path === 'number' ? path : filesystem.refuse(change, path, request.caller());
    },
  }]);
  const ofNode = OF_NODE.map(([opcode, change]): [FuseOpcode, RequestRow] => [opcode, {
    least: 0,
    handle(request) {
      const node = nodes.get(request.nodeid);
      return node === undefined ? -ERRNO.ESTALE : filesystem.refuse(change, node.path);
    },
  }]);
  return {
    ...Object.fromEntries([...inDirectory, ...ofNode]),
    MKDIR: { least: FUSE_MKDIR_IN.size + 2, handle: mkdir },
    RMDIR: { least: 2, handle: rmdir },
  };
}
