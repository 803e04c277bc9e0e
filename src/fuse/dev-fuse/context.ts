import type { FuseOpcode } from '../../abi/fuse-protocol.ts';
import type { Filesystem } from '../filesystem.ts';
import type { ClientSizes } from './client-sizes.ts';
import type { NodeTable } from './node-table.ts';
import type { OpenFiles } from './open-files.ts';
import type { Reply } from './reply.ts';
import type { Request } from './request.ts';
import type { Waiting } from './waiting.ts';

/** What the handlers of requests share. */
export interface Context {
  readonly filesystem: Filesystem;
  readonly nodes: NodeTable;
  readonly files: OpenFiles;
  readonly sizes: ClientSizes;
  readonly waiting: Waiting;
  /** The buffer of the reply. */
  readonly reply: Reply;
  /** Calls a method of the filesystem outside of a handler: an error that it throws is reported, and becomes EIO. */
  readonly attempt: <Value>(operation: string, path: string, work: () => Value) => Value | number;
  /** The owner of the files: the user who mounts, mostly root. This user counts as the root of the machine. */
  readonly owner: { readonly uid: number; readonly gid: number };
  /** The time that every node shows, in seconds: when the filesystem was mounted. */
  readonly mountedAt: number;
  /** The name of the transport's own node in the root; see wake-node.ts. */
  readonly wakeName: string;
  /** The main thread wakes this thread. */
  readonly onWake: () => void;
}

/** How many bytes were written into the reply, or a negative errno. Undefined: there is no reply, or it comes later. */
export type Answer = number | undefined;

/** One kind of request: how many bytes must follow its header at least, and what answers it. */
export interface RequestRow {
  readonly least: number;
  readonly handle: (request: Request) => Answer;
}

/** The kinds of requests that are served, by opcode. */
export type RequestRows = Partial<Record<FuseOpcode, RequestRow>>;
