/*
 * The control language: what a user writes to the file `control`, and what `cat control` and `status.json` print.
 *
 * This file is the place to start: CONTROL_COMMANDS has one row for each command, and a new command is one new row. A write arrives in
 * control-file.ts. It parses the whole batch (command.ts), then runs one command after the other. report.ts and status.ts print the state.
 * The folder may import language, vfs, kernel and abi. It is pure: no I/O, no clock, nothing of Node.
 */
import { type Caller, UNKNOWN_CALLER } from '../abi/caller.ts';
import { ERRNO } from '../abi/errno.ts';
import { hex } from '../abi/printable.ts';
import { LIMITS } from '../abi/limits.ts';
import { levelName } from '../abi/log-level.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Extent } from '../kernel/memory/extents.ts';
import { inject } from '../kernel/ras/inject.ts';
import { readMemory } from '../kernel/ras/latent.ts';
import { softOfflinePage } from '../kernel/memory-failure/soft-offline.ts';
import { unpoisonMemory } from '../kernel/memory-failure/unpoison.ts';
import { sysrqCrash } from '../kernel/panic/panic.ts';
import { comm, flag, freeText, mapped, pfn, pfnRange, pid, refs } from '../language/values.ts';
import { writeFreeText, writeMapped, writeWord } from '../language/write.ts';
import { command } from './command-row.ts';
import type { ControlledMachine } from './controlled-machine.ts';
import { ERROR_COMMAND } from './error-command.ts';
import { repeat } from './repeat.ts';
import { ONE_TARGET, pfnOf, TARGET, target, writeCount, writeTarget } from './target.ts';
import { count, delayMs, errno, level, operation, pageType, path, race, via, waitMs } from './values.ts';

