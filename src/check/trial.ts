import type { SysctlValue } from '../kernel/sysctl/ctl-table.ts';
import type { Placed, PlannedWrite } from './settings.ts';
import type { SysctlTree } from './sysctl-tree.ts';
import type { Attempt, Tool } from './tools/tool.ts';

/** A write of a tool to a machine, and its result. */
export interface TrialWrite extends PlannedWrite {
  readonly attempt: Attempt;
  /** The text of the file after the write. Undefined if nothing was written, or if it cannot be read. */
  readonly shows: string | undefined;
  /** Lines that the kernel logged. */
  readonly logged: readonly { readonly level: number; readonly text: string }[];
}

/** A value that a line set, and another line changed by a side effect. */
export interface Undone {
  readonly by: Placed;
  readonly path: string;
  readonly culprit: PlannedWrite;
  /** The text of the file at the end. */
  readonly shows: string | undefined;
}

/** All that a tool does with files on one machine. */
export interface Trial {
  readonly writes: readonly TrialWrite[];
  readonly undone: readonly Undone[];
  /** The texts of files at the end, by path: those of the writes, and those of `watched`. Undefined if there is nothing to read. */
  readonly final: ReadonlyMap<string, string | undefined>;
}

/** A value that was set, and what has changed it since. */
interface Live {
  readonly write: PlannedWrite;
  readonly value: SysctlValue | undefined;
  now: SysctlValue | undefined;
  culprit?: PlannedWrite;
}

/**
 * Applies lines to a machine that has just booted, as a tool does. The machine keeps the result. `watched`: paths whose values at the end
 * are wanted.
 */
export function runTrial(tree: SysctlTree, tool: Tool, lines: readonly Placed[], watched: readonly string[] = []): Trial {
  tree.boot(tool.comm);
  const { values } = tree.kernel;
  const live = new Map<string, Live>();
  const writes = tool.plan(lines, tree).map((planned): TrialWrite => {
    const { path, by } = planned;
    const attempt = tool.write(tree, path, by.value ?? '');
    const logged = tree.logged();
    // A write that fails may change values too: a vector keeps the numbers before the bad one.
    for (const name of tree.changed()) {
      const each = live.get(name);
      if (each !== undefined) Object.assign(each, { now: values.get(name), culprit: planned });
    }
    if (attempt.result === 'failed') return { by, path, attempt, logged, shows: undefined };
    const name = tree.row(path)?.name ?? path;
    const value = values.get(name);
    live.set(name, { write: planned, value, now: value });
    return { by, path, attempt, logged, shows: shownText(tree, path) };
  });
  const undone = [...live.values()].flatMap(({ write: { by, path }, value, now, culprit }): Undone[] =>
    (culprit === undefined || String(value) === String(now) ? [] : [{ by, path, culprit, shows: shownText(tree, path) }]));
  const final = new Map([...watched, ...writes.map(({ path }) => path)].map((path) => [path, shownText(tree, path)]));
  return { writes, undone, final };
}

function shownText(tree: SysctlTree, path: string): string | undefined {
  const text = tree.read(path);
  return typeof text === 'string' ? text.replace(/\n$/, '') : undefined;
}
