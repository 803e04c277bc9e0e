import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { createInterface, type Interface } from 'node:readline';
import { TransportError } from '../../fuse/transport.ts';
import { DESCRIPTOR, INIT, KEEPER, KEEPER_SAYS } from './scripts.ts';

/** Before a command: the descriptors that stay as they are, and nothing on those between. */
const STDIO_LENGTH = DESCRIPTOR.channel + 1;

export interface KeeperOptions {
  /** On /dev/fuse. */
  readonly descriptor: number;
  /** An existing directory, which the scratch filesystem hides. */
  readonly scratch: string;
  /** The command line of the launcher, before its own arguments. */
  readonly launcher: readonly string[];
}

/**
 * The process that keeps the private mount namespace of an exec, a shell. What it keeps goes with it, and it goes when this process does,
 * whose end closes its channel.
 */
export class Keeper {
  /** Its pid, by which /proc has its root directory. */
  readonly pid: number;
  readonly #lines: AsyncIterator<string>;
  readonly #channel: Duplex;
  readonly #ended: Promise<unknown>;

  private constructor(child: ChildProcess) {
    this.pid = child.pid ?? 0;
    this.#channel = (child.stdio as readonly unknown[])[DESCRIPTOR.channel] as Duplex;
    this.#channel.on('error', () => undefined);
    const lines: Interface = createInterface({ input: this.#channel });
    this.#lines = lines[Symbol.asyncIterator]();
    this.#ended = once(child, 'exit');
  }

  /** Starts it; its scratch filesystem is there when this settles. @throws TransportError when Linux refuses, with what to do */
  static async start({ descriptor, scratch, launcher }: KeeperOptions): Promise<Keeper> {
    const run = ['unshare', '--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child=SIGKILL', '--', 'sh', '-c', INIT, 'sh', scratch, ...launcher];
    const stdio: ('inherit' | 'ignore' | 'pipe' | number)[] = Array.from({ length: STDIO_LENGTH }, (_, fd) => (fd < 3 ? 'inherit' : 'ignore'));
    stdio[DESCRIPTOR.fuse] = descriptor;
    stdio[DESCRIPTOR.channel] = 'pipe';
    const child = spawn('unshare', ['--mount', '--propagation', 'private', '--', 'sh', '-c', KEEPER, 'sh', scratch, ...run], { stdio });
    await new Promise((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error: NodeJS.ErrnoException) => {
        reject(new TransportError(error.code === 'ENOENT' ? 'unshare(1) is missing: install util-linux' : `unshare(1) cannot be run: ${error.message}`));
      });
    });
    const keeper = new Keeper(child);
    await keeper.expect(KEEPER_SAYS.scratch);
    return keeper;
  }

  /** Tells it to go on with what is next. */
  next(): void {
    this.#channel.write('next\n');
  }

  /** Waits until it says a word. */
  async expect(word: (typeof KEEPER_SAYS)[keyof typeof KEEPER_SAYS]): Promise<void> {
    const { value, done } = await this.#lines.next() as { readonly value?: string; readonly done?: boolean };
    const [said, ...rest] = (value ?? '').split(' ');
    if (said === word) return;
    const why = rest.join(' ').trim();
    throw new TransportError(done === true ? 'the private mount namespace could not be made, see above' : `the files cannot be mounted: ${why}`);
  }

  /** Ends it, and with it the mount namespace. */
  async end(): Promise<void> {
    this.#channel.destroy();
    await this.#ended;
  }
}
