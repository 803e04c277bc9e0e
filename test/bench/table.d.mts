export function markdown(rows: readonly (readonly string[])[]): string;
export function figure(value: number | undefined): string;
export function withQuartiles(spread: { readonly median: number; readonly low: number; readonly high: number }): string;
