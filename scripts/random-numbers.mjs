/**
 * Numbers of xorshift32: a function that returns an integer of [0, below). A seed, which is not 0, gives the same numbers every time. The
 * generator of src/kernel/random.ts is TypeScript, which Node.js 20 cannot run.
 */
export function randomNumbers(seed) {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
