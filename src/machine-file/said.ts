import type { NumberedStatement } from '../language/parse-lines.ts';
import type { Statement, StatementOf } from './statement.ts';

/** The statements of one kind, with their lines. */
export type Said<K extends Statement['kind']> = readonly NumberedStatement<StatementOf<K>>[];

/** The statements of a kind, in order. */
export function ofKind<K extends Statement['kind']>(statements: readonly NumberedStatement<Statement>[], kind: K): Said<K> {
  return statements.filter((each): each is NumberedStatement<StatementOf<K>> => each.statement.kind === kind);
}
