import type { Process } from '../kernel/memory/processes.ts';
import { nearest } from '../language/nearest.ts';
import type { LineError, NumberedStatement } from '../language/parse-lines.ts';
import { show } from '../language/words.ts';
import { ofKind } from './said.ts';
import type { Statement } from './statement.ts';

/** What is wrong with the processes of a machine file: a pid that two have, or memory of a process that is none of them where any are said. */
export function checkProcesses(statements: readonly NumberedStatement<Statement>[]): LineError | undefined {
  const byPid = new Map<number, { readonly line: number; readonly comm: string }>();
  for (const { line, statement: { process: { comm, pid } } } of ofKind(statements, 'process')) {
    const other = byPid.get(pid);
    if (other) return { line, message: `pid ${pid} is that of ${show(other.comm)} in line ${other.line} already` };
    byPid.set(pid, { line, comm });
  }
  if (byPid.size === 0) return undefined;
  const names = [...byPid].map(([pid, { comm }]) => written({ comm, pid }));
  for (const { line, statement } of statements) {
    const unknown = mappers(statement).find(({ comm, pid }) => byPid.get(pid)?.comm !== comm);
    if (unknown) return { line, message: notDeclared(written(unknown), names) };
  }
  return undefined;
}

function mappers(statement: Statement): readonly Process[] {
  switch (statement.kind) {
    case 'population': return statement.population.mappers ?? [];
    case 'page': return statement.pages.shape.mappers ?? [];
    default: return [];
  }
}

function notDeclared(name: string, names: readonly string[]): string {
  const near = nearest(name, names);
  return `unknown process ${show(name)}, ${near === undefined ? "say it in a line of its own, process COMM:PID" : `did you mean ${show(near)}?`}`;
}

function written({ comm, pid }: Process): string {
  return `${comm}:${pid}`;
}
