/** How often each line that can run was run, by its number. */
export type LineCounts = Readonly<Record<number, number>>;
/** A folder, and how many of a hundred of its lines have to be covered. */
export type Threshold = readonly [folder: string, percent: number];

/**
 * What is covered, in lines of text for a terminal: a table of the folders, then the lines of each file that nothing ran.
 * `failures` says which thresholds are missed, a line each. Files are paths from the root of the repository.
 */
export function coverageReport(files: Readonly<Record<string, LineCounts>>, thresholds: readonly Threshold[]): { report: string[]; failures: string[] };
