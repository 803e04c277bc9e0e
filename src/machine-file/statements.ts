import { PG } from '../abi/page-flags.ts';
import { CONTROL_COMMANDS } from '../control/commands.ts';
import { type Dimm, DIMM_TYPES } from '../kernel/memory/dimms.ts';
import type { Extent } from '../kernel/memory/extents.ts';
import { PAGE_TYPES, PAGE_TYPE_NAMES, type PageTypeName } from '../kernel/memory/page-types.ts';
import type { Population } from '../kernel/memory/population.ts';
import type { Region } from '../kernel/memory/regions.ts';
import { HUGE_ORDER, LEAST_MEMORY, MAX_ORDER, MOST_MEMORY, PAGE_SIZE } from '../kernel/memory/frames.ts';
import { PROFILE_NAMES } from '../kernel/profiles/names.ts';
import { netInterface } from '../kernel/sysctl/machine-parts.ts';
import { MODULE_NAMES } from '../kernel/sysctl/modules/names.ts';
import type { NumberedStatement } from '../language/parse.ts';
import { row, type StatementIn, type StatementRow } from '../language/row.ts';
import { choice, flag, freeText, itself, keysOf, mapped, number, pageTypeOf, parseSize, task, type Value, writeSize } from '../language/values.ts';
import { type Bad, isBad, list, show } from '../language/words.ts';

/** A population as its line gives it: a number of pages, or a share of all RAM, from 0 to 1. */
export type SizedPopulation = Omit<Population, 'pages'> & ({ readonly pages: number } | { readonly share: number });

/** How much memory a machine can have, for messages. */
export const MEMORY_RANGE = `${writeSize(LEAST_MEMORY)} to ${writeSize(MOST_MEMORY)}`;

/** How much RAM a machine has, in bytes. */
const memorySize: Value<number> = {
  shows: 'SIZE',
  parse(text) {
    const bytes = parseSize(text);
    if (bytes !== undefined && bytes >= LEAST_MEMORY && bytes <= MOST_MEMORY) return bytes;
    return { bad: `bad memory ${show(text)}, it is ${MEMORY_RANGE}, such as 32G` };
  },
};

/** Any page type. */
const pageType = pageTypeOf(PAGE_TYPE_NAMES, `it is ${list(PAGE_TYPE_NAMES, 'or')}`);

/** A page type of pages in RAM. */
const typeInRam: Value<PageTypeName> = {
  ...pageType,
  parse(text, raw) {
    const type = pageType.parse(text, raw);
    if (isBad(type) || isInRam(type)) return type;
    return { bad: `pages of type '${type}' are not RAM, say where they are: page pfn=P-Q type=${type}` };
  },
};

function isInRam(type: PageTypeName): boolean {
  return (PAGE_TYPES[type].section ?? 'online') === 'online';
}

const MOST_PAGES = MOST_MEMORY / PAGE_SIZE;

const pages = number('pages', 'N', { min: 1, max: MOST_PAGES });
const order = number('order', 'N', { min: 0, max: MAX_ORDER });

/** A size, as a number of whole pages. */
const sizeInPages: Value<number> = {
  shows: 'SIZE',
  parse(text) {
    const bytes = parseSize(text);
    if (bytes !== undefined && bytes > 0 && bytes <= MOST_MEMORY) return Math.ceil(bytes / PAGE_SIZE);
    return { bad: `bad size ${show(text)}, it is up to ${writeSize(MOST_MEMORY)}, such as 512M` };
  },
};

/** A part of RAM, as a fraction. */
const share: Value<number> = {
  shows: 'P%',
  parse(text) {
    const [, digits] = /^(\d{1,3}(?:\.\d{1,9})?)%$/.exec(text) ?? [];
    const percent = Number(digits);
    if (percent > 0 && percent <= 100) return percent / 100;
    return { bad: `bad share ${show(text)}, it is a part of RAM, such as 12.5%` };
  },
};

/** The longest label of EDAC, in bytes. EDAC_MC_LABEL_LEN is 32, with the NUL. */
const LABEL_BYTES = 31;

/** The name of a slot on the board. */
const dimmLabel: Value<string> = {
  shows: 'LABEL',
  parse(text) {
    const bytes = new TextEncoder().encode(text).length;
    return bytes > LABEL_BYTES ? { bad: `bad label ${show(text)}, it is longer than ${LABEL_BYTES} bytes` } : text;
  },
};

const MIB = 1024 ** 2;

/** The size of a DIMM in bytes: whole MiB, as EDAC counts. */
const dimmSize: Value<number> = {
  shows: 'SIZE',
  parse(text) {
    const bytes = parseSize(text);
    if (bytes !== undefined && bytes > 0 && bytes <= MOST_MEMORY && bytes % MIB === 0) return bytes;
    return { bad: `bad size ${show(text)}, it is up to ${writeSize(MOST_MEMORY)} in whole MiB, such as 16G` };
  },
};

const handle = number('handle', 'N', { min: 0, max: 0xffff });

/** A DIMM as its line gives it. Without a handle it gets one by its slot. */
export type SlottedDimm = Omit<Dimm, 'handle'> & { readonly handle?: number };

const NO_ECC = 'no-ecc';

const profile = choice('kernel', 'KERNEL', itself(PROFILE_NAMES));
const module = choice('module', 'NAME', itself(MODULE_NAMES), 'vmsysctld(8) lists all under MODULES');

const interfaceName: Value<string> = {
  shows: 'NAME',
  parse: (text) => (netInterface(text) === undefined ? { bad: `bad interface ${show(text)}, it is a name such as eth0 or eth0.100` } : text),
};

