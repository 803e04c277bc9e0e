import { ERRNO } from '../../abi/errno.ts';
import {
  FUSE_CREATE_IN, FUSE_LINK_IN, FUSE_MKDIR_IN, FUSE_MKNOD_IN, FUSE_RENAME2_IN, FUSE_RENAME_IN, type FuseOpcode,
} from '../../abi/fuse-protocol.ts';
import type { TreeChange } from '../../abi/file-calls.ts';
import { childPath } from '../file-attributes.ts';
import type { Context, RequestRow, RequestRows } from './context.ts';

/** The requests that would change the tree: the kind of change, and how many bytes come before the name in its directory. */
const IN_DIRECTORY = [
  ['SYMLINK', 'symlink', 0],
  ['MKNOD', 'mknod', FUSE_MKNOD_IN.size],
  ['MKDIR', 'mkdir', FUSE_MKDIR_IN.size],
  ['UNLINK', 'unlink', 0],
  ['RMDIR', 'rmdir', 0],
  ['RENAME', 'rename', FUSE_RENAME_IN.size],
  ['RENAME2', 'rename', FUSE_RENAME2_IN.size],
  ['LINK', 'link', FUSE_LINK_IN.size],
  ['CREATE', 'create', FUSE_CREATE_IN.size],
] as const satisfies readonly (readonly [FuseOpcode, TreeChange, number])[];

/** The requests that would change extended attributes of a node. */
const OF_NODE = [['SETXATTR', 'setxattr'], ['REMOVEXATTR', 'removexattr']] as const satisfies readonly (readonly [FuseOpcode, TreeChange])[];

/** Answers the requests that would change the tree: each gets the errno that refuses it. */
export function treeChanges({ filesystem, nodes }: Context): RequestRows {
  const inDirectory = IN_DIRECTORY.map(([opcode, change, before]): [FuseOpcode, RequestRow] => [opcode, {
    least: before + 2,
    handle(request) {
      const parent = nodes.get(request.nodeid);
      const name = request.name(before);
      if (parent === undefined) return -ERRNO.ESTALE;
      return name === undefined ? -ERRNO.EINVAL : filesystem.refuse(change, childPath(parent.path, name), request.caller());
    },
  }]);
  const ofNode = OF_NODE.map(([opcode, change]): [FuseOpcode, RequestRow] => [opcode, {
    least: 0,
    handle(request) {
      const node = nodes.get(request.nodeid);
      return node === undefined ? -ERRNO.ESTALE : filesystem.refuse(change, node.path);
    },
  }]);
  return Object.fromEntries([...inDirectory, ...ofNode]);
}
