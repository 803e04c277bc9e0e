import type { CtlTable, MachineSize } from '../ctl-table.ts';

type Boot = NonNullable<CtlTable['boot']>;

const KB_PER_PAGE = 4;
const PAGE_BYTES = 4096;
const pagesOf = ({ totalRamKb, profile }: MachineSize): number =>
  Math.max(0, Math.floor((totalRamKb - profile.bootMemory.notFound.marks) / KB_PER_PAGE));

/** Threads take no more than an eighth of memory: a kernel stack of 16 kB each. */
const STACKS_SHARE_KB = 16 * 8;
const LEAST_THREADS = 20;
/** FUTEX_TID_MASK, the most that a futex can name. */
export const MAX_THREADS = 0x3fff_ffffn;

function threads(host: MachineSize): number {
  return Math.max(LEAST_THREADS, Math.floor((host.totalRamKb - host.profile.bootMemory.notFound.fork) / STACKS_SHARE_KB));
}

/** Boot value of kernel.threads-max. Mirrors set_max_threads() (kernel/fork.c). */
export const maxThreads: Boot = (host) => [BigInt(threads(host))];

/** Boot value of a limit of namespaces: half the threads. Mirrors fork_init() (kernel/fork.c). */
export const maxNamespaces: Boot = (host) => [BigInt(Math.floor(threads(host) / 2))];

/** Boot value of fs.file-max: a tenth of memory, in files of 1 kB. Mirrors files_maxfiles_init() (fs/file_table.c). */
export const fileMax: Boot = (host) => [BigInt(Math.max(8192, Math.floor((host.totalRamKb - host.profile.bootMemory.notFound.files) / 10)))];

/** How many things of this size take the hundredth part of memory, within 8192 and 1048576. */
function hundredth(of: keyof MachineSize['profile']['bootMemory']['bytes']): Boot {
  return (host) => [BigInt(Math.min(1_048_576, Math.max(8192, Math.floor((Math.floor(pagesOf(host) / 100) * PAGE_BYTES) / host.profile.bootMemory.bytes[of]))))];
}

/** Boot value of fs.inotify.max_user_watches: a mark and two inodes each. Mirrors inotify_user_setup() (fs/notify/inotify/inotify_user.c). */
export const inotifyWatches = hundredth('inotifyWatch');
/** Boot value of fs.fanotify.max_user_marks. Mirrors fanotify_user_setup() (fs/notify/fanotify/fanotify_user.c). */
export const fanotifyMarks = hundredth('fanotifyMark');

/** Boot value of fs.epoll.max_user_watches: 4 % of memory. Mirrors eventpoll_init() (fs/eventpoll.c). */
export const epollWatches: Boot = (host) => [BigInt(Math.floor((Math.floor(pagesOf(host) / 25) * PAGE_BYTES) / host.profile.bootMemory.bytes.epollItem))];

const MOST_NFS_CONGESTION_KB = 256n * 1024n;

/** Boot value of fs.nfs.nfs_congestion_kb: 16 pages for each of the square root of all. Mirrors nfs_init_writepagecache() (fs/nfs/write.c). */
export const nfsCongestionKb: Boot = ({ totalRamKb }) => {
  const kb = BigInt(Math.floor(Math.sqrt(Math.floor(totalRamKb / KB_PER_PAGE))) * 16 * KB_PER_PAGE);
  return [kb < MOST_NFS_CONGESTION_KB ? kb : MOST_NFS_CONGESTION_KB];
};