const EARLY_KILL = 'early-kill';
const AT_END = 'at-end';

/** The statements of a machine file, in the order in which they are documented. Lines of /proc/iomem are in region-line.ts. */
export const MACHINE_STATEMENTS = {
  memory: row({
    synopsis: 'memory SIZE',
    does: 'this much RAM, at the addresses where QEMU has it; instead of lines of /proc/iomem',
    values: { SIZE: memorySize },
    required: ['SIZE'],
    build: ({ SIZE }) => ({ bytes: SIZE }),
  }),
  process: row({
    synopsis: 'process COMM:PID [early-kill]',
    does: 'a process that memory can belong to; early-kill: it wants its SIGBUS at once (PR_MCE_KILL_EARLY)',
    values: { PROCESS: task, [EARLY_KILL]: flag },
    required: ['PROCESS'],
    build: ({ PROCESS, [EARLY_KILL]: earlyKill }) => ({ process: { ...PROCESS, ...(earlyKill && { earlyKill }) } }),
  }),
  population: row({
    synopsis: 'population type=T pages=N|size=SIZE|share=P% [order=N] [mapped=COMM:PID,…|none] [early-kill] [at-end]',
    does: 'what part of RAM is, in folios of 2^order pages; what no population takes is free',
    values: { type: typeInRam, pages, size: sizeInPages, share, order, mapped, [EARLY_KILL]: flag, [AT_END]: flag },
    required: ['type'],
    exclusive: ['pages', 'size', 'share'],
    build({ type, pages: number, size, share: part, order: asked, mapped: mappers, [EARLY_KILL]: earlyKill, [AT_END]: atTheEnd }): { readonly population: SizedPopulation } | Bad {
      const amount = number ?? size;
      if (amount === undefined && part === undefined) return { bad: 'population is missing pages=N, size=SIZE or share=P%' };
      return badOrder(type, asked) ?? {
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
  dimm: row({
    synopsis: 'dimm LABEL size=SIZE [type=ddr3|rddr3|ddr4|rddr4|nvdimm|unknown] [no-ecc] [handle=N]',
    does: 'a DIMM in the next slot, as EDAC shows it; handle: its number in SMBIOS, by which records of errors name it',
    values: { LABEL: dimmLabel, size: dimmSize, type: choice('type', 'TYPE', itself(keysOf(DIMM_TYPES))), [NO_ECC]: flag, handle },
    required: ['LABEL', 'size'],
    build: ({ LABEL, size, type = 'rddr4', [NO_ECC]: noEcc, handle: given }): { readonly dimm: SlottedDimm } => (
      { dimm: { label: LABEL, bytes: size, type, ecc: noEcc !== true, ...(given !== undefined && { handle: given }) } }
    ),
  }),
  profile: row({
    synopsis: 'profile KERNEL',
    does: 'which kernel, unless --profile says',
    values: { KERNEL: profile },
    required: ['KERNEL'],
    build: ({ KERNEL }) => ({ profile: KERNEL }),
  }),
  interface: row({
    synopsis: 'interface NAME',
    does: 'a network interface besides lo',
    values: { NAME: interfaceName },
    required: ['NAME'],
    build: ({ NAME }) => ({ name: NAME }),
  }),
  module: row({
    synopsis: 'module NAME',
    does: 'a kernel module that is loaded',
    values: { NAME: module },
    required: ['NAME'],
    build: ({ NAME }) => ({ name: NAME }),
  }),
  sysctl: row({
    synopsis: 'sysctl TEXT',
    does: 'a boot-time value, NAME=VALUE',
    values: { TEXT: freeText },
    required: ['TEXT'],
    build: ({ TEXT }) => ({ setting: TEXT }),
  }),
  // As in the control file, but that the message about an unknown type lists the types.
  page: {
    ...CONTROL_COMMANDS.page,
    does: 'what a page, or each of a range, is from boot on, whatever the populations make it',
    values: { ...CONTROL_COMMANDS.page.values, type: pageType },
    build(given): { readonly pages: Extent } | Bad {
      const pages = CONTROL_COMMANDS.page.build(given);
      return isBad(pages) ? pages : { pages };
    },
  } satisfies StatementRow<{ readonly pages: Extent }>,
} as const;

/** Flags of pages that are never in folios: a block of the buddy allocator is not a folio, and a reserved page was never allocated. */
const NEVER_COMPOUND = PG.buddy | PG.reserved;

function badOrder(type: PageTypeName, asked: number | undefined): Bad | undefined {
  if (asked === undefined) return undefined;
  const { flags, order: least = 0 } = PAGE_TYPES[type];
  if (flags & NEVER_COMPOUND) return { bad: `pages of type '${type}' come one by one, leave order out` };
  const most = least === HUGE_ORDER ? HUGE_ORDER : MAX_ORDER;
  if (asked >= least && asked <= most) return undefined;
  return { bad: `order ${asked} does not fit type '${type}', it is ${least === most ? least : `${least} to ${most}`}` };
}

/** One parsed line of a machine file. */
export type Statement = StatementIn<typeof MACHINE_STATEMENTS> | { readonly kind: 'region'; readonly region: Region };

/** The statements of one kind, with their lines. */
export type StatementsOf<K extends Statement['kind']> = readonly NumberedStatement<Extract<Statement, { kind: K }>>[];

/** Picks the statements of a kind, in order. */
export function ofKind<K extends Statement['kind']>(statements: readonly NumberedStatement<Statement>[], kind: K): StatementsOf<K> {
  return statements.filter((each): each is StatementsOf<K>[number] => each.statement.kind === kind);
}
