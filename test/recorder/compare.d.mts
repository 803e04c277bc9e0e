export interface Rule {
  readonly name: string;
  readonly pattern: RegExp;
  readonly mask: string | null;
  readonly within?: RegExp;
}
export interface Comparison {
  lines: number;
  identical: number;
  noisy: number;
  noise: Record<string, number>;
  differences: string[];
}
export function compare(recorded: string, now: string, rules: readonly Rule[]): Comparison;
