/** The groups of fingerprints for needles, with the fewest hits in a sample of logs. @throws Error for a needle of fewer than five bytes, or beyond ASCII */
export function chooseFingerprints(needles: readonly string[], sample: string): { readonly groups: readonly (readonly string[])[]; readonly hits: number };

/** The text of src/replay/scan/fingerprints.ts. */
export function fingerprintsModule(groups: readonly (readonly string[])[]): string;

/** The sample that is committed. A byte is a character. */
export function committedSample(): string;
