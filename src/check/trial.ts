import type { SysctlValue } from '../kernel/sysctl/ctl-table.ts';
import type { Placed, PlannedWrite } from './settings.ts';
import { sameValue, type SysctlTree } from './sysctl-tree.ts';
import type { ToolName } from './tools/tool-names.ts';
import type { Attempt, Tool } from './tools/tool.ts';

/** The values of a machine that differ from those at boot, by name. */
export type State = ReadonlyMap<string, SysctlValue | undefined>;

/** The result of a tool's write to a machine. */
interface Outcome {
  readonly attempt: Attempt;
  /** The text of the file after the write. Undefined if nothing was written, or if it cannot be read. */
  readonly shows: string | undefined;
  /** Lines that the kernel logged. */
  readonly logged: readonly { readonly level: number; readonly text: string }[];
}

/** A write of a tool to a machine, and its result. */
export interface TrialWrite extends PlannedWrite, Outcome {}

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
  /** The machine in the end. */
  readonly state: State;
}

/** A value that was set, and what has changed it since. */
interface Live {
  readonly write: PlannedWrite;
  readonly value: SysctlValue | undefined;
  now: SysctlValue | undefined;
  culprit?: PlannedWrite;
}

/** A write that was done on a machine, with what it set: enough to do it again without the kernel. */
interface Done extends Outcome {
  readonly path: string;
  readonly value: string;
  readonly changes: readonly (readonly [name: string, value: SysctlValue | undefined])[];
}

/**
 * Applies lines to a machine that has just booted, as a tool does, host after host. The writes that a tool begins with as it did the last time
 * have the same outcome, and so they are not done again: hosts of a fleet have most files in common.
 */
export class Trials {
  readonly #tree: SysctlTree;
  readonly #last = new Map<ToolName, readonly Done[]>();

  constructor(tree: SysctlTree) {
    this.#tree = tree;
  }

  /** The machine keeps the result. */
  run(tool: Tool, lines: readonly Placed[]): Trial {
    const tree = this.#tree;
    const planned = tool.plan(lines, tree);
    const last = this.#last.get(tool.name) ?? [];
    const first = planned.findIndex(({ path, by }, index) => last[index]?.path !== path || last[index].value !== (by.value ?? ''));
    const known = last.slice(0, first < 0 ? planned.length : first);
    tree.boot(tool.comm, new Map(known.flatMap(({ changes }) => changes)));
    const done = [...known, ...planned.slice(known.length).map(({ path, by }) => this.#write(tool, path, by.value ?? ''))];
    this.#last.set(tool.name, done);
    const writes = planned.flatMap((each, index): TrialWrite[] => {
      const found = done[index];
      return found === undefined ? [] : [{ by: each.by, path: each.path, attempt: found.attempt, shows: found.shows, logged: found.logged }];
    });
    return { writes, undone: this.#undone(planned, done), state: tree.state() };
  }

  #write(tool: Tool, path: string, value: string): Done {
    const tree = this.#tree;
    const { values } = tree.kernel;
    const attempt = tool.write(tree, path, value);
    const logged = tree.logged();
    const changes = tree.changed().map((name) => [name, values.get(name)] as const);
    const taken = attempt.result === 'written' || attempt.result === 'kept';
    return { path, value, attempt, logged, changes, shows: taken ? shownText(tree, path) : undefined };
  }

  /** Values that later writes changed. One that fails may do so too: a vector keeps the numbers before the bad one. */
  #undone(planned: readonly PlannedWrite[], done: readonly Done[]): Undone[] {
    const tree = this.#tree;
    const live = new Map<string, Live>();
    // The values as they were after each write.
    const values = new Map<string, SysctlValue | undefined>();
    planned.forEach((write, index) => {
      const { attempt, changes } = done[index] ?? { attempt: undefined, changes: [] };
      for (const [name, now] of changes) {
        values.set(name, now);
        const each = live.get(name);
        if (each !== undefined) Object.assign(each, { now, culprit: write });
      }
      if (attempt?.result !== 'written' && attempt?.result !== 'kept') return;
      const name = tree.row(write.path)?.name ?? write.path;
      const value = values.has(name) ? values.get(name) : tree.booted(name);
      live.set(name, { write, value, now: value });
    });
    return [...live.values()].flatMap(({ write: { by, path }, value, now, culprit }): Undone[] =>
      (culprit === undefined || sameValue(value, now) ? [] : [{ by, path, culprit, shows: shownText(tree, path) }]));
  }

  /** What files show on the machine that a trial ended with, by path. Undefined where there is nothing to read. The machine keeps that state. */
  shown({ state }: Trial, { comm }: Tool, paths: readonly string[]): ReadonlyMap<string, string | undefined> {
    this.#tree.boot(comm, state);
    return new Map(paths.map((path) => [path, shownText(this.#tree, path)]));
  }
}

/** Whether two machines have the same values, and so show the same. */
export function sameState(a: State, b: State): boolean {
  return a.size === b.size && [...a].every(([name, value]) => b.has(name) && sameValue(value, b.get(name)));
}

function shownText(tree: SysctlTree, path: string): string | undefined {
  const text = tree.read(path);
  return typeof text === 'string' ? text.replace(/\n$/, '') : undefined;
}
