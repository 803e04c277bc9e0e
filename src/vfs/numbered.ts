import { type Children, directoriesIn, type TreeNode } from './node.ts';

/** Entries with a number in their name. There can be many thousands. */
export interface Numbered {
  readonly prefix: string;
  readonly has: (number: number) => boolean;
  readonly numbers: () => Iterable<number>;
  readonly make: (number: number) => TreeNode;
  /** Whether they are directories. */
  readonly directories: boolean;
}

/** The entries of a directory, fixed and numbered. A numbered one is made when it is looked up. */
export function withNumbered(entries: Readonly<Record<string, TreeNode>>, { prefix, has, numbers, make, directories }: Numbered): Children {
  const fixed = new Map(Object.entries(entries));
  return {
    get(name) {
      const node = fixed.get(name);
      if (node || !name.startsWith(prefix)) return node;
      const digits = name.slice(prefix.length);
      const number = /^(?:0|[1-9]\d*)$/.test(digits) ? Number(digits) : -1;
      return number >= 0 && has(number) ? make(number) : undefined;
    },
    get directories() {
      return directoriesIn(fixed.values()) + (directories ? [...numbers()].length : 0);
    },
    *keys() {
      yield* fixed.keys();
      for (const number of numbers()) yield `${prefix}${number}`;
    },
  };
}
