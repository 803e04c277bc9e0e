/**
 * Thrown before anything is done, where what would be printed might find no room in the log. Caught where the request is answered, and between
 * the commands of a batch.
 */
export class NoRoom extends Error {
  /** Negative. */
  readonly errno: number;

  constructor(errno: number) {
    super('there is no room for what would be printed');
    this.errno = errno;
  }
}
