import { UsageError } from './host.ts';

/** An option that means nothing twice. */
export function once(name: string): (given: string | readonly string[]) => string {
  return (given) => {
    if (typeof given === 'string') return given;
    throw new UsageError(`--${name} is given more than once: give it once`);
  };
}

/** One of a few words. */
export function oneOf<W extends string>(name: string, words: readonly W[]): (given: string | readonly string[]) => W {
  return (given) => {
    const word = once(name)(given);
    const found = words.find((each) => each === word);
    if (found !== undefined) return found;
    throw new UsageError(`--${name} takes ${words.slice(0, -1).join(', ')} or ${words.at(-1)}, not '${word}'`);
  };
}
