import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readFile, readlink, writeFile } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { whyNotStarted } from '../../abi/errno-words.ts';
import { mountOptions } from '../../fuse/dev-fuse/mount-command.ts';
import { type MountInfo, parseMountInfo } from '../../fuse/mount-info.ts';
import { TransportError } from '../../fuse/transport.ts';
import { BOOT, DESCRIPTOR, DIES_WITH_PARENT, END, FROM_ROOT, GO, INIT, KEEPER, OWN_MOUNTS, OWNER, type Word } from './namespace-scripts.ts';

export interface NamespaceOptions {
  /** The descriptor of /dev/fuse. */
  readonly descriptor: number;
  /** An existing directory, which the scratch filesystem hides. */
  readonly scratch: string;
  /** The name of the machine's mount in mount tables. No other mount has it. */
  readonly source: string;
}

/** The properties of a boot. */
export interface BootOptions {
  /** Which namespaces unshare(1) makes besides those for mounts and pids, and the offsets of their clocks. */
  readonly namespaces: readonly string[];
  /** The ids of the user namespace, in the form of /proc/PID/uid_map and gid_map. Undefined without one. */
  readonly ids: { readonly uids: string; readonly gids: string } | undefined;
  /** Whether CMD may mount. An ordinary user may not, and needs no mount namespace of its user namespace. */
  readonly mayMount: boolean;
}

/** A boot whose files are in their places. */
export interface Boot {
  /** Init of its pid namespace, as /proc here numbers it. */
  readonly init: number;
  /** Which mount table was used. */
  readonly table: string;
  readonly mounts: readonly MountInfo[];
  /** The error messages of mount(8). */
  readonly complaint: string;
}

/** How often init is checked until CMD may run, in milliseconds. Its parent outlives it, and waits for orders. */
const LOOKS_EVERY = 100;
/** How long the scripts may take to end after everything that they wait for has ended, in milliseconds. */
const ENDS_WITHIN = 10_000;
/** How long to wait for lines of a process that has ended, in milliseconds. */
const LAST_LINES = 200;

