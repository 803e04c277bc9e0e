import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { mayMount } from '../../fuse/dev-fuse/may-mount.ts';
import { newServingWorker } from '../../fuse/dev-fuse/serving-worker.ts';
import { deviceError } from '../../fuse/fuse-device.ts';
import { parseMountInfo } from '../../fuse/mount-info.ts';
import { TransportError } from '../../fuse/transport.ts';
import { Commands } from './command.ts';
import { Keeper } from './namespace.ts';
import { formatFstab, mountsOnProc } from './mount-plan.ts';
import { newRunState, RUN, type RunState } from './run-state.ts';
import { SCRATCH } from './scripts.ts';

/** What an exec needs whatever its options say: made while these are read, for it takes time of its own. */
export interface Prepared {
  /** On /dev/fuse, and mounted. */
  readonly descriptor: number;
  /** The scratch filesystem, as the namespace sees it, and as this process does. */
  readonly scratch: string;
  readonly outside: string;
  readonly keeper: Keeper;
  /** Reaches the launcher, which is being started. */
  readonly commands: Commands;
  readonly state: RunState;
  /** The thread that is to serve. */
  readonly worker: Worker;
  /** Ends all of it, and leaves nothing; done once, however often it is asked for. */
  end(): Promise<void>;
}

/**
 * Directories for the scratch filesystem to stand on, in the private namespace alone: one that hides nothing anybody would miss. Where there
 * is /dev/fuse there is the first.
 */
const SCRATCH_PLACES = ['/sys/fs/fuse/connections', '/mnt', '/media', '/srv'];

/** The hidden option by which a process that plays root in a user namespace is told who CMD is to be: UID:GID. */
const OWNER = /^--owner=([0-9]+):([0-9]+)$/;

function launcherCommand(args: readonly string[]): string[] {
  // It comes first, and only from exec itself.
  const [, uid, gid] = OWNER.exec(args[1] ?? '') ?? [];
  const as = uid === undefined ? [] : ['unshare', `--map-user=${uid}`, `--map-group=${gid}`, '--'];
  return [...as, process.execPath, fileURLToPath(new URL('launcher.js', import.meta.url))];
}

/** Prepares an exec of this command line; undefined where this process may not mount. @throws TransportError */
export async function prepareExec(args: readonly string[], module: string): Promise<Prepared | undefined> {
  if (!(await mayMount())) return undefined;
  const unusable = await deviceError();
  if (unusable !== undefined) throw unusable;
  const scratch = SCRATCH_PLACES.find((place) => existsSync(place));
  if (scratch === undefined) throw new TransportError(`none of the directories ${SCRATCH_PLACES.join(', ')} is there: create /mnt`);
  // Loading takes most of the time that exec adds to its command's: both threads do it at once.
  const worker = newServingWorker(module);
  worker.unref();
  const descriptor = openSync('/dev/fuse', 'r+');
  try {
    const keeper = await Keeper.start({ descriptor, scratch, launcher: launcherCommand(args) });
    const outside = `/proc/${keeper.pid}/root${scratch}`;
    layOutProc(outside, scratch);
    const state = newRunState();
    const commands = await Commands.listen(join(outside, SCRATCH.socket), (pid) => { Atomics.store(state, RUN.init, pid); });
    keeper.next();
    let ended: Promise<void> | undefined;
    return {
      descriptor, scratch, outside, keeper, commands, state, worker,
      end: () => (ended ??= end(keeper, commands, descriptor)),
    };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** Makes what init needs to have a proc of the namespace's own, with what is mounted on this one. */
function layOutProc(outside: string, inside: string): void {
  mkdirSync(join(outside, SCRATCH.proc));
  const mounts = parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8'));
  writeFileSync(join(outside, SCRATCH.procFstab), formatFstab(mountsOnProc(mounts, join(inside, SCRATCH.proc))));
}

async function end(keeper: Keeper, commands: Commands, descriptor: number): Promise<void> {
  // The launcher goes when it is left alone, and the keeper when that has gone.
  commands.close();
  await keeper.end();
  closeSync(descriptor);
}
