import { type Given, row, type StatementRow } from '../language/row.ts';
import { comm, flag, freeText, mapped, pfn, pfnRange, phys, pid, refs } from '../language/values.ts';
import type { Command, CommandOf, Target } from './command.ts';
import { count, delayMs, errno, level, operation, pageType, path, race, via, waitMs } from './values.ts';

const TARGET = { type: pageType, pfn, phys };
const ONE_TARGET = ['type', 'pfn', 'phys'] as const;

function target({ type, pfn, phys }: { readonly [N in keyof typeof TARGET]?: Given<typeof TARGET>[N] | undefined }): Target {
  if (type !== undefined) return { kind: 'type', type };
  if (pfn !== undefined) return { kind: 'pfn', pfn };
  return phys === undefined ? { kind: 'any' } : { kind: 'phys', phys };
}

/** The commands, in the order in which they are documented. */
export const GRAMMAR: { readonly [K in Command['kind']]: StatementRow<CommandOf<K>> } = {
  inject: row({
    synopsis: 'inject [type=T | pfn=P | phys=A] [count=N] [via=hard|corrupt|mce] [race=R]',
    does: 'run memory_failure() on a page of that type, or on that page',
    values: { ...TARGET, count, via, race },
    exclusive: ONE_TARGET,
    build: ({ type, pfn, phys, ...rest }) => ({ kind: 'inject', target: target({ type, pfn, phys }), count: 1, via: 'hard', ...rest }),
  }),
  'soft-offline': row({
    synopsis: 'soft-offline [type=T | pfn=P | phys=A]',
    does: 'run soft_offline_page() on it: move what it holds elsewhere',
    values: TARGET,
    exclusive: ONE_TARGET,
    build: (given) => ({ kind: 'soft-offline', target: target(given) }),
  }),
  unpoison: row({
    synopsis: 'unpoison pfn=P',
    does: 'take the poison off a page again',
    values: { pfn },
    required: ['pfn'],
    build: (given) => ({ kind: 'unpoison', ...given }),
  }),
  page: row({
    synopsis: 'page pfn=P[-Q] type=T [mapped=COMM:PID,…|none] [early-kill] [no-address] [refs=N]',
    does: 'say what a page, or each of a range, is',
    values: { pfn: pfnRange, type: pageType, mapped, 'early-kill': flag, 'no-address': flag, refs },
    required: ['pfn', 'type'],
    build: ({ pfn, 'early-kill': earlyKill = false, 'no-address': noAddress, ...rest }) => (
      { kind: 'page', ...pfn, earlyKill, ...(noAddress && { noAddress }), refs: 0, ...rest }
    ),
  }),
  access: row({
    synopsis: 'access pfn=P [comm=C] [pid=N]',
    does: 'consume the poison: SIGBUS for a user page, a crash for kernel memory',
    values: { pfn, comm, pid },
    required: ['pfn'],
    build: (given) => ({ kind: 'access', ...given }),
  }),
  fail: row({
    synopsis: 'fail PATH op=read|write|open errno=E [count=N]',
    does: 'make a file answer that error, N times or until reset',
    values: { PATH: path, op: operation, errno, count },
    required: ['PATH', 'op', 'errno'],
    build: ({ PATH, ...rest }) => ({ kind: 'fail', path: PATH, ...rest }),
  }),
  delay: row({
    synopsis: 'delay PATH ms=N [count=N]',
    does: 'make a file answer late, N times or until reset',
    values: { PATH: path, ms: delayMs, count },
    required: ['PATH', 'ms'],
    build: ({ PATH, ...rest }) => ({ kind: 'delay', path: PATH, ...rest }),
  }),
  log: row({
    synopsis: 'log [level=L] TEXT',
    does: "print a line of the kernel's own",
    values: { level, TEXT: freeText },
    required: ['TEXT'],
    build: ({ TEXT, ...rest }) => ({ kind: 'log', text: TEXT, ...rest }),
  }),
  panic: row({
    synopsis: 'panic [TEXT]',
    does: 'panic, as kernel.panic asks for it',
    values: { TEXT: freeText },
    build: ({ TEXT }) => ({ kind: 'panic', ...(TEXT !== undefined && { text: TEXT }) }),
  }),
  reboot: row({
    synopsis: 'reboot',
    does: 'boot anew: sysctls at their boot values, no poison, counters at 0',
    values: {},
    build: () => ({ kind: 'reboot' }),
  }),
  reset: row({
    synopsis: 'reset',
    does: 'make everything as it was when the daemon started: a new boot, no fail and delay',
    values: {},
    build: () => ({ kind: 'reset' }),
  }),
  'keep-going': row({
    synopsis: 'keep-going',
    does: 'from here until the file is closed, what a command answers is not the answer of write(2)',
    values: {},
    build: () => ({ kind: 'keep-going' }),
  }),
  wait: row({
    synopsis: 'wait MS',
    does: "move the machine's clock on by so many milliseconds, at once",
    values: { MS: waitMs },
    required: ['MS'],
    build: ({ MS }) => ({ kind: 'wait', ms: MS }),
  }),
};
