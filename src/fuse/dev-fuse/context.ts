import type { FuseOpcode } from '../../abi/fuse-protocol.ts';
import type { Filesystem } from '../filesystem.ts';
import type { ClientSizes } from './client-sizes.ts';
import type { NodeTable } from './node-table.ts';
import type { OpenFiles } from './open-files.ts';
import type { Reply } from './reply.ts';
import type { Request } from './request.ts';
import type { Waiting } from './waiting.ts';

/** What a handler of requests works with. */
export interface Context {
  readonly filesystem: Filesystem;
  readonly nodes: NodeTable;
  readonly files: OpenFiles;
  readonly sizes: ClientSizes;
  readonly waiting: Waiting;
  /** Where the answer is put together. */
  readonly reply: Reply;
  /** Calls a method of the filesystem outside of a handler, whose throws are taken care of: what it throws is told of, and is EIO. */
  readonly attempt: <Value>(operation: string, path: string, work: () => Value) => Value | number;
  /** Who the files belong to: whoever mounts, root mostly. `default_permissions` would shut anybody else out of his own mount. */
  readonly owner: { readonly uid: number; readonly gid: number };
  /** The one time every node shows, in seconds: when the filesystem was mounted. */
  readonly mountedAt: number;
  /** The name in the root by which the transport's own node is found; see wake-node.ts. */
  readonly wakeName: string;
  /** The main thread wants to be heard. */
  readonly onWake: () => void;
}

/** How many bytes were put down in the reply, or a negative errno; undefined where no answer is due, or it comes later. */
export type Answer = number | undefined;

/** A kind of request that is served: the least that has to follow its header, in bytes, and what answers it. */
export interface RequestRow {
  readonly least: number;
  readonly handle: (request: Request) => Answer;
}

/** What is served of the protocol. */
export type RequestRows = Partial<Record<FuseOpcode, RequestRow>>;
