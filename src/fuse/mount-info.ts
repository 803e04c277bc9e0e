import { type FileHandle, open } from 'node:fs/promises';

/** One line of `/proc/self/mountinfo`, the fields used here. */
export interface MountInfo {
  /** Mount id: the same while the mount lives. Linux may give it to another mount later. */
  readonly id: number;
  /** `major:minor` of the mounted filesystem, which a bind mount of it shares. */
  readonly device: string;
  /** The mounted part of the filesystem: `/`, or the directory that a bind mount shows. */
  readonly root: string;
  readonly mountPoint: string;
  /** With its subtype, as `fuse.vmsysctld`. */
  readonly type: string;
  /** What is mounted: a block device, or a name as `vmsysctld`. */
  readonly source: string;
  /** Whether nothing can be written through this mount, whatever the filesystem allows. */
  readonly readOnly: boolean;
}

/** Undoes the kernel's `mangle()` (fs/proc_namespace.c): `\040` stands for a space, `\012` for a newline. */
function unescapeOctal(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));
}

/** The mounts of a mountinfo text, in its order. If two have the same mount point, the later line is the one on top. */
export function parseMountInfo(text: string): MountInfo[] {
  const mounts: MountInfo[] = [];
  for (const line of text.split('\n')) {
    const fields = line.split(' ');
    // Between the six fields of the mount and the three of the filesystem are optional ones, ended by a hyphen.
    const hyphen = fields.indexOf('-', 6);
    if (hyphen === -1) continue;
    const [id, , device, root, mountPoint, options = ''] = fields;
    const [type, source] = fields.slice(hyphen + 1);
    if (id === undefined || device === undefined || root === undefined || mountPoint === undefined || type === undefined) continue;
    mounts.push({
      id: Number(id), device, root: unescapeOctal(root), mountPoint: unescapeOctal(mountPoint), type: unescapeOctal(type),
      source: unescapeOctal(source ?? ''), readOnly: options.split(',').includes('ro'),
    });
  }
  return mounts;
}

/** Bytes of one read. The kernel returns whole lines, at most about a page of them. */
const PIECE = 16_384;

/** The mount table of this process, kept open: reading it again needs no new file descriptor. There may be none left. */
export class MountTable {
  readonly #file: FileHandle;
  #reading: Promise<unknown> = Promise.resolve();

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async open(): Promise<MountTable> {
    return new MountTable(await open('/proc/self/mountinfo'));
  }

  /** The mounts this process sees now. Reading them asks no mounted filesystem, so a dead one cannot block it. */
  async read(): Promise<MountInfo[]> {
    // One after the other: between the pieces of another reading, Linux counts bytes of a table that may have changed, and lines are lost.
    const reading = this.#reading.then(() => this.#read());
    this.#reading = reading.catch(() => undefined);
    return reading;
  }

  async #read(): Promise<MountInfo[]> {
    const pieces: Buffer[] = [];
    for (let at = 0; ;) {
      const { bytesRead, buffer } = await this.#file.read(Buffer.allocUnsafe(PIECE), 0, PIECE, at);
      if (bytesRead === 0) return parseMountInfo(Buffer.concat(pieces).toString());
      pieces.push(buffer.subarray(0, bytesRead));
      at += bytesRead;
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

/** The mounts this process sees, read once. */
export async function readMounts(): Promise<MountInfo[]> {
  const table = await MountTable.open();
  try {
    return await table.read();
  } finally {
    await table.close();
  }
}

/** The topmost mount at a canonical path, if there is one. */
export function topMountAt(mounts: readonly MountInfo[], mountPoint: string): MountInfo | undefined {
  return mounts.findLast((mount) => mount.mountPoint === mountPoint);
}

/** Whether a mount is one of this program's. */
export function isOurs({ type, source }: MountInfo): boolean {
  return type === 'fuse.vmsysctld' || (type === 'fuse' && source === 'vmsysctld');
}

/** Where machines are mounted: of each machine its first mount. Mounts that another mount hides are left out. */
export function machineMounts(mounts: readonly MountInfo[]): MountInfo[] {
  const whole = mounts.filter((mount) => isOurs(mount) && mount.root === '/' && topMountAt(mounts, mount.mountPoint) === mount);
  return whole.filter((mount, index) => whole.findIndex(({ device }) => device === mount.device) === index);
}
