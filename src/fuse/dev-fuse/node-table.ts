import { FUSE_ROOT_ID } from '../../abi/fuse-protocol.ts';
import { S_IF } from '../../abi/file-calls.ts';
import type { Attributes, Seeking } from '../filesystem.ts';
import { type ClientSize, clientSize } from './client-sizes.ts';
import { WAKE_NODE_ID } from './wake-node.ts';

/** The permission bit of a directory that lets everybody search it. */
const ALL_SEARCH = 0o001;

/** A node that Linux knows by an id. */
export interface Node {
  readonly id: number;
  /** Absolute within the mount. */
  readonly path: string;
  readonly seeking: Seeking;
  /** Whether splice(2) from it works. */
  readonly splices: boolean;
  /** A read takes bytes away: nothing may be read ahead. */
  readonly stream: boolean;
  /** A directory that not everybody may search. */
  readonly guarded: boolean;
  /** What Linux remembers of its size. */
  readonly size: ClientSize;
  /** How often Linux has got the id of the node, minus how often it has forgotten it. */
  lookups: number;
}

/**
 * The nodes of which Linux has an id. A path keeps its id while Linux knows it. An id is never used again, so nodes need no generation.
 * What Linux forgets is removed here.
 */
export class NodeTable {
  readonly #byId = new Map<number, Node>();
  readonly #byPath = new Map<string, Node>();
  #lastId = WAKE_NODE_ID;

  constructor() {
    this.#add({ id: FUSE_ROOT_ID, path: '/', seeking: 'positions', splices: false, stream: false, guarded: false, size: clientSize(), lookups: 1 });
  }

  get(id: number): Node | undefined {
    return this.#byId.get(id);
  }

  /** The node of a path whose id Linux is about to get once more. */
  lookedUp(path: string, { mode, seeking = 'positions', splices, stream }: Attributes): Node {
    const known = this.#byPath.get(path);
    if (known !== undefined) {
      known.lookups += 1;
      return known;
    }
    this.#lastId += 1;
    const guarded = (mode & S_IF.directory) !== 0 && (mode & ALL_SEARCH) === 0;
    return this.#add({ id: this.#lastId, path, seeking, splices: splices !== false, stream: stream === true, guarded, size: clientSize(), lookups: 1 });
  }

  /** The node of a path that Linux knows. */
  at(path: string): Node | undefined {
    return this.#byPath.get(path);
  }

  /** Linux forgets the node `count` times. The root stays for ever. */
  forget(id: number, lookups: number): void {
    const node = this.#byId.get(id);
    if (node === undefined || id === FUSE_ROOT_ID) return;
    node.lookups -= lookups;
    if (node.lookups > 0) return;
    this.#byId.delete(id);
    if (this.#byPath.get(node.path) === node) this.#byPath.delete(node.path);
  }

  /** A directory was removed. What is made at its path later gets another id: Linux keeps the old one dead. */
  removed(path: string): void {
    for (const known of this.#byPath.keys()) if (known === path || known.startsWith(`${path}/`)) this.#byPath.delete(known);
  }

  #add(node: Node): Node {
    this.#byId.set(node.id, node);
    this.#byPath.set(node.path, node);
    return node;
  }
}
