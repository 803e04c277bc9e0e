import type { Command, Target } from './command.ts';
import type { Value } from './value.ts';
import {
  comm, count, delayMs, errno, flag, freeText, level, mapped, operation, pageType, path, pfn, pfnRange, phys, pid, race, refs, via, waitMs,
} from './values.ts';

/**
 * What a command may be given, by key. A key in capitals is not written: it names the bare word (`PATH`, `MS`) or,
 * as `TEXT`, the free text to the end of the line.
 */
export type Values = Readonly<Record<string, Value<unknown>>>;
type Given<K extends Values> = { readonly [N in keyof K]: K[N] extends Value<infer V> ? V : never };

/** A command of the control file: what it looks like, what it may be given, and what is made of that. */
interface Row<K extends Values, R extends keyof K> {
  readonly synopsis: string;
  readonly does: string;
  readonly values: K;
  readonly required?: readonly R[];
  /** Keys of which at most one may be given. */
  readonly exclusive?: readonly (keyof K)[];
  readonly build: (given: Partial<Given<K>> & Pick<Given<K>, R>) => Command;
}

/** A row as parse.ts sees it, which does not know which keys it has. */
export interface CommandRow {
  readonly synopsis: string;
  readonly does: string;
  readonly values: Values;
  readonly required: readonly string[];
  readonly exclusive: readonly string[];
  /** Takes the values by key, each checked, with all that are required. */
  readonly build: (given: Readonly<Record<string, unknown>>) => Command;
}

function row<K extends Values, R extends keyof K = never>({ required = [], exclusive = [], ...rest }: Row<K, R>): CommandRow {
  return { ...rest, required, exclusive } as unknown as CommandRow;
}

const TARGET = { type: pageType, pfn, phys };
const ONE_TARGET = ['type', 'pfn', 'phys'] as const;

function target({ type, pfn, phys }: { readonly [N in keyof typeof TARGET]?: Given<typeof TARGET>[N] | undefined }): Target {
  if (type !== undefined) return { kind: 'type', type };
  if (pfn !== undefined) return { kind: 'pfn', pfn };
  return phys === undefined ? { kind: 'any' } : { kind: 'phys', phys };
}

/** The commands, in the order in which they are documented. */
export const GRAMMAR: Readonly<Record<Command['kind'], CommandRow>> = {
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
    synopsis: 'page pfn=P[-Q] type=T [mapped=COMM:PID,…|none] [early-kill] [refs=N]',
    does: 'say what a page, or each of a range, is',
    values: { pfn: pfnRange, type: pageType, mapped, 'early-kill': flag, refs },
    required: ['pfn', 'type'],
    build: ({ pfn, 'early-kill': earlyKill = false, ...rest }) => ({ kind: 'page', ...pfn, earlyKill, refs: 0, ...rest }),
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
  wait: row({
    synopsis: 'wait MS',
    does: "move the machine's clock on by so many milliseconds, at once",
    values: { MS: waitMs },
    required: ['MS'],
    build: ({ MS }) => ({ kind: 'wait', ms: MS }),
  }),
};
