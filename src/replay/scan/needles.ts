/** Every line that matters contains one of these; few others do. */
export const NEEDLES: readonly string[] = [
  'emory failure', 'emory Failure', 'recovery action', 'memory_failure_event', 'npoisoned', 'hwpoison: ', 'MCE 0x', 'MCE: Killing', 'Linux version ',
  ...['Ignored', 'Failed', 'Delayed', 'Recovered'].flatMap((result) => [`recovery: ${result}`, `recovery:${result}`]),
  '101,109,111,114,121,32,102', // "emory f" as journalctl -o json writes bytes
  'Kernel panic - ', 'kernel BUG at', 'kernel NULL pointer', 'Internal error: ', 'general protection', 'nable to handle', 'Oops:', 'Oops ',
];

/** Bytes of a fingerprint that are searched first, in all groups at once. The second half of a long fingerprint is checked after that. */
export const FINGERPRINT = 4;

/**
 * Parts of the needles. The search looks only at every other place of a text, so each needle has one fingerprint at an even place and one
 * at an odd place. They are the rarest parts in ordinary logs. The fingerprints of a group are searched together. Simulated annealing on
 * boot logs, syslogs, English and source text chose the groups, so that their letters together do not form frequent words. There are at
 * most eight groups, one for each bit of a byte.
 */
export const FINGERPRINTS: readonly (readonly string[])[] = [
  ['y: Ignor', 'y: Faile', 'y: Delay', 'y: Recov', ',109,111', 'ic -', 'L pointe', 'l protec'],
  ['MCE ', 'MCE: Kil', 'x versio', 'ops:', 'ops '],
  ['y failur', 'y Failur', 'y action', 'y:Ignore', 'y:Failed', 'y:Delaye', 'y:Recove', '9,111,11'],
  ['e_ev', 'nel BUG ', 'nel NULL', 'nal erro'],
  ['covery a', 'CE 0', 'CE: Kill', 'covery: ', 'covery:I', 'covery:F', 'covery:D', 'covery:R', 'al error', 'al prote'],
  ['_failure', 'npoisone', 'wpoison:', 'o handle'],
  ['poisoned', 'poison: ', 'to handl', 'Oops'],
  ['ry failu', 'ry Failu', 'ux versi', 'l panic ', 'UG a'],
];

/** Bytes of a vector. */
export const VECTOR = 16;

/**
 * The memory of the scanner before the bytes that are searched. Constant vectors are loaded from it instead of being written in the code:
 * V8 builds a constant again at each use, and a loaded vector stays in a register.
 */
export const AT = {
  /** Results of the code, as i32: newlines passed, and whether a byte was beyond ASCII (not 0). */
  newlines: 0,
  highBytes: 4,
  evenBytesLowerHalf: 16,
  lowerHalf: 32,
  newline: 48,
  /** One for each byte of a fingerprint. */
  tables: 64,
  /** A byte for each hash value: bits of IS. */
  hashes: 4096,
  searched: 8192,
} as const;

/** The possible roles of four bytes with a hash: a whole fingerprint, the first half of one, or the second. */
export const IS = { whole: 1, begun: 2, ended: 4 } as const;

/**
 * The hash of four bytes, as a little-endian i32: the upper bits of a product with a number that spreads them (Knuth's multiplicative
 * method).
 */
export const HASH = { factor: 0x9e3779b1 | 0, shift: 32 - 12 } as const;

/** Four characters of ASCII as the i32 that is loaded from their place. */
export function wordOf(text: string): number {
  return Array.from({ length: FINGERPRINT }, (_, n) => text.charCodeAt(n) << (8 * n)).reduce((a, b) => a | b);
}

function addHash(memory: Uint8Array, text: string, is: number): void {
  const place = AT.hashes + (Math.imul(wordOf(text), HASH.factor) >>> HASH.shift);
  memory[place] = (memory[place] ?? 0) | is;
}

/** Writes the tables of the code. */
export function prepare(memory: Uint8Array, groups: readonly (readonly string[])[]): void {
  for (let n = 0; n < VECTOR; n += 1) {
    memory[AT.evenBytesLowerHalf + n] = n % 2 === 0 ? 0x0f : 0;
    memory[AT.lowerHalf + n] = 0x0f;
    memory[AT.newline + n] = 0x0a;
  }
  groups.forEach((fingerprints, group) => {
    for (const text of fingerprints) {
      for (let n = 0; n < FINGERPRINT; n += 1) {
        const place = AT.tables + n * VECTOR + (text.charCodeAt(n) & 0x0f);
        memory[place] = (memory[place] ?? 0) | (1 << group);
      }
      addHash(memory, text, text.length > FINGERPRINT ? IS.begun : IS.whole);
      if (text.length > FINGERPRINT) addHash(memory, text.slice(FINGERPRINT), IS.ended);
    }
  });
}
