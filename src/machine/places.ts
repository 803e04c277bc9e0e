import { assembleMachine } from './assemble-machine.ts';
import { LEAST_MEMORY } from '../kernel/memory/frames.ts';
import type { DirectoryNode } from '../vfs/node.ts';

/** A file or a directory of the tree that takes the place of a real machine's. */
export interface Place {
  /** Absolute, as on a real machine. */
  readonly path: string;
  readonly kind: 'file' | 'directory';
  /** It only keeps a real one from being used: where there is none, none is missed. */
  readonly shield?: true;
}

/**
 * The places the tree's files have on a real machine, in the order of the tree: of directories it shares with others, as /proc/sys/kernel, the
 * files one by one. What lies in the root is no machine's.
 */
export function emulatedPlaces(): Place[] {
  const { root } = assembleMachine({ profile: 'v4', memory: { memoryBytes: LEAST_MEMORY }, seed: 0, clock: () => 0, devices: true });
  return placesIn(root, '').filter(({ path }) => path.lastIndexOf('/') > 0);
}

function placesIn({ children }: DirectoryNode, path: string): Place[] {
  return [...children.keys()].flatMap((name): Place[] => {
    const below = `${path}/${name}`;
    const node = children.get(name);
    if (node?.kind === 'directory') return node.whole ? [{ path: below, kind: 'directory' }] : placesIn(node, below);
    if (node?.kind !== 'file') return [];
    return [{ path: below, kind: 'file', ...(node.shield && { shield: true as const }) }];
  });
}