const NO_PROPAGATION = /propagation/;
/** The namespaces in which CMD runs, from boot to boot. They end together with this process, because its end closes the channel. */
export class Namespace {
  /** The pid of the process that keeps the first mount namespace. /proc has the root directory of the namespace under it. */
  readonly keeper: number;
  /** The kinds of names that could not be set for this machine, because hostname(1) or its like is missing. */
  unnamed = false;
  readonly #child: ChildProcess;
  readonly #channel: Duplex;
  readonly #gate: Duplex;
  readonly #place: Duplex;
  readonly #lines: AsyncIterator<string>;
  /** Checks init while a boot is made. */
  #watch: NodeJS.Timeout | undefined;
  /** The parent of init, which outlives it. */
  #owner = 0;
  #init = 0;
  #complaints: string[] = [];
  /** Whether a boot waits for the order to put the files in their places. */
  #waits = false;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.keeper = child.pid ?? 0;
    const stdio = child.stdio as readonly unknown[];
    this.#channel = stdio[DESCRIPTOR.channel] as Duplex;
    this.#gate = stdio[DESCRIPTOR.gate] as Duplex;
    this.#place = stdio[DESCRIPTOR.place] as Duplex;
    for (const stream of [this.#channel, this.#gate, this.#place]) stream.on('error', () => undefined);
    const lines = createInterface({ input: this.#channel });
    this.#lines = lines[Symbol.asyncIterator]();
    // Processes of a boot may keep the channel open after the keeper has ended.
    child.once('exit', () => setTimeout(() => { lines.close(); }, LAST_LINES).unref());
  }

  /**
   * Makes the first namespace. Its scratch filesystem exists when this settles. @throws TransportError, with what to do, if Linux refuses
   */
  static async start(options: NamespaceOptions): Promise<Namespace> {
    const keeper = ['sh', '-c', KEEPER, 'keeper', options.scratch, options.source, mountOptions({ allowOther: true, descriptor: DESCRIPTOR.fuse }), BOOT, OWNER, INIT];
    try {
      return await Namespace.#spawn(['--propagation', 'private', '--', ...keeper], options.descriptor);
    } catch (error) {
      if (!(error instanceof TransportError) || !NO_PROPAGATION.test(error.message)) throw error;
      return await Namespace.#spawn(['--propagation', 'unchanged', '--', 'sh', '-c', FROM_ROOT, 'sh', ...keeper], options.descriptor);
    }
  }

  static async #spawn(args: readonly string[], descriptor: number): Promise<Namespace> {
    const [dies, ...until] = DIES_WITH_PARENT;
    const child = spawn(dies, [...until, 'unshare', '--mount', ...args], { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe', descriptor, 'pipe'], env: toolEnvironment() });
    const stderr: string[] = [];
    child.stderr?.setEncoding('utf8').on('data', (text: string) => { stderr.push(text); });
    await new Promise((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error) => { reject(new TransportError(whyNotStarted('setpriv(1)', 'util-linux 2.38 or later', error))); });
    });
    const namespace = new Namespace(child);
    try {
      await namespace.#expect('scratch');
    } catch (error) {
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      const why = stderr.join('').trim().split('\n', 1)[0] ?? '';
      if (why.startsWith('setpriv: ')) throw new TransportError(`unshare(1) cannot be run (${why}): install util-linux 2.38 or later`);
      throw why === '' ? error : new TransportError(`no mount namespace can be made here (${why.replace(/^unshare: /, '')}): in a container add --cap-add SYS_ADMIN`);
    }
    return namespace;
  }

  /**
   * Begins a boot: makes its namespaces, which wait for the files. The machine need not answer by then. Can be called again if it fails.
   * Settles with init of its pid namespace, as /proc here numbers it. @throws TransportError
   */
  async begin({ namespaces, ids, mayMount }: BootOptions): Promise<number> {
    this.#complaints = [];
    this.#waits = true;
    this.#channel.write(`${namespaces.join(' ')}\n${mayMount ? OWN_MOUNTS : ''}\n`);
    const [init = 0, owner = 0] = (await this.#expect('init')).split(' ').map(Number);
    this.#owner = owner;
    this.#init = init;
    this.#watch = setInterval(() => { if (hasEnded(init)) this.#abandon(); }, LOOKS_EVERY);
    if (ids !== undefined) {
      try {
        await writeFile(`/proc/${init}/uid_map`, ids.uids);
        await writeFile(`/proc/${init}/gid_map`, ids.gids);
      } catch (error) {
        await this.endBoot();
        throw new TransportError(`the ids of CMD's user namespace cannot be set (${(error as NodeJS.ErrnoException).code}): run as root, or with --privileged`);
      }
    }
    return init;
  }

  /** Puts the files in their places, as the mount tables say. @throws TransportError */
  async place(): Promise<Boot> {
    const init = this.#init;
    this.#order(GO);
    const [table = '', ...complaint] = (await this.#expect('placed')).split(' ');
    if (hasEnded(init)) await this.#expect('ready');
    return { init, table, mounts: parseMountInfo(await readFile(`/proc/${init}/mountinfo`, 'utf8')), complaint: complaint.join(' ').trim() };
  }

  /** Gives a boot that waits for it the order to put the files in their places, or to end. */
  #order(word: string): void {
    if (this.#waits) this.#place.write(`${word}\n`);
    this.#waits = false;
  }

  /**
   * Opens the gate. Settles when init has no descriptor of exec any more, so that CMD may run. `name` is the machine's; empty if CMD keeps
   * that of the host. @throws TransportError
   */
  async open(init: number, name: string): Promise<void> {
    this.#gate.write(`${GO} ${name}\n`);
    await this.#expect('ready');
    // It closes its descriptors right after that.
    while (await isOpen(init, DESCRIPTOR.channel) || await isOpen(init, DESCRIPTOR.gate)) await delay(1);
    this.#unwatch();
    // From now on init ends together with it again.
    if (!hasEnded(this.#owner)) return;
    throw this.#unmade('the process that made them has ended');
  }

  #unwatch(): void {
    clearInterval(this.#watch);
    this.#watch = undefined;
  }

  /** Ends the parent of init as well. It reports that, whatever is waited for. */
  #abandon(): void {
    this.#unwatch();
    this.#order(END);
    this.#channel.write(`${END}\n`);
  }

  /** Ends a boot, with everything that runs in it. Returns how init ended, as a shell numbers it. @throws TransportError */
  async endBoot(): Promise<number> {
    this.#unwatch();
    this.#order(END);
    this.#channel.write(`${END}\n`);
    const status = Number(await this.#expect('ended', 'placed', 'ready'));
    await this.#expect('over', 'placed', 'ready');
    return status;
  }

  /** Ends all of it. */
  async end(): Promise<void> {
    this.#unwatch();
    this.#channel.destroy();
    this.#gate.destroy();
    this.#place.destroy();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const late = setTimeout(() => { this.#child.kill('SIGKILL'); }, ENDS_WITHIN);
    await once(this.#child, 'exit');
    clearTimeout(late);
  }

  /** The rest of the next line that begins with a word. Lines that begin with one of the words to skip are ignored. */
  async #expect(word: Word, ...skip: Word[]): Promise<string> {
    for (;;) {
      // A write to a keeper that has gone fails, and the lines with it.
      const { value, done } = await this.#lines.next().catch(() => ({ done: true })) as { readonly value?: string; readonly done?: boolean };
      if (done === true) throw this.#unmade('the process that keeps them has ended');
      const [first = '', rest = ''] = splitOnce(value ?? '');
      if (first === word) return rest;
      if (first === 'failed') throw new TransportError(`the files cannot be mounted: ${rest.trim()}`);
      if (first === 'ended' || first === 'over') {
        this.#unwatch();
        if (first === 'ended') await this.#expect('over', 'placed', 'ready');
        throw this.#unmade(first === 'ended' ? `their first process ended with status ${rest}` : 'the process that made them has ended');
      }
      if (first === 'unnamed') this.unnamed = true;
      else if (!(skip as string[]).includes(first)) this.#complaints.push(value ?? '');
    }
  }

  #unmade(why: string): TransportError {
    // It may have lost the signal that ends it together with its parent: Linux cancels that signal if the ids are set while the process
    // starts.
    if (isInit(this.#init)) process.kill(this.#init, 'SIGKILL');
    const complaint = this.#complaints.join(' ').trim();
    return new TransportError(complaint === '' ? `the namespaces of CMD are lost: ${why}` : `the namespaces of CMD cannot be made: ${complaint}`);
  }
}

function splitOnce(line: string): [string, string] {
  const blank = line.indexOf(' ');
  return blank < 0 ? [line, ''] : [line.slice(0, blank), line.slice(blank + 1)];
}

/** Whether a process has ended, reaped or not. */
function hasEnded(pid: number): boolean {
  try {
    return /^State:\t[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
  } catch {
    return true;
  }
}

/** Whether a process is init of a pid namespace below this one. */
function isInit(pid: number): boolean {
  try {
    return /^NSpid:\t.*\t1$/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
  } catch {
    return false;
  }
}

async function isOpen(pid: number, descriptor: number): Promise<boolean> {
  return readlink(`/proc/${pid}/fd/${descriptor}`).then(() => true, () => false);
}

/** The environment of exec's own programs: with a PATH to find them, and English messages, independent of CMD's environment. */
export function toolEnvironment(): Record<string, string> {
  return { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/bin:/sbin:/bin`, LC_ALL: 'C' };
}
