/** What was run of a file: how often each line, and each branch, with its line. */
export interface FileCoverage {
  readonly lines: Readonly<Record<number, number>>;
  readonly branches: readonly { readonly line: number; readonly count: number }[];
}

/** `[FOLDER, LINES, BRANCHES]`: the least coverage, in percent. */
export type Threshold = readonly [folder: string, lines: number, branches: number];

export function gaps(lines: FileCoverage['lines']): string;
export function coverageReport(
  files: Readonly<Record<string, FileCoverage>>, thresholds: readonly Threshold[],
): { readonly report: readonly string[]; readonly failures: readonly string[] };
