import type { Piece, RecordedCalls, Sequence } from './recorded-calls.ts';
import type { ServedMachine, Way } from './ways.ts';

/** A call whose answer differs from that of Linux. */
export interface Difference {
  readonly sequence: Sequence;
  /** Its index in its sequence. */
  readonly index: number;
  readonly command: string;
  readonly linux: string;
  readonly here: string;
}

/** What a mount cannot answer, because Linux answers without asking the server, or does not pass on all of the request. */
export interface Limit {
  readonly name: string;
  readonly reason: string;
  /** The greatest number among all recorded calls. More than that has another cause. */
  readonly atMost: number;
  readonly covers: (difference: Difference) => boolean;
}

export interface Comparison {
  readonly calls: number;
  /** The differences that no limit covers. */
  readonly differences: readonly Difference[];
  /** How often each limit was met. */
  readonly limited: ReadonlyMap<Limit, number>;
}

/** Replays a recording in some way, and compares every answer. */
export async function compare(recorded: RecordedCalls, way: Way, limits: readonly Limit[]): Promise<Comparison> {
  const all: Difference[] = [];
  const queue = [...recorded.pieces.entries()];
  const found = new Map<number, Difference[]>();
  const work = async (): Promise<void> => {
    const machine = await way.start(recorded.boot);
    try {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) found.set(next[0], await differencesOf(machine, next[1]));
    } finally {
      await machine.end();
    }
  };
  await Promise.all(Array.from({ length: recorded.apart ? Math.min(way.machines, recorded.pieces.length) : 1 }, work));
  for (const [index] of recorded.pieces.entries()) all.push(...(found.get(index) ?? []));

  const limited = new Map<Limit, number>();
  const differences = all.filter((difference) => {
    const limit = limits.find(({ covers }) => covers(difference));
    if (limit !== undefined) limited.set(limit, (limited.get(limit) ?? 0) + 1);
    return limit === undefined;
  });
  const calls = recorded.pieces.reduce((sum, { sequences }) => sequences.reduce((part, sequence) => part + sequence.calls.length, sum), 0);
  return { calls, differences, limited };
}

async function differencesOf(machine: ServedMachine, piece: Piece): Promise<Difference[]> {
  const answers = await machine.answers(piece);
  let next = 0;
  return piece.sequences.flatMap((sequence) =>
    sequence.calls.flatMap(({ command, answer }, index) => {
      const here = answers[next++]?.trim() ?? 'nothing: the program had ended';
      return here === answer.trim() ? [] : [{ sequence, index, command, linux: answer.trim(), here }];
    }),
  );
}

/** `N of M identical`, and how many of the others fall under which limit. */
export function reportOf(title: string, { calls, differences, limited }: Comparison): string {
  const limits = [...limited].map(([{ name }, count]) => `; ${count} ${name}`);
  return `${title}: ${calls - differences.length - sumOf(limited)} of ${calls} identical${limits.join('')}`;
}

/** How many differences are covered by limits. */
export function sumOf(limited: ReadonlyMap<Limit, number>): number {
  return [...limited.values()].reduce((sum, count) => sum + count, 0);
}

/** Differences as a diff, each with the calls of its sequence up to it. */
export function diffOf(differences: readonly Difference[]): string {
  return [...new Set(differences.map(({ sequence }) => sequence))].map((sequence) => {
    const { title, calls } = sequence;
    const those = differences.filter((difference) => difference.sequence === sequence);
    const last = Math.max(...those.map(({ index }) => index));
    const lines = calls.slice(0, last + 1).flatMap(({ command, answer }, index) => {
      const difference = those.find((each) => each.index === index);
      const line = (text: string): string => shortened(`${command} => ${text}`);
      return difference === undefined ? [`  ${line(answer)}`] : [`- ${line(difference.linux)}`, `+ ${line(difference.here)}`];
    });
    return [`@@ ${title} @@ (- Linux, + here)`, ...lines].join('\n');
  }).join('\n');
}

function shortened(line: string): string {
  return line.length <= 300 ? line : `${line.slice(0, 150)} … ${line.slice(-140)}`;
}
