// How sendfile(2) and splice(2) get the contents of files whose size is 0. Linux (6.5 and later) serves them from its page cache, up to the
// size that it remembers of the file (filemap_splice_read() of mm/filemap.c); read(2) uses neither. So Linux gets a size that is too large
// for each file that is open for reading. It then asks for the pages, and a short reply sets the size to the true length. stat(2) asks for
// the attributes and shows the size in the reply.
import { FUSE_NOTIFY, FUSE_NOTIFY_STORE_OUT } from '../../abi/fuse-protocol.ts';
import { O } from '../../abi/file-calls.ts';
import { LIMITS } from '../../abi/limits.ts';
import { notification } from './reply.ts';

const PAGE_SIZE = 4096;
/** Longer than any text of a file, and no more than that: Linux keeps pages in a tree (xarray), which has more levels for a page further away. */
const FIRST_SIZE = LIMITS.textBytes.most;
/** Beyond this a double cannot hold every position. Only a program that writes at such positions gets here. */
const MOST_SIZE = 2 ** 52;
/**
 * How long to wait for a reader after its reply, in milliseconds: it looks for the end of the file, and then asks again or closes it. On a busy
 * machine it may not run for long. Only a reader that keeps the file open makes others wait for all of it.
 */
const READER_LOOKS_ON = 1000;
/** The same after the file was written: its text may be longer now, and the next reader would miss the end. */
const READER_OF_OLD_TEXT = 50;

interface Reader {
  /** The thread that opened the file. */
  readonly pid: number;
  /** Its place in the `readers` of its file. */
  at: number;
  /** `changes` of the file at the last reply to this reader. */
  seen: number;
  /** When it got pages, in milliseconds; -Infinity if it got none. It may not have used them so far. */
  gotPages: number;
}

/** What Linux remembers of the size of one file. */
export interface ClientSize {
  /**
   * `shown`: what stat(2) shows, and no pages. `raised`: more than the file has. `cut`: the true length, after the pages were read. They
   * are still in the page cache, with zeros after the end.
   */
  state: 'shown' | 'raised' | 'cut';
  /** No reader can have locked a page from this position on: no size that Linux remembered reaches it. */
  beyond: number;
  /** The readers of the file, in no order. */
  readonly readers: Reader[];
  /** How often the state of Linux was made newer. A short reply to a request for pages from before that sets no size. */
  changes: number;
  /** When pages were last read. */
  cutAt: number;
  /** When the file was first written since Linux got a size that is too large; undefined if it was not. */
  writtenAt: number | undefined;
  /** Whether stat(2) asked last while the file was open for reading: grep opens a file and then asks, and `sysctl -a` asks before. */
  askedWhileOpen: boolean;
}

export function clientSize(): ClientSize {
  return { state: 'shown', beyond: FIRST_SIZE, readers: [], changes: 0, cutAt: -Infinity, writtenAt: undefined, askedWhileOpen: false };
}

interface Sized {
  readonly id: number;
  readonly size: ClientSize;
}

export interface ClientSizesOptions {
  readonly send: (bytes: Uint8Array, length: number) => void;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
}

/**
 * Whether the attributes of a file should not come with its name: Linux would take the size from them, and a reader of the file, now or soon, would
 * need the other size again. Without the attributes, a stat(2) of a file that was read asks for them.
 */
export function keepsOwnSize({ readers, state, askedWhileOpen }: ClientSize): boolean {
  return readers.length > 0 || (state !== 'shown' && askedWhileOpen);
}

/** Keeps the sizes that Linux remembers such that splice(2) works. Each method is called before the reply to its request. */
export class ClientSizes {
  readonly #options: ClientSizesOptions;
  readonly #store = notification(FUSE_NOTIFY.STORE, FUSE_NOTIFY_STORE_OUT.size + 1);
  /**
   * A store of no bytes: it makes the attributes that Linux has newer, and nothing else. FUSE_NOTIFY_INVAL_INODE would do that too, but Linux would forget
   * the permissions, and ask for them at each open(2). Source: fuse_write_update_attr() (fs/fuse/file.c).
   */
  readonly #touch = notification(FUSE_NOTIFY.STORE, FUSE_NOTIFY_STORE_OUT.size);
  /** Handles opened with O_TRUNC, without a request since then. */
  readonly #truncating: boolean[] = [];
  /** The readers of all files, by handle: handles are small numbers, and are used again. */
  readonly #readers: (Reader | undefined)[] = [];

  constructor(options: ClientSizesOptions) {
    this.#options = options;
    this.#store.put(FUSE_NOTIFY_STORE_OUT.fields.size, 1);
  }

  /** A handle was opened. Linux drops the pages of the file after the reply. */
  opened({ id, size }: Sized, handle: number, flags: number, pid: number): void {
    if ((flags & O.trunc) !== 0) {
      // Linux sets the size to 0 after the reply.
      this.#truncating[handle] = true;
      size.state = 'shown';
    }
    if ((flags & O.accmode) === O.wronly) return;
    // A reader that looks for the end now would find zeros in the page that it has read, so the length that it found stays.
    const looksOn = size.state === 'cut' && this.#someoneLooksOn(size);
    if (size.state !== 'raised' && !looksOn) this.#raise(id, size);
    this.#removeReader(size.readers, handle);
    const reader = { pid, at: size.readers.length, seen: size.changes, gotPages: -Infinity };
    size.readers.push(reader);
    this.#readers[handle] = reader;
  }

