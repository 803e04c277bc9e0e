/** What a read answers that has to wait for something to read: it is asked again when there may be. */
export const BLOCKS = 'blocks';

/**
 * What lseek(2) comes to on a file. `positions`: as usual; `none`: it is refused with ESPIPE, as are pread(2) and pwrite(2); `records`: the file
 * gives one record a read(2) whatever the position, and takes lseek(2) itself, as /dev/kmsg does.
 */
export type Seeking = 'positions' | 'none' | 'records';