/** The commands, in the order in which they are documented. */
export const CONTROL_COMMANDS = {
  inject: command({
    synopsis: 'inject [type=T | pfn=P | phys=A] [count=N] [via=hard|corrupt|mce|ghes] [race=R]',
    does: 'run memory_failure() on a page of that type, or on that page',
    values: { ...TARGET, count, via, race },
    exclusive: ONE_TARGET,
    build: ({ type, pfn, phys, count = 1, via = 'hard', race }) => (
      { target: target({ type, pfn, phys }), count, via, ...(race !== undefined && { race }) }
    ),
    write: ({ target, count, via, race }) => [
      writeTarget(target), count !== 1 && writeCount(count), via !== 'hard' && `via=${via}`, race !== undefined && `race=${race}`,
    ],
    injections: ({ count }) => count,
    run: ({ kernel }, { target, count, via, race }, { caller }) => repeat(kernel, caller, count, 'injections', () => {
      const frame = pfnOf(kernel, target);
      return frame === undefined ? undefined : inject(kernel, { pfn: frame, via, ...(race && { race }) });
    }),
  }),
  error: ERROR_COMMAND,
  'soft-offline': command({
    synopsis: 'soft-offline [type=T | pfn=P | phys=A]',
    does: 'run soft_offline_page() on it: move what it holds elsewhere',
    values: TARGET,
    exclusive: ONE_TARGET,
    build: (given) => ({ target: target(given) }),
    write: ({ target }) => [writeTarget(target)],
    run: (machine, { target }, { caller }) =>
      inKernel(machine, caller, (kernel) => {
        const frame = pfnOf(kernel, target);
        return frame === undefined ? -ERRNO.ENOMEM : softOfflinePage(kernel, frame);
      }),
  }),
  unpoison: command({
    synopsis: 'unpoison pfn=P',
    does: 'take the poison off a page again',
    values: { pfn },
    required: ['pfn'],
    build: (given) => given,
    write: ({ pfn }) => [`pfn=${hex(pfn)}`],
    run: (machine, { pfn }, { caller }) => inKernel(machine, caller, (kernel) => unpoisonMemory(kernel, pfn)),
  }),
  // The arguments are an Extent: a machine file has the same statement.
  page: command({
    synopsis: 'page pfn=P[-Q] type=T [mapped=COMM:PID,…|none] [early-kill] [no-address] [refs=N]',
    does: 'say what a page, or each of a range, is',
    values: { pfn: pfnRange, type: pageType, mapped, 'early-kill': flag, 'no-address': flag, refs },
    required: ['pfn', 'type'],
    build: ({ pfn: { first, last }, type, mapped: mappers, 'early-kill': earlyKill, 'no-address': noAddress, refs: pins = 0 }): Extent => (
      { first, last, type, shape: { ...(mappers && { mappers }), ...(earlyKill && { earlyKill }), ...(noAddress && { noAddress }), ...(pins > 0 && { pins }) } }
    ),
    write: ({ first, last, type, shape: { mappers, earlyKill, noAddress, pins = 0 } }) => [
      `pfn=${hex(first)}${last === first ? '' : `-${hex(last)}`}`, `type=${type}`, mappers && writeMapped(mappers), earlyKill && 'early-kill',
      noAddress && 'no-address', pins > 0 && `refs=${pins}`,
    ],
    run: (machine, { first, last, type, shape }, { caller }) =>
      inKernel(machine, caller, (kernel) => {
        if (!kernel.memory.hasRoom(shape.mappers?.length)) return -ERRNO[LIMITS.pages.errno];
        kernel.memory.define(first, last, type, shape);
        return 0;
      }),
  }),
  access: command({
    synopsis: 'access pfn=P [comm=C] [pid=N]',
    does: 'consume the poison: SIGBUS for a user page, a crash for kernel memory',
    values: { pfn, comm, pid },
    required: ['pfn'],
    build: (given) => given,
    write: ({ pfn, comm, pid }) => [`pfn=${hex(pfn)}`, comm !== undefined && `comm=${writeWord(comm)}`, pid !== undefined && `pid=${pid}`],
    run({ kernel }, { pfn, pid, comm }, { caller: writer = UNKNOWN_CALLER }) {
      const caller = pid === undefined && comm === undefined ? writer : { uid: writer.uid, pid: pid ?? writer.pid, comm: comm ?? writer.comm };
      return kernel.enter(caller, () => readMemory(kernel, pfn, pid));
    },
  }),
  fail: command({
    synopsis: 'fail PATH op=read|write|open errno=E [count=N]',
    does: 'make a file answer that error, N times or until reset',
    values: { PATH: path, op: operation, errno, count },
    required: ['PATH', 'op', 'errno'],
    build: ({ PATH, ...rest }) => ({ path: PATH, ...rest }),
    write: ({ path, op, errno, count }) => [writeWord(path), `op=${op}`, `errno=${errno}`, writeCount(count)],
    check: (machine, { path }) => unknownFile(machine, 'fail', path),
    run: ({ faults }, { path, op, errno, count }) => faults.addFail({ path, op, errno: ERRNO[errno], left: count ?? Infinity }),
  }),
  delay: command({
    synopsis: 'delay PATH ms=N [count=N]',
    does: 'make a file answer late, N times or until reset',
    values: { PATH: path, ms: delayMs, count },
    required: ['PATH', 'ms'],
    build: ({ PATH, ...rest }) => ({ path: PATH, ...rest }),
    write: ({ path, ms, count }) => [writeWord(path), `ms=${ms}`, writeCount(count)],
    check: (machine, { path }) => unknownFile(machine, 'delay', path),
    run: ({ faults }, { path, ms, count }) => faults.addDelay({ path, ms, left: count ?? Infinity }),
  }),
  log: command({
    synopsis: 'log [level=L] TEXT',
    does: "print a line of the kernel's own",
    values: { level, TEXT: freeText },
    required: ['TEXT'],
    build: ({ TEXT, ...rest }) => ({ text: TEXT, ...rest }),
    write: ({ level, text }) => [level !== undefined && `level=${levelName(level)}`, writeFreeText(text)],
    run: (machine, { level, text }, { caller }) =>
      inKernel(machine, caller, (kernel) => {
        kernel.printk(level ?? kernel.defaultMessageLevel, text);
        return 0;
      }),
  }),
  panic: command({
    synopsis: 'panic [TEXT]',
    does: 'panic, as kernel.panic asks for it',
    values: { TEXT: freeText },
    build: ({ TEXT }) => (TEXT === undefined ? {} : { text: TEXT }),
    write: ({ text }) => [text !== undefined && writeFreeText(text)],
    run: (machine, { text }, { caller }) => inKernel(machine, caller, (kernel) => sysrqCrash(kernel, text)),
  }),
  reboot: command({
    synopsis: 'reboot',
    does: 'boot again: sysctls at their boot values, no poison, counters at 0',
    values: {},
    build: () => ({}),
    write: () => [],
    run({ kernel }) {
      kernel.reboot();
      return 0;
    },
  }),
  reset: command({
    synopsis: 'reset',
    does: 'make everything as it was when the daemon started: a new boot, no fail and delay',
    values: {},
    build: () => ({}),
    write: () => [],
    run({ kernel, faults, commandLog }) {
      faults.clear();
      commandLog.clear();
      kernel.reset();
      return 0;
    },
  }),
  'keep-going': command({
    synopsis: 'keep-going',
    does: 'until the file is closed, write(2) returns success even if a command fails',
    values: {},
    build: () => ({}),
    write: () => [],
    run(_machine, _given, { file }) {
      file.keepsGoing = true;
      return 0;
    },
  }),
  wait: command({
    synopsis: 'wait MS',
    does: "move the machine's clock forward by MS milliseconds, at once",
    values: { MS: waitMs },
    required: ['MS'],
    build: ({ MS }) => ({ ms: MS }),
    write: ({ ms }) => [String(ms)],
    run: ({ kernel }, { ms }) => kernel.wait(ms * 1000),
  }),
} as const;

function inKernel({ kernel }: ControlledMachine, caller: Caller | undefined, work: (kernel: Kernel) => number): number {
  return kernel.enter(caller, () => work(kernel));
}

function unknownFile(machine: ControlledMachine, name: string, path: string): string | undefined {
  return machine.hasFile(path) ? undefined : `${name}: the machine has no file '${path}' in this mount`;
}