  released(node: Sized, handle: number): void {
    this.#removeReader(node.size.readers, handle);
    this.#truncated(node, handle);
  }

  /** A write that arrived for `position` took `count` bytes. Linux raises the size to where it ended. */
  written(node: Sized, handle: number, position: number, count: number): void {
    const end = position + Math.max(0, count);
    if (end > node.size.beyond) node.size.beyond = nextPage(end);
    node.size.writtenAt ??= this.#options.now();
    this.#truncated(node, handle);
  }

  /** Linux takes the size from the reply, even if there are readers: truncate(2), and lseek(2) from the end. */
  resized({ size }: Sized): void {
    size.state = 'shown';
  }

  /** Linux asks for the attributes, because `pid` called stat(2). */
  asked(node: Sized, pid: number): void {
    node.size.askedWhileOpen = node.size.readers.length > 0;
    this.shown(node, pid);
  }

  /** The attributes are shown to `pid`. Without readers of the file, Linux may take the size from them. */
  shown({ id, size }: Sized, pid: number): void {
    if (size.readers.length === 0) {
      size.state = 'shown';
      return;
    }
    if (size.state === 'shown') {
      this.#raise(id, size);
    } else {
      // Makes the state of Linux newer than the request, so that it does not take the size from the reply.
      this.#touch.put(FUSE_NOTIFY_STORE_OUT.fields.nodeid, id);
      this.#touch.put(FUSE_NOTIFY_STORE_OUT.fields.offset, size.beyond);
      this.#send(this.#touch.bytes);
      size.changes += 1;
    }
    // It waits for this reply, so it has not asked for pages.
    for (const reader of size.readers) if (reader.pid === pid) reader.seen = size.changes;
  }

  /**
   * Linux asks for pages. Returns whether the request may be older than the last change, so that Linux must make it again. Linux does so
   * after a read ahead.
   */
  mustRetry({ size }: Sized, handle: number, ahead: boolean): boolean {
    const reader = this.#readers[handle];
    if (!ahead || reader === undefined || reader.seen === size.changes) return false;
    this.#answered(size, handle);
    return true;
  }

  /** Pages were read by a handle. If the reply is `short`, Linux takes the length of the file from it. */
  read({ size }: Sized, handle: number, short: boolean): void {
    this.#answered(size, handle);
    if (!short) return;
    size.state = 'cut';
    size.cutAt = this.#options.now();
  }

  /** Whether another task than `pid` reads pages. Then the state of Linux must not be made newer now. */
  unsettled({ size }: Sized, pid: number): boolean {
    if (size.readers.length === 0) return false;
    const now = this.#options.now();
    return size.readers.some((reader) => reader.pid !== pid && now - reader.gotPages < READER_LOOKS_ON);
  }

  /**
   * Whether a reader may look for the end in pages that were read, by its own request or by another's. Not where the text may be longer than the size that
   * Linux remembers: readers would miss its end for as long as others come.
   */
  #someoneLooksOn({ readers, cutAt, writtenAt }: ClientSize): boolean {
    const now = this.#options.now();
    return readers.length > 0 && now - cutAt < READER_LOOKS_ON && (writtenAt === undefined || now - writtenAt < READER_OF_OLD_TEXT);
  }

  #removeReader(readers: Reader[], handle: number): void {
    const reader = this.#readers[handle];
    if (reader === undefined) return;
    this.#readers[handle] = undefined;
    // The last one takes its place.
    const last = readers.pop();
    if (last === undefined || last === reader) return;
    last.at = reader.at;
    readers[last.at] = last;
  }

  #answered(size: ClientSize, handle: number): void {
    const reader = this.#readers[handle];
    if (reader === undefined) return;
    reader.seen = size.changes;
    reader.gotPages = this.#options.now();
  }

  /** A handle opened with O_TRUNC is used: Linux has already set the size to 0. */
  #truncated({ id, size }: Sized, handle: number): void {
    if (this.#truncating[handle] !== true) return;
    this.#truncating[handle] = false;
    if (size.readers.length > 0) this.#raise(id, size);
    else size.state = 'shown';
  }

  /** Puts a byte into a page that no reader can have locked. This thread would wait for the lock, and the reader for this thread. */
  #raise(id: number, size: ClientSize): void {
    if (size.beyond > MOST_SIZE) return;
    this.#store.put(FUSE_NOTIFY_STORE_OUT.fields.nodeid, id);
    this.#store.put(FUSE_NOTIFY_STORE_OUT.fields.offset, size.beyond);
    this.#send(this.#store.bytes);
    size.beyond += PAGE_SIZE;
    size.writtenAt = undefined;
    size.changes += 1;
    size.state = 'raised';
  }

  #send(bytes: Uint8Array): void {
    this.#options.send(bytes, bytes.length);
  }
}

function nextPage(position: number): number {
  return (Math.floor(position / PAGE_SIZE) + 1) * PAGE_SIZE;
}
