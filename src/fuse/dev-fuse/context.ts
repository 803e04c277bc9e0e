import type { Filesystem } from '../filesystem.ts';
import type { NodeTable } from './node-table.ts';
import type { Reply } from './reply.ts';
import type { Request } from './request.ts';

/** What a handler of requests works with. */
export interface Context {
  readonly filesystem: Filesystem;
  readonly nodes: NodeTable;
  /** Where the answer is put together. */
  readonly reply: Reply;
  /** Who the files belong to: whoever mounts, root mostly. `default_permissions` would shut anybody else out of his own mount. */
  readonly owner: { readonly uid: number; readonly gid: number };
  /** The one time every node shows, in seconds: when the filesystem was mounted. */
  readonly mountedAt: number;
  /** The name in the root by which the transport's own node is found; see wake-node.ts. */
  readonly wakeName: string;
}

/** How many bytes were put down in the reply, or a negative errno; undefined where no answer is due, or it comes later. */
export type Answer = number | undefined;

/** Answers one kind of request. */
export type Handler = (request: Request) => Answer;

/** A kind of request that is served: the least that has to follow its header, in bytes, and what answers it. */
export interface Row {
  readonly least: number;
  readonly handle: Handler;
}
