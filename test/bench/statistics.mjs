// Summarizes several measurements of one thing. The machine is never quite the same, so only numbers that were measured in turns are
// compared.

function quantile(sorted, share) {
  const at = (sorted.length - 1) * share;
  const below = Math.floor(at);
  return sorted[below] + (sorted[Math.ceil(at)] - sorted[below]) * (at - below);
}

/** The median of numbers, and the quartiles between which half of them lie. Undefined if there are none. */
export function spread(numbers) {
  if (numbers.length === 0) return undefined;
  const sorted = [...numbers].sort((a, b) => a - b);
  return { median: quantile(sorted, 0.5), low: quantile(sorted, 0.25), high: quantile(sorted, 0.75), count: sorted.length };
}

/** The ratios of numbers that were taken in the same rounds, pair by pair. */
export function ratios(numbers, references) {
  return spread(numbers.map((number, round) => number / references[round]));
}

/**
 * Calls `measure` with each of the things in turns, for `rounds` rounds, each beginning with the next thing. Returns the results by thing,
 * in order of rounds.
 */
export async function inTurns(things, rounds, measure) {
  const results = new Map(things.map((thing) => [thing, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (let n = 0; n < things.length; n += 1) {
      const thing = things[(round + n) % things.length];
      results.get(thing).push(await measure(thing, round));
    }
  }
  return results;
}
