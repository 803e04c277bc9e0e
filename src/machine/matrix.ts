import { type ErrnoName, errnoName } from '../abi/errno.ts';
import { O } from '../abi/file-calls.ts';
import { type Race, type Via, VIAS } from '../kernel/memory-failure/injection.ts';
import { PAGE_TYPE_NAMES, type PageTypeName } from '../kernel/memory/page-types.ts';
import { LEAST_MEMORY } from '../kernel/memory/frames.ts';
import type { ProfileName } from '../kernel/profiles/names.ts';
import type { SysctlValue } from '../kernel/sysctl/ctl-table.ts';
import { PROFILES } from '../kernel/profiles/profiles.ts';
import { PLAIN_PARTS } from '../kernel/sysctl/machine-parts.ts';
import { versionsWith } from '../kernel/sysctl/machine-sysctls.ts';
import { assembleMachine } from './assemble-machine.ts';

/** One row of the matrix: a page type, and a race if any. */
interface Case {
  readonly type: PageTypeName;
  readonly race?: Race;
}

/** A page type on which each race can be lost. */
const LOST_WITH: Readonly<Record<Race, PageTypeName>> = {
  isolated: 'anon', grabbed: 'anon', allocated: 'free', taken: 'free', busy: 'anon', freed: 'anon', truncated: 'file-dirty',
};

/** The entries that the matrix can show: an error by any `via=`, or soft-offlining. */
export const MATRIX_VIAS = [...(Object.keys(VIAS) as Via[]), 'soft-offline'] as const;
export type MatrixVia = (typeof MATRIX_VIAS)[number];

/** The rows for an entry: every page type, then every race. Soft-offlining has no races. */
export function casesOf(via: MatrixVia): readonly Case[] {
  const races = Object.entries(LOST_WITH).map(([race, type]): Case => ({ type, race: race as Race }));
  return [...PAGE_TYPE_NAMES.map((type): Case => ({ type })), ...(via === 'soft-offline' ? [] : races)];
}

/** The command of the control file for a row. */
export function commandOf({ type, race }: Case, via: MatrixVia): string {
  if (via === 'soft-offline') return `soft-offline type=${type}`;
  return `inject type=${type} via=${via}${race === undefined ? '' : ` race=${race}`}`;
}

/** The outcome of an error in a page. */
interface Outcome {
  /**
   * The kernel's lines up to a panic, without the prefix that names the page, and without the report of the hardware, which names its
   * address. A pfn elsewhere in a line is `pfn 0xPFN`.
   */
  readonly lines: readonly string[];
  /** The result of write(2): `ok`, or an errno. A panic is EIO too, because the machine is dead. */
  readonly result: ErrnoName | 'ok';
  readonly panics: boolean;
}

const PREFIX = /^(?:Memory failure|Soft offline): 0x[\da-f]+: /;
const PANIC = /^Kernel panic - not syncing: /;
const FRAME = /\bpfn 0x[\da-f]+/;

/** Runs a row on a machine that has just booted with these sysctls. */
function outcomeOf(each: Case, via: MatrixVia, profile: ProfileName, bootSettings: ReadonlyMap<string, SysctlValue>): Outcome {
  const { machine, vfs } = assembleMachine({ profile, memory: { memoryBytes: LEAST_MEMORY }, seed: 0, clock: () => 0, bootSettings });
  machine.kernel.takeEffects();
  const file = vfs.open('/control', O.wronly);
  const written = vfs.write(file, 0, new TextEncoder().encode(`${commandOf(each, via)}\n`));
  const texts = machine.kernel.takeEffects().flatMap((effect) => (effect.kind === 'printk' ? [effect.record.text] : []));
  const end = texts.findIndex((text) => PANIC.test(text));
  return {
    lines: (end < 0 ? texts : texts.slice(0, end)).filter((text) => !isHardwareReport(text)).map(withoutFrame),
    result: written < 0 ? (errnoName(written) as ErrnoName) : 'ok',
    panics: end >= 0,
  };
}

/** Whether a line is part of the report of the hardware, which names an address. */
export function isHardwareReport(text: string): boolean {
  return /\[Hardware Error\]: (?!Machine check events logged)|^EDAC MC/.test(text);
}

function withoutFrame(text: string): string {
  return text.replace(PREFIX, '').replace(FRAME, 'pfn 0xPFN');
}

/** A row: its outcome under each of the given kernels, in their order. */
export interface MatrixRow<P extends ProfileName = ProfileName> extends Case {
  readonly outcomes: readonly (Outcome & { readonly profile: P })[];
  /** Whether the kernels differ. */
  readonly differs: boolean;
}

/** The sysctl that is 1 on every machine of the matrix that has it, unless another value is given. */
export const PANIC_SYSCTL = 'vm.panic_on_unrecoverable_memory_failure';

/** Whether a kernel has the sysctl that is 1 in the matrix. */
export function hasPanicSysctl(profile: ProfileName): boolean {
  return versionsWith(PANIC_SYSCTL, PLAIN_PARTS, [PROFILES[profile].version]).length > 0;
}

/**
 * The outcomes of an error by one entry, by page type and race. Each row runs on a machine of its own. `bootSettings` gives the other sysctls of each
 * kernel.
 */
export function matrix<P extends ProfileName>(
  via: MatrixVia, profiles: readonly P[], bootSettings: (profile: P) => ReadonlyMap<string, SysctlValue> = () => new Map(),
): MatrixRow<P>[] {
  const kernels = profiles.map((profile) => {
    const settings = [...(hasPanicSysctl(profile) ? [[PANIC_SYSCTL, [1n]] as const] : []), ...bootSettings(profile)];
    return { profile, settings: new Map<string, SysctlValue>(settings) };
  });
  return casesOf(via).map((each) => {
    const outcomes = kernels.map(({ profile, settings }) => ({ profile, ...outcomeOf(each, via, profile, settings) }));
    return { ...each, outcomes, differs: new Set(outcomes.map(({ profile: _profile, ...outcome }) => JSON.stringify(outcome))).size > 1 };
  });
}
