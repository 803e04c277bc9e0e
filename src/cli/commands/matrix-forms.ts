import Table from 'cli-table3';
import type { MatrixVia } from '../../machine/matrix/cases.ts';
import type { MatrixRow } from '../../machine/matrix/matrix.ts';

/** A form in which the matrix is printed. */
export interface MatrixForm {
  /** Lines before all rows. */
  readonly head?: readonly string[];
  /** The lines of what comes of errors by one way. */
  readonly lines: (via: MatrixVia, rows: readonly MatrixRow[]) => readonly string[];
}

/** Columns of the table: it fits into 120. */
const WIDTHS = { mark: 2, page: 19, printed: [82, 33], result: 16 } as const;
const NO_BORDER = {
  top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '', left: '',
  'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '',
} as const;

export const MATRIX_FORMS = {
  /** For a person: the second kernel beside the first, `same` where it does the same, and a star before the rows where not. */
  table: { lines: tableLines },
  /** A line a page, way and kernel, with tabs between; what was printed is joined by ` | `. */
  tsv: {
    head: [['via', 'type', 'race', 'profile', 'result', 'panics', 'lines'].join('\t')],
    lines: (via, rows) => rows.flatMap(({ type, race = '', outcomes }) =>
      outcomes.map(({ profile, result, panics, lines }) => [via, type, race, profile, result, panics, lines.join(' | ')].join('\t'))),
  },
  /** The same as JSON objects, one a line. */
  json: {
    lines: (via, rows) => rows.flatMap(({ type, race = null, outcomes }) =>
      outcomes.map(({ profile, result, panics, lines }) => JSON.stringify({ via, type, race, profile, result, panics, lines }))),
  },
} as const satisfies Record<string, MatrixForm>;

function tableLines(_via: MatrixVia, rows: readonly MatrixRow[]): string[] {
  const profiles = rows[0]?.outcomes.map(({ profile }) => profile) ?? [];
  const printed = profiles.length > 1 ? WIDTHS.printed[1] : WIDTHS.printed[0];
  const table = new Table({
    head: ['', 'page', ...profiles.flatMap((profile) => [`${profile} prints`, 'write(2)'])],
    colWidths: [WIDTHS.mark, WIDTHS.page, ...profiles.flatMap(() => [printed, WIDTHS.result])],
    chars: NO_BORDER,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 1 },
  });
  for (const { type, race, outcomes, differs } of rows) {
    const cells = outcomes.flatMap(({ lines, result, panics }, at) =>
      at > 0 && !differs ? ['same', ''] : [lines.flatMap((line) => folded(line, printed - 1)).join('\n'), panics ? `${result}, panics` : result]);
    table.push([differs ? '*' : '', race === undefined ? type : `${type}\nrace=${race}`, ...cells]);
  }
  return table.toString().split('\n').map((line) => line.trimEnd());
}

/** A line of the kernel's in lines of at most so many columns, the further ones indented. */
function folded(text: string, width: number): string[] {
  const indented = width - 2;
  const words = text.split(' ').flatMap((word) => word.match(new RegExp(`.{1,${indented}}`, 'gsu')) ?? []);
  return words.reduce<string[]>((lines, word) => {
    const last = lines.at(-1);
    if (last === undefined) return [word];
    return last.length + 1 + word.length <= width ? [...lines.slice(0, -1), `${last} ${word}`] : [...lines, `  ${word}`];
  }, []);
}
