import { createMachine } from './create-machine.ts';
import { LEAST_MEMORY } from '../kernel/memory/sizes.ts';
import type { DirectoryNode } from '../vfs/node.ts';

/** A file or a directory of the tree that takes the place of a real machine's. */
export interface Place {
  /** Absolute, as on a real machine. */
  readonly path: string;
  readonly kind: 'file' | 'directory';
  /** It only keeps a real one from being used: where there is none, none is missed. */
  readonly shield?: true;
}

/** Directories that are the machine's as a whole: what a real one has in them besides would contradict it. */
const WHOLE: readonly string[] = ['/proc/sys/vm', '/sys/devices/system/memory', '/sys/devices/system/node', '/sys/kernel/debug/hwpoison'];

/** A crash that is written for must not be the real machine's. */
const SHIELDS: readonly string[] = ['/proc/sysrq-trigger'];

/**
 * The places the tree's files have on a real machine, in the order of the tree: of directories it shares with others, as /proc/sys/kernel, the
 * files one by one. What lies in the root is no machine's.
 */
export function emulatedPlaces(): Place[] {
  const created = createMachine({ profile: 'v4', memory: { memoryBytes: LEAST_MEMORY }, seed: 0, clock: () => 0, devices: true });
  return created === undefined ? [] : placesIn(created.root, '').filter(({ path }) => path.lastIndexOf('/') > 0);
}

function placesIn({ children }: DirectoryNode, path: string): Place[] {
  return [...children.keys()].flatMap((name): Place[] => {
    const below = `${path}/${name}`;
    const node = children.get(name);
    if (node?.kind === 'directory') return WHOLE.includes(below) ? [{ path: below, kind: 'directory' }] : placesIn(node, below);
    if (node?.kind !== 'file') return [];
    return [{ path: below, kind: 'file', ...(SHIELDS.includes(below) && { shield: true as const }) }];
  });
}
