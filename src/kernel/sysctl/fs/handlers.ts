// Sysctls below /proc/sys/fs: the handlers here, the boot values in sizes.ts. The folder imports kernel/sysctl and abi. Start with the row
// of a file in tables/fs.ts.
import { latin1Bytes, type ProcHandler } from '../ctl-table.ts';
import { integersOf } from '../after-write.ts';
import { procDoulongvecMinmax, roundedUintHandler } from '../proc-dointvec.ts';
import type { Scale } from '../scales.ts';

/** /proc/sys/fs/file-nr: open files, free ones, and fs.file-max. Mirrors proc_nr_files() (fs/file_table.c). */
export const procNrFiles: ProcHandler = {
  ...procDoulongvecMinmax,
  read(host, entry, position, length) {
    const [open = 0n, free = 0n] = integersOf(host, entry.name);
    const [most = 0n] = integersOf(host, 'fs.file-max');
    return latin1Bytes(position === 0 ? `${open}\t${free}\t${most}\n`.slice(0, length) : '');
  },
};

const PAGE_SIZE = 4096n;
const MOST_PIPE = 1n << 31n;

/** The size of a pipe: a power of two, at least a page. 0 stands for too much. Mirrors round_pipe_size() (fs/pipe.c). */
function roundPipeSize(size: bigint): bigint {
  if (size > MOST_PIPE) return 0n;
  let power = PAGE_SIZE;
  while (power < size) power <<= 1n;
  return power;
}

/** Only the lower 32 bits count, but in kernels until 6.2. */
const PIPE_SIZE: Scale = { toKernel: (bytes) => roundPipeSize(BigInt.asUintN(32, bytes)), toUser: (bytes) => bytes, most: MOST_PIPE };
const PIPE_SIZE_OF_LONG: Scale = { ...PIPE_SIZE, toKernel: roundPipeSize };

/** /proc/sys/fs/pipe-max-size. Mirrors proc_dopipe_max_size() (fs/pipe.c). */
export const procDopipeMaxSize = roundedUintHandler(PIPE_SIZE);
export const procDopipeMaxSizeOfLong = roundedUintHandler(PIPE_SIZE_OF_LONG);
