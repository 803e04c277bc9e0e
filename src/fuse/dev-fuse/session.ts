import { ERRNO } from '../../abi/errno.ts';
import { FUSE_IN_HEADER, FUSE_INIT_IN, FUSE_INIT_OUT, FUSE_INTERRUPT_IN, FUSE_OPCODE, type FuseOpcode } from '../../abi/fuse-protocol.ts';
import type { Service } from '../service.ts';
import { ClientSizes } from './client-sizes.ts';
import type { Answer, Context, RequestRow, RequestRows } from './context.ts';
import { directoryOperations } from './directory-operations.ts';
import { fileOperations } from './file-operations.ts';
import { MAX_TRANSFER, negotiate, REQUEST_BUFFER, type Terms } from './negotiate.ts';
import { nodeOperations } from './node-operations.ts';
import { NodeTable } from './node-table.ts';
import { OpenFiles } from './open-files.ts';
import { Reply } from './reply.ts';
import { Request } from './request.ts';
import { treeChanges } from './tree-changes.ts';
import { Waiting } from './waiting.ts';

/** INIT of protocol 7.31 has only these bytes after its header. */
const INIT_LEAST = 16;
const EIO = -ERRNO.EIO;

const NAMES = new Map<number, FuseOpcode>(Object.entries(FUSE_OPCODE).map(([name, opcode]) => [opcode, name as FuseOpcode]));

/** A malformed request, or one of an unknown kind; for the log. */
class BadRequest extends Error {
  override readonly name = 'BadRequest';
}

export interface SessionOptions extends Pick<Service, 'filesystem' | 'onError'>, Pick<Context, 'owner' | 'mountedAt' | 'wakeName'> {
  /** Sends the first `length` bytes to Linux. They are valid only during the call. */
  readonly send: (bytes: Uint8Array, length: number) => void;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  /** Whether a signal that ends a wait is pending for a task. */
  readonly signalEndsWait: (pid: number) => boolean;
}

/**
 * Answers the protocol: bytes of requests in, bytes of replies out, nothing else. A malformed request, or one whose handler throws, gets an
 * errno and is reported; no request can end the session. The reply to a request that is not served is ENOSYS. Linux remembers that for most
 * kinds of requests, and does not ask again.
 */
export class Session {
  /** The buffer for the next request. */
  readonly buffer = Buffer.alloc(REQUEST_BUFFER);
  readonly waiting: Waiting;
  /** Whether the version of Linux is new enough. Undefined before INIT. */
  agreed: boolean | undefined;
  /** Whether the last request came because the main thread wakes this thread; see wake-node.ts. */
  woken = false;
  readonly #request = new Request(this.buffer);
  readonly #reply = new Reply(MAX_TRANSFER);
  readonly #options: SessionOptions;
  readonly #nodes = new NodeTable();
  readonly #rows: (RequestRow | undefined)[] = [];

  constructor(options: SessionOptions) {
    this.#options = options;
    const { filesystem, send, now, onError, signalEndsWait } = options;
    this.waiting = new Waiting({ send, now, signalEndsWait, answer: (unique, result) => { this.#answer(unique, result); } });
    const files = new OpenFiles(filesystem);
    const context: Context = {
      ...options, nodes: this.#nodes, reply: this.#reply, files, sizes: new ClientSizes({ send, now }), waiting: this.waiting,
      onWake: () => { this.woken = true; },
      attempt: <Value>(operation: string, path: string, work: () => Value): Value | number => {
        try {
          return work();
        } catch (error) {
          onError(operation, path, error);
          return EIO;
        }
      },
    };
    const rows: RequestRows = {
      ...nodeOperations(context), ...treeChanges(context), ...directoryOperations(context), ...fileOperations(context),
      INIT: { least: INIT_LEAST, handle: (request) => this.#init(request) },
      DESTROY: { least: 0, handle: () => 0 },
      INTERRUPT: {
        least: FUSE_INTERRUPT_IN.size,
        handle: (request) => {
          this.waiting.interrupt(request.field(FUSE_INTERRUPT_IN.fields.unique));
          return undefined;
        },
      },
      NOTIFY_REPLY: {
        least: 0,
        handle: () => {
          context.onWake();
          return undefined;
        },
      },
    };
    for (const [opcode, name] of NAMES) this.#rows[opcode] = rows[name];
  }

  /** Answers the request in the first `length` bytes of the buffer. */
  receive(length: number): void {
    this.woken = false;
    const request = this.#request;
    const whole = request.take(length);
    const row = this.#rows[request.opcode];
    let answer: Answer;
    if (whole && row !== undefined && request.size >= row.least) {
      try {
        answer = row.handle(request);
      } catch (error) {
        this.#options.onError((NAMES.get(request.opcode) ?? '').toLowerCase(), this.#nodes.get(request.nodeid)?.path ?? '', error);
        answer = EIO;
      }
    } else {
      answer = this.#refuse(whole, length);
    }
    if (answer !== undefined) this.#answer(request.unique, answer);
    this.waiting.retry();
  }

  #answer(unique: number, result: number): void {
    this.#options.send(this.#reply.bytes, this.#reply.finish(unique, result));
  }

  /** The answer to a request that is malformed or not served. */
  #refuse(whole: boolean, length: number): Answer {
    const { opcode, nodeid } = this.#request;
    const name = NAMES.get(opcode);
    if (whole && this.#rows[opcode] === undefined) {
      if (name === undefined) this.#tell(`a request of an unknown kind, ${opcode}`, nodeid);
      return -ERRNO.ENOSYS;
    }
    this.#tell(`a malformed request of ${length} bytes, of kind ${name ?? opcode}`, nodeid);
    // Without a whole header there is no number for a reply.
    return length < FUSE_IN_HEADER.size ? undefined : -ERRNO.EINVAL;
  }

  #tell(what: string, nodeid: number): void {
    this.#options.onError('request', `node ${nodeid}`, new BadRequest(what));
  }

  #init(request: Request): Answer {
    const { major, minor, max_readahead: readahead, flags } = FUSE_INIT_IN.fields;
    const offer = {
      major: request.field(major), minor: request.field(minor), maxReadahead: request.field(readahead), flags: request.field(flags),
    };
    const terms = negotiate(offer);
    this.agreed = terms !== undefined;
    if (terms === undefined) {
      this.#tell(`INIT of version ${offer.major}.${offer.minor}, which is too old`, 0);
      return -ERRNO.EPROTO;
    }
    this.#reply.clear(0, FUSE_INIT_OUT.size);
    const { fields } = FUSE_INIT_OUT;
    for (const name of Object.keys(terms) as (keyof Terms)[]) this.#reply.put(0, fields[name], terms[name]);
    return FUSE_INIT_OUT.size;
  }
}
