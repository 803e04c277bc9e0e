/** The result of a read that must wait for data. It is repeated when there may be some. */
export const BLOCKS = 'blocks';

/**
 * How lseek(2) works on a file. `positions`: as usual. `none`: ESPIPE, also for pread(2) and pwrite(2). `records`: the file ignores
 * positions, returns one record for each read(2) and handles lseek(2) itself, as /dev/kmsg does.
 */
export type Seeking = 'positions' | 'none' | 'records';
