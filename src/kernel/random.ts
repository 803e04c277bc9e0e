/** A source of random numbers; the seed decides all of them. */
export interface Random {
  /** A number of [0, below), an integer. `below` may pass 2^32. */
  integer(below: number): number;
}

/** Numbers of splitmix32 (public domain), which is even enough for picking pages and has one word of state. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const word = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    return mix(state);
  };
  return { integer: (below) => Math.floor(((word() * 0x200000 + (word() >>> 11)) / 2 ** 53) * below) };
}

/** A number of [0, 2^32) that depends on `value` alone: for choices that must not depend on what happened before. */
export function hash(value: number): number {
  return mix((value ^ Math.floor(value / 2 ** 32) ^ 0x5bd1e995) >>> 0);
}

function mix(word: number): number {
  let mixed = word ^ (word >>> 16);
  mixed = Math.imul(mixed, 0x21f0aaad);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x735a2d97);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
