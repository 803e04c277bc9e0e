export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly count: number;
}
export function spread(numbers: readonly number[]): Spread | undefined;
export function ratios(numbers: readonly number[], references: readonly number[]): Spread | undefined;
export function inTurns<T, R>(things: readonly T[], rounds: number, measure: (thing: T, round: number) => Promise<R>): Promise<Map<T, R[]>>;
