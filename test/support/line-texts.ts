import fc from './fast-check.ts';

export const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A character, or a piece. Those that have a meaning in the languages of lines are more frequent. */
export const character = fc.oneof(
  fc.constantFrom(' ', '\t', '"', '\\', '#', '=', ':', ',', '/', '\r', '\u2028', '-', 'level=', 'none'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
);

/** A random text that fits in one line, of a number of pieces. */
export const lineText = (maxLength: number): fc.Arbitrary<string> =>
  fc.array(character, { maxLength }).map((parts) => parts.join('')).filter((line) => !/[\0\n]/.test(line));

export const comm = lineText(15).filter((name) => name !== '' && encode(name).length <= 15);
export const pid = fc.integer({ min: 1, max: 4_194_304 });
