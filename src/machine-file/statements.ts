import { PG } from '../abi/page-flags.ts';
import type { PageTypeName } from '../kernel/memory/page-type-names.ts';
import { PAGE_TYPES } from '../kernel/memory/page-types.ts';
import { HUGE_ORDER, MAX_ORDER } from '../kernel/memory/sizes.ts';
import { GRAMMAR } from '../control/commands.ts';
import { pagesOf } from '../control/pages-of.ts';
import { row, type StatementRow } from '../language/row.ts';
import { flag, mapped, task } from '../language/values.ts';
import { type Bad, isBad } from '../language/words.ts';
import type { Statement } from './statement.ts';
import { memorySize, order, pages, pageType, share, sizeInPages, typeInRam } from './values.ts';

const EARLY_KILL = 'early-kill';
const AT_END = 'at-end';

/** The statements of a machine file besides lines of /proc/iomem, in the order in which they are documented. */
export const MACHINE_GRAMMAR: Readonly<Record<Exclude<Statement['kind'], 'region'>, StatementRow<Statement>>> = {
  memory: row({
    synopsis: 'memory SIZE',
    does: 'so much RAM, where QEMU has it; in the place of lines of /proc/iomem',
    values: { SIZE: memorySize },
    required: ['SIZE'],
    build: ({ SIZE }) => ({ kind: 'memory', bytes: SIZE }),
  }),
  process: row({
    synopsis: 'process COMM:PID [early-kill]',
    does: 'a process that memory can belong to; early-kill: it wants its SIGBUS at once (PR_MCE_KILL_EARLY)',
    values: { PROCESS: task, [EARLY_KILL]: flag },
    required: ['PROCESS'],
    build: ({ PROCESS, [EARLY_KILL]: earlyKill }) => ({ kind: 'process', process: { ...PROCESS, ...(earlyKill && { earlyKill }) } }),
  }),
  population: row({
    synopsis: 'population type=T pages=N|size=SIZE|share=P% [order=N] [mapped=COMM:PID,…|none] [early-kill] [at-end]',
    does: 'what part of RAM is, in folios of 2^order pages; what no population takes is free',
    values: { type: typeInRam, pages, size: sizeInPages, share, order, mapped, [EARLY_KILL]: flag, [AT_END]: flag },
    required: ['type'],
    exclusive: ['pages', 'size', 'share'],
    build: ({ type, pages: number, size, share: part, order: asked, mapped: mappers, [EARLY_KILL]: earlyKill, [AT_END]: atTheEnd }) => {
      const amount = number ?? size;
      if (amount === undefined && part === undefined) return { bad: 'population is missing pages=N, size=SIZE or share=P%' };
      return badOrder(type, asked) ?? {
        kind: 'population',
        population: {
          type,
          ...(amount === undefined ? { share: part ?? 0 } : { pages: amount }),
          ...(asked !== undefined && { order: asked }),
          ...(mappers && { mappers }),
          ...(earlyKill && { earlyKill }),
          ...(atTheEnd && { atTheEnd }),
        },
      };
    },
  }),
  page: {
    ...GRAMMAR.page,
    does: 'what a page, or each of a range, is from boot on, whatever the populations make it',
    values: { ...GRAMMAR.page.values, type: pageType },
    build: (given) => {
      const command = GRAMMAR.page.build(given);
      return isBad(command) ? command : { kind: 'page', pages: pagesOf(command) };
    },
  },
};

/** Flags of pages that never come in folios: the buddy allocator's blocks are none, and what is reserved was never allocated. */
const NEVER_COMPOUND = PG.buddy | PG.reserved;

function badOrder(type: PageTypeName, asked: number | undefined): Bad | undefined {
  if (asked === undefined) return undefined;
  const { flags, order: least = 0 } = PAGE_TYPES[type];
  if (flags & NEVER_COMPOUND) return { bad: `pages of type '${type}' come one by one, leave order out` };
  const most = least === HUGE_ORDER ? HUGE_ORDER : MAX_ORDER;
  if (asked >= least && asked <= most) return undefined;
  return { bad: `order ${asked} is none for type '${type}', it is ${least === most ? least : `${least} to ${most}`}` };
}
