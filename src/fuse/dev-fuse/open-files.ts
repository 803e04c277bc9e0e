import { SEEK } from '../../abi/file-calls.ts';
import { AppendPositions } from '../append-position.ts';
import type { Filesystem, Seeking } from '../filesystem.ts';

/** An open file. Linux knows it by its handle. */
export interface FileHandle {
  readonly handle: number;
  readonly path: string;
  readonly seeking: Seeking;
  /** Of a file of records: the position of the descriptor in Linux, as far as requests show it. */
  position: number;
  /** The negative errno of a failed read ahead: Linux does not report it, and asks for the first page again. */
  failedAhead: number | undefined;
}

/**
 * The open files, and those of their positions that Linux does not report, or reports in another way than the emulated kernel would see
 * them.
 *
 * A file of records has no positions, but it knows lseek(2) to the beginning, to the end, and to where records were cleared. Linux does not
 * report SEEK_SET: it shows when a read comes from 0 again. For SEEK_END Linux asks for the size by the file's handle, which nothing else
 * does. After SEEK_END and SEEK_SET without a read between them, the descriptor counts as being at the end.
 */
export class OpenFiles {
  readonly #filesystem: Filesystem;
  /** By handle: handles are small numbers, and are used again. */
  readonly #files: (FileHandle | undefined)[] = [];
  readonly #appends = new AppendPositions();

  constructor(filesystem: Filesystem) {
    this.#filesystem = filesystem;
  }

  get(handle: number): FileHandle | undefined {
    return this.#files[handle];
  }

  add(handle: number, path: string, seeking: Seeking, flags: number): void {
    this.#files[handle] = { handle, path, seeking, position: 0, failedAhead: undefined };
    this.#appends.opened(handle, flags);
  }

  remove(handle: number): void {
    this.#files[handle] = undefined;
    this.#appends.released(handle);
  }

  /** The true position of a read that arrived for `position`. */
  ofRead(file: FileHandle, position: number): number {
    if (file.seeking !== 'records') return this.#appends.ofRead(file.handle, position);
    if (position === 0 && file.position !== 0) {
      this.#filesystem.lseek(file.handle, 0, SEEK.set);
      file.position = 0;
    }
    return position;
  }

  /** The true position of a write that arrived for `position`. */
  ofWrite(file: FileHandle, position: number): number {
    return this.#appends.ofWrite(file.handle, position);
  }

  /** A read that arrived for `position` returned `count` bytes. */
  read(file: FileHandle, position: number, count: number): void {
    if (file.seeking === 'records') moveOn(file, position, count);
    else this.#appends.read(file.handle, position, count);
  }

  /** A write that arrived for `position` wrote `count` bytes. */
  written(file: FileHandle, position: number, count: number): void {
    if (file.seeking === 'records') moveOn(file, position, count);
    else this.#appends.written(file.handle, position, count);
  }

  /** Linux asks for the size by a handle: lseek(2) with SEEK_END. */
  sizeAsked(handle: number): void {
    const file = this.#files[handle];
    if (file?.seeking !== 'records') return;
    this.#filesystem.lseek(handle, 0, SEEK.end);
    file.position = 0;
  }

  /** lseek(2) that Linux passes on: SEEK_DATA and SEEK_HOLE. */
  lseek(file: FileHandle, offset: number, whence: number): number {
    const result = this.#filesystem.lseek(file.handle, offset, whence);
    if (result >= 0) file.position = result;
    return result;
  }
}

function moveOn(file: FileHandle, position: number, count: number): void {
  if (position === file.position && count > 0) file.position += count;
}
