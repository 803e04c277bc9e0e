/** What of a file was run: each line with how often, each branch with its line and how often. */
export interface FileCoverage {
  readonly lines: Readonly<Record<number, number>>;
  readonly branches: readonly { readonly line: number; readonly count: number }[];
}

/** `[FOLDER, LINES, BRANCHES]`: how many of a hundred have to be covered at least. */
export type Threshold = readonly [folder: string, lines: number, branches: number];

export function gaps(lines: FileCoverage['lines']): string;
export function coverageReport(
  files: Readonly<Record<string, FileCoverage>>, thresholds: readonly Threshold[],
): { readonly report: readonly string[]; readonly failures: readonly string[] };
