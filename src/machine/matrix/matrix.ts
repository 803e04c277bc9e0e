import type { ProfileName } from '../../kernel/profiles/names.ts';
import type { SysctlValue } from '../../kernel/sysctl/ctl-table.ts';
import { type Case, casesOf, type MatrixVia } from './cases.ts';
import { type Outcome, outcomeOf } from './outcome.ts';

/** A row: its outcome under each of the given kernels, in their order. */
export interface MatrixRow<P extends ProfileName = ProfileName> extends Case {
  readonly outcomes: readonly (Outcome & { readonly profile: P })[];
  /** Whether the kernels differ. */
  readonly differs: boolean;
}

/** What is 1 on every machine of the matrix, unless it is said otherwise. */
export const PANIC_SYSCTL = 'vm.panic_on_unrecoverable_memory_failure';

/** The outcomes of an error by one entry, by page type and race. Each row runs on a machine of its own. */
export function matrix<P extends ProfileName>(
  via: MatrixVia, profiles: readonly P[], bootSettings: ReadonlyMap<string, SysctlValue> = new Map(),
): MatrixRow<P>[] {
  const settings = new Map<string, SysctlValue>([[PANIC_SYSCTL, [1n]], ...bootSettings]);
  return casesOf(via).map((each) => {
    const outcomes = profiles.map((profile) => ({ profile, ...outcomeOf(each, via, profile, settings) }));
    return { ...each, outcomes, differs: new Set(outcomes.map(({ profile: _profile, ...outcome }) => JSON.stringify(outcome))).size > 1 };
  });
}
