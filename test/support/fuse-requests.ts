import { FUSE_IN_HEADER, FUSE_OPCODE, FUSE_OUT_HEADER, type FuseOpcode, type Layout } from '../../src/abi/fuse-protocol.ts';
import type { Filesystem } from '../../src/fuse/filesystem.ts';
import { Session } from '../../src/fuse/dev-fuse/session.ts';
import { get, put } from '../../src/fuse/dev-fuse/wire.ts';

/** The bytes of a structure in which these fields are set. */
export function struct(layout: Layout, values: Readonly<Record<string, number>> = {}): Buffer {
  const bytes = Buffer.alloc(layout.size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const [name, value] of Object.entries(values)) {
    const field = layout.fields[name];
    if (field === undefined) throw new Error(`there is no field ${name}`);
    put(view, 0, field, value);
  }
  return bytes;
}

/** The fields of a structure that begins `at` bytes into others. */
export function fieldsOf<L extends Layout>(bytes: Uint8Array, layout: L, at = 0): Record<keyof L['fields'], number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Object.fromEntries(Object.entries(layout.fields).map(([name, field]) => [name, get(view, at, field)])) as Record<keyof L['fields'], number>;
}

/** A message to Linux. */
export interface Sent {
  readonly unique: number;
  /** 0, a negative errno, or the code of a notification. */
  readonly error: number;
  readonly body: Buffer;
}

/** A session as Linux sees it: requests go in, messages come out. */
export class SessionDriver {
  readonly session: Session;
  /** Milliseconds. A test may set it. */
  readonly clock = { now: 0 };
  /** Whether the signal that comes ends a wait. A test may set it. */
  readonly signal = { endsWait: true };
  readonly errors: string[] = [];
  #sent: Sent[] = [];
  #unique = 0;

  constructor(filesystem: Filesystem) {
    this.session = new Session({
      filesystem, owner: { uid: 5, gid: 6 }, mountedAt: 1000, wakeName: '.wake', now: () => this.clock.now,
      signalEndsWait: (pid) => pid === process.pid && this.signal.endsWait,
      onError: (operation, path, error) => { this.errors.push(`${operation} ${path} ${String(error)}`); },
      send: (bytes, length) => {
        const { len, error, unique } = fieldsOf(bytes, FUSE_OUT_HEADER);
        if (len !== length) throw new Error(`a message of ${length} bytes says it has ${len}`);
        this.#sent.push({ unique, error, body: Buffer.from(bytes.subarray(FUSE_OUT_HEADER.size, length)) });
      },
    });
  }

  /** Sends a request of any kind. Returns its number. */
  post(opcode: FuseOpcode | number, nodeid: number, ...body: readonly (Uint8Array | string)[]): number {
    this.#unique += 2;
    const payload = Buffer.concat(body.map((part) => (typeof part === 'string' ? Buffer.from(`${part}\0`) : part)));
    const header = struct(FUSE_IN_HEADER, {
      len: FUSE_IN_HEADER.size + payload.length, opcode: typeof opcode === 'number' ? opcode : FUSE_OPCODE[opcode], unique: this.#unique, nodeid,
      uid: 0, gid: 0, pid: process.pid,
    });
    this.raw(Buffer.concat([header, payload]));
    return this.#unique;
  }

  /** Sends any bytes. */
  raw(bytes: Uint8Array): void {
    this.session.buffer.set(bytes);
    this.session.receive(bytes.length);
  }

  /** The messages since the last call. */
  take(): Sent[] {
    const sent = this.#sent;
    this.#sent = [];
    return sent;
  }

  /** Sends a request that is answered at once. Returns its errno, or the body of the answer. */
  ask(opcode: FuseOpcode, nodeid: number, ...body: readonly (Uint8Array | string)[]): number | Buffer {
    const unique = this.post(opcode, nodeid, ...body);
    const answers = this.take().filter((sent) => sent.unique === unique);
    const [answer] = answers;
    if (answer === undefined || answers.length > 1) throw new Error(`${opcode} has ${answers.length} answers`);
    return answer.error < 0 ? answer.error : answer.body;
  }
}
