import { ERRNO } from '../abi/errno.ts';
import { LIMITS } from '../abi/limits.ts';
import { UNKNOWN_CALLER } from '../abi/caller.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { access } from '../kernel/memory-failure/access.ts';
import { inject } from '../kernel/memory-failure/inject.ts';
import { softOfflinePage } from '../kernel/memory-failure/soft-offline.ts';
import { unpoisonMemory } from '../kernel/memory-failure/unpoison.ts';
import { PAGE_SIZE } from '../kernel/memory/sizes.ts';
import { sysrqCrash } from '../kernel/panic/sysrq-crash.ts';
import type { ControlledMachine } from './controlled-machine.ts';
import type { Command, CommandOf, Target } from './command.ts';
import { pagesOf } from './pages-of.ts';

/**
 * Runs a command: 0, or the negative errno the kernel answered. Those that need a living kernel answer -EIO on a dead machine; time, reboots
 * and the faults of files are outside of it.
 */
export function run(machine: ControlledMachine, command: Command): number {
  const runner = RUNNERS[command.kind] as (machine: ControlledMachine, command: Command) => number;
  return runner(machine, command);
}

const RUNNERS: { readonly [K in Command['kind']]: (machine: ControlledMachine, command: CommandOf<K>) => number } = {
  inject: (machine, { target, count, via, race }) =>
    inKernel(machine, (kernel) => {
      let result = 0;
      for (let n = 0; n < count; n += 1) {
        const pfn = pfnOf(kernel, target);
        const answer = pfn === undefined ? -ERRNO.ENOMEM : inject(kernel, { pfn, via, ...(race && { race }) });
        if (answer < 0) result = answer;
        // Nothing is left to draw from, nor will be.
        if (pfn === undefined) break;
      }
      return result;
    }),
  'soft-offline': (machine, { target }) =>
    inKernel(machine, (kernel) => {
      const pfn = pfnOf(kernel, target);
      return pfn === undefined ? -ERRNO.ENOMEM : softOfflinePage(kernel, pfn);
    }),
  unpoison: (machine, { pfn }) => inKernel(machine, (kernel) => unpoisonMemory(kernel, pfn)),
  page: (machine, command) =>
    inKernel(machine, (kernel) => {
      const { first, last, type, shape } = pagesOf(command);
      if (!kernel.memory.hasRoom(shape.mappers?.length)) return -ERRNO[LIMITS.pages.errno];
      kernel.memory.define(first, last, type, shape);
      return 0;
    }),
  access: (machine, { pfn, pid, comm }) => {
    const caller = { ...UNKNOWN_CALLER, ...(pid !== undefined && { pid }), ...(comm !== undefined && { comm }) };
    return machine.kernel.enter(caller, () => access(machine.kernel, pfn, pid));
  },
  fail: ({ faults }, { path, op, errno, count }) => faults.addFail({ path, op, errno: ERRNO[errno], left: count ?? Infinity }),
  delay: ({ faults }, { path, ms, count }) => faults.addDelay({ path, ms, left: count ?? Infinity }),
  log: (machine, { level, text }) =>
    inKernel(machine, (kernel) => {
      kernel.printk(level ?? kernel.defaultMessageLevel, text);
      return 0;
    }),
  panic: (machine, { text }) => inKernel(machine, (kernel) => sysrqCrash(kernel, text)),
  reboot: ({ kernel }) => {
    kernel.reboot();
    return 0;
  },
  reset: ({ kernel, faults, history }) => {
    faults.clear();
    history.clear();
    kernel.reset();
    return 0;
  },
  // It is about the open file it is written to, which control-file.ts has.
  'keep-going': () => 0,
  wait: ({ kernel }, { ms }) => kernel.wait(ms * 1000),
};

function inKernel({ kernel }: ControlledMachine, work: (kernel: Kernel) => number): number {
  return kernel.enter(undefined, () => work(kernel));
}

/** The frame a target means; undefined when there is none left of its type, or no room to keep what becomes of it. */
function pfnOf(kernel: Kernel, target: Target): number | undefined {
  if (!kernel.memory.hasRoom()) return undefined;
  switch (target.kind) {
    case 'pfn': return target.pfn;
    case 'phys': return Math.floor(target.phys / PAGE_SIZE);
    case 'type': return kernel.memory.pick(target.type, kernel.random)?.pfn;
    case 'any': return kernel.memory.pickAny(kernel.random)?.pfn;
  }
}
