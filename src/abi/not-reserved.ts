/**
 * Thrown before anything is done, where no space could be reserved for what would be printed. Caught where the request is answered, and between
 * the commands of a batch.
 */
export class NotReserved extends Error {
  /** Negative. */
  readonly errno: number;

  constructor(errno: number) {
    super('there is no space for what would be printed');
    this.errno = errno;
  }
}
