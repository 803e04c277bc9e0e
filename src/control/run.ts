import { ERRNO } from '../abi/errno.ts';
import { LIMITS } from '../abi/limits.ts';
import { type Caller, UNKNOWN_CALLER } from '../abi/caller.ts';
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

/** What a command was stopped amid: how much of it is done, in words. */
export interface Stopped {
  readonly done: string;
}

/** A command that is run step by step, and can be stopped between them. */
type CommandSteps = Generator<undefined, number | Stopped, boolean | undefined>;

/**
 * Runs a command as `caller` does, step by step: 0, or the negative errno the kernel returned. Those that need a living kernel return -EIO on
 * a dead machine; time, reboots and the faults of files are outside of it.
 */
export function* run(machine: ControlledMachine, command: Command, caller: Caller | undefined): CommandSteps {
  const runner = RUNNERS[command.kind] as Runner<Command>;
  const result = runner(machine, command, caller);
  return typeof result === 'number' ? result : yield* result;
}

type Runner<C extends Command> = (machine: ControlledMachine, command: C, caller: Caller | undefined) => number | CommandSteps;

const RUNNERS: { readonly [K in Command['kind']]: Runner<CommandOf<K>> } = {
  *inject({ kernel }, { target, count, via, race }, caller) {
    const { life } = kernel;
    let result = 0;
    for (let n = 0; n < count; n += 1) {
      if (n > 0 && (yield)) return { done: `${n} of ${count} injections` };
      // Each is a system call of its own. One that the machine does not survive is the last, also where somebody else rebooted it.
      if (kernel.life !== life) return -ERRNO.EIO;
      let left = true;
      const answer = kernel.enter(caller, () => {
        const pfn = pfnOf(kernel, target);
        left = pfn !== undefined;
        return pfn === undefined ? -ERRNO.ENOMEM : inject(kernel, { pfn, via, ...(race && { race }) });
      });
      if (kernel.death || kernel.life !== life) return -ERRNO.EIO;
      if (answer < 0) result = answer;
      // Nothing is left to draw from, nor will be.
      if (!left) break;
    }
    return result;
  },
  'soft-offline': (machine, { target }, caller) =>
    inKernel(machine, caller, (kernel) => {
      const pfn = pfnOf(kernel, target);
      return pfn === undefined ? -ERRNO.ENOMEM : softOfflinePage(kernel, pfn);
    }),
  unpoison: (machine, { pfn }, caller) => inKernel(machine, caller, (kernel) => unpoisonMemory(kernel, pfn)),
  page: (machine, command, caller) =>
    inKernel(machine, caller, (kernel) => {
      const { first, last, type, shape } = pagesOf(command);
      if (!kernel.memory.hasRoom(shape.mappers?.length)) return -ERRNO[LIMITS.pages.errno];
      kernel.memory.define(first, last, type, shape);
      return 0;
    }),
  access: (machine, { pfn, pid, comm }, writer = UNKNOWN_CALLER) => {
    const caller = pid === undefined && comm === undefined ? writer : { uid: writer.uid, pid: pid ?? writer.pid, comm: comm ?? writer.comm };
    return machine.kernel.enter(caller, () => access(machine.kernel, pfn, pid));
  },
  fail: ({ faults }, { path, op, errno, count }) => faults.addFail({ path, op, errno: ERRNO[errno], left: count ?? Infinity }),
  delay: ({ faults }, { path, ms, count }) => faults.addDelay({ path, ms, left: count ?? Infinity }),
  log: (machine, { level, text }, caller) =>
    inKernel(machine, caller, (kernel) => {
      kernel.printk(level ?? kernel.defaultMessageLevel, text);
      return 0;
    }),
  panic: (machine, { text }, caller) => inKernel(machine, caller, (kernel) => sysrqCrash(kernel, text)),
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

function inKernel({ kernel }: ControlledMachine, caller: Caller | undefined, work: (kernel: Kernel) => number): number {
  return kernel.enter(caller, () => work(kernel));
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
