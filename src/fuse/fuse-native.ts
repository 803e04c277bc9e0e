import { statfs } from 'node:fs/promises';
import { Alarm } from './alarm.ts';
import { fuseDescriptors } from './fuse-descriptors.ts';
import { loadFuseNative, MOUNT_POINT_MAX } from './fuse-native-library.ts';
import type { FuseNative } from './fuse-native-library.ts';
import { fuseNativeOperations } from './fuse-native-operations.ts';
import { HeldReplies } from './held-replies.ts';
import { deviceError } from './fuse-device.ts';
import { MountWatch } from './mount-watch.ts';
import { CACHE_SECONDS } from './file-attributes.ts';
import { type Service, type ServiceSource, loadService } from './service.ts';
import { type Mounted, type Transport, TransportError, type TransportOptions } from './transport.ts';

/**
 * The longest write request, in bytes. libfuse 2.9 reads requests into a buffer of 132 KiB (MIN_BUFSIZE of lib/fuse_kern_chan.c), and Linux
 * sends a server of its protocol (7.19) 32 pages at a time: 128 KiB, or less if the tool's buffer does not begin at a page. A write(2) of
 * 200,000 bytes arrives as 131,072 and 68,928 at best.
 *
 * Each tool chooses the size of its writes. Measured with 200,000 bytes: cat, cp, dd bs=200000 and a here-document to cat make those two
 * requests; bash's `echo "$x"` of one line makes three (129,296 + 67,312 + 3,393), dash's two; Python's write() two. tee, seq, mawk and
 * perl write 8,192 bytes at a time, even if that splits a line. bash's echo and printf make a separate write of every line.
 */
const MAX_WRITE = 131_072;

interface Options {
  readonly mountPoint: string;
  readonly allowOther: boolean;
}

/** The options of the mount and of libfuse. fuse-native has names for few of them. */
function mountOptions({ allowOther }: Options): string {
  const options = [
    'fsname=vmsysctld', 'subtype=vmsysctld', // `vmsysctld MNT fuse.vmsysctld` in /proc/mounts
    'default_permissions', // modes are checked by Linux
    ...(allowOther ? ['allow_other'] : []),
    'direct_io', // files of size 0 have contents; each read(2) and write(2) arrives with its own position and length
    'use_ino', // the filesystem chooses inode numbers
    'hard_remove', // unlink of an open file arrives as unlink, not as a rename to .fuse_hidden…
    'atomic_o_trunc', // O_TRUNC arrives with open, not as a separate truncate
    'big_writes', `max_write=${MAX_WRITE}`,
    `entry_timeout=${CACHE_SECONDS}`, `attr_timeout=${CACHE_SECONDS}`,
  ];
  return `-o${options.join(',')}`;
}

function openMount(library: FuseNative, { filesystem, onError }: Service, options: Options, held: HeldReplies): Promise<() => void> {
  class Mount extends library {
    // This overrides fuse-native's own choice of options: it has no name for direct_io and most others.
    override _fuseOptions(): string {
      return mountOptions(options);
    }
  }
  const operations = fuseNativeOperations({
    filesystem, held, onError, mountedAt: Date.now(),
    owner: { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 },
  });
  const mount = new Mount(options.mountPoint, operations, { timeout: false });
  return new Promise((resolve, reject) => {
    mount.open((error) => {
      if (error === null || error === undefined) resolve(() => { mount.close(() => undefined); });
      else reject(new TransportError(`cannot mount on ${options.mountPoint}: ${explain(error.message, options)}`, { cause: error }));
    });
  });
}

/** What went wrong, and what would be right. fuse-native always reports `fuse failed`; libfuse printed the reason on stderr. */
function explain(message: string, { allowOther }: Options): string {
  if (message !== 'fuse failed') return message;
  if (process.geteuid?.() === 0) return 'Linux refused it: in a container add --cap-add SYS_ADMIN --device /dev/fuse';
  if (allowOther) return 'fusermount refused it: --allow-other needs the line user_allow_other in /etc/fuse.conf';
  return 'fusermount refused it: fuse3 must be installed and the mount point be this user\'s own';
}

/**
 * The transport over fuse-native 2.2.6, which is libfuse 2.9 with its thread pool. It does not know callers (pid, uid, comm).
 *
 * `mountPoint` must be a canonical path, as prepareMountPoint() returns it: fuse-native mistakes a symbolic link for a mount in use.
 * While a reply is held back, no signal ends its caller, not even SIGKILL: interrupts (`intr`) are off, because libfuse would deliver them
 * as SIGUSR1 to this process. Never start a child process with the mount as its directory: libuv waits for the child, and the child waits
 * for this process to look the directory up.
 */
export const fuseNativeTransport: Transport = {
  name: 'fuse-native',

  async mount(source: ServiceSource, { mountPoint, allowOther, onNews, onTrouble }: TransportOptions): Promise<Mounted> {
    const options = { mountPoint: await mountPoint, allowOther };
    const library = loadFuseNative();
    if (Buffer.byteLength(options.mountPoint) > MOUNT_POINT_MAX) {
      throw new TransportError(`the name of the mount point is longer than ${MOUNT_POINT_MAX} bytes: mount on a shorter one`);
    }
    const unusable = await deviceError();
    if (unusable !== undefined) throw unusable;
    const alarm = new Alarm(() => { service.wake(); });
    const start = await loadService(source);
    const service = start({
      transport: this.name, wakeAfter: (milliseconds) => { alarm.set(milliseconds); }, tell: (news) => { onNews?.(news); }, readsCanWait: false,
    });
    const closeService = (): void => {
      alarm.clear();
      service.close();
    };
    try {
      const held = new HeldReplies();
      const before = await fuseDescriptors();
      const close = await openMount(library, service, options, held);
      const descriptor = (await fuseDescriptors()).find((open) => !before.includes(open));
      // libfuse closes its descriptor when all of its threads have ended, so not before the last reply.
      const watch = await MountWatch.start(options.mountPoint, { descriptor, isSuspicious: () => held.size > 0, onTrouble });
      const gone = watch.gone.then((how) => {
        held.letGo();
        close();
        closeService();
        return how;
      });
      return {
        transport: this.name, gone, command: async (order) => service.command(order),
        // The main thread serves. It asks itself, through Linux and libfuse's threads.
        answers: async () => { await statfs(options.mountPoint); },
        unmount: () => watch.unmount(),
      };
    } catch (error) {
      closeService();
      throw error;
    }
  },
};
