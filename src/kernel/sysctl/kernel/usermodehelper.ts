import { LAST_CAPABILITY } from '../../../abi/caller.ts';
import { integersOf } from '../after-write.ts';
import type { ProcHandler } from '../ctl-table.ts';
import { procDoulongvecMinmax } from '../proc-dointvec.ts';

const WORD_BITS = 32;

/** Every capability, as two numbers of 32 bits, the lower first. */
export const CAP_FULL_SET = [2n ** 32n - 1n, (1n << BigInt(LAST_CAPABILITY + 1 - WORD_BITS)) - 1n] as const;

/**
 * The capabilities of programs that the kernel starts: a write can only remove some. Mirrors proc_cap_handler() (kernel/umh.c).
 */
export const procCapHandler: ProcHandler = {
  read: procDoulongvecMinmax.read,
  write(host, entry, position, data) {
    const old = integersOf(host, entry.name);
    const answer = procDoulongvecMinmax.write(host, entry, position, data);
    const written = integersOf(host, entry.name);
    host.values.set(entry.name, answer < 0 ? old : old.map((word, index) => word & BigInt.asUintN(WORD_BITS, written[index] ?? 0n)));
    return answer;
  },
  takes: () => 'two whole numbers, each a mask of 32 capabilities, to remove the others',
};
