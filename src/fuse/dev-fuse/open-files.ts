import { SEEK } from '../../abi/file-calls.ts';
import { AppendPositions } from '../append-position.ts';
import type { Filesystem, Seeking } from '../filesystem.ts';

/** What Linux knows by one file handle: an open file. */
export interface FileHandle {
  readonly handle: number;
  readonly path: string;
  readonly seeking: Seeking;
  /** Of a file of records: where Linux has the descriptor stand, as far as it can be told from what came. */
  position: number;
}

/**
 * The open files, and what of their positions Linux does not tell, or tells otherwise than the emulated kernel would take it.
 *
 * A file of records knows no position, but lseek(2) to the beginning, to the end, and to where records were cleared. Of SEEK_SET Linux says
 * nothing: it shows when a read comes from 0 again. SEEK_END has Linux ask for the size by the file's handle, which nothing else does.
 * After SEEK_END and SEEK_SET without a read in between the descriptor is taken to be at the end.
 */
export class OpenFiles {
  readonly #filesystem: Filesystem;
  readonly #files = new Map<number, FileHandle>();
  readonly #appends = new AppendPositions();

  constructor(filesystem: Filesystem) {
    this.#filesystem = filesystem;
  }

  get(handle: number): FileHandle | undefined {
    return this.#files.get(handle);
  }

  add(handle: number, path: string, seeking: Seeking, flags: number): void {
    this.#files.set(handle, { handle, path, seeking, position: 0 });
    this.#appends.opened(handle, flags);
  }

  remove(handle: number): void {
    this.#files.delete(handle);
    this.#appends.released(handle);
  }

  /** Where a read that arrived for `position` belongs. */
  ofRead(file: FileHandle, position: number): number {
    if (file.seeking !== 'records') return this.#appends.ofRead(file.handle, position);
    if (position === 0 && file.position !== 0) {
      this.#filesystem.lseek(file.handle, 0, SEEK.set);
      file.position = 0;
    }
    return position;
  }

  /** Where a write that arrived for `position` belongs. */
  ofWrite(file: FileHandle, position: number): number {
    return this.#appends.ofWrite(file.handle, position);
  }

  /** A read that arrived for `position` has given so many bytes. */
  read(file: FileHandle, position: number, count: number): void {
    if (file.seeking === 'records') moveOn(file, position, count);
    else this.#appends.read(file.handle, position, count);
  }

  /** So much was taken of a write that arrived for `position`. */
  written(file: FileHandle, position: number, count: number): void {
    if (file.seeking === 'records') moveOn(file, position, count);
    else this.#appends.written(file.handle, position, count);
  }

  /** Linux asks for the size by a handle: lseek(2) with SEEK_END. */
  sizeAsked(handle: number): void {
    const file = this.#files.get(handle);
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
