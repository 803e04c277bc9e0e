// Text in columns, for every output that people read. A package for tables would take longer to load than a small log to read.

export interface ColumnOptions {
  /** Columns whose cells end at the same place. The others begin at the same place. */
  readonly right?: (column: number) => boolean;
  /** How wide a column is at least, by its number, in characters. */
  readonly least?: readonly number[];
  /** What is between two columns. */
  readonly gap?: string;
}

/**
 * Rows in columns, each as wide as its widest cell, with two blanks between. A cell may have several lines.
 *
 * @example columns([['pid', '7'], ['uptime', '1.5 s\nboot 2']]) returns ['pid     7', 'uptime  1.5 s', '        boot 2']
 */
export function columns(rows: readonly (readonly string[])[], { right = () => false, least = [], gap = '  ' }: ColumnOptions = {}): string[] {
  const cells = rows.map((row) => row.map((cell) => cell.split('\n')));
  const widths = [...least];
  for (const row of cells) for (const [at, lines] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, ...lines.map(widthOf));
  return cells.flatMap((row) => Array.from({ length: Math.max(...row.map(({ length }) => length)) }, (_, line) => row.map((lines, at) => {
    const text = lines[line] ?? '';
    const blanks = ' '.repeat((widths[at] ?? 0) - widthOf(text));
    return right(at) ? blanks + text : text + blanks;
  }).join(gap).trimEnd()));
}

/**
 * A text in lines of at most `width` characters. It is folded at blanks, and in a word only if that word is longer than a line.
 *
 * @param indent What every line but the first begins with.
 */
export function folded(text: string, width: number, indent = ''): string[] {
  const words = text.split(' ').flatMap((word) => (word === '' ? [''] : word.match(new RegExp(`.{1,${width - indent.length}}`, 'gsu')) ?? []));
  return words.reduce<string[]>((lines, word) => {
    const last = lines.at(-1);
    if (last === undefined) return [word];
    return widthOf(last) + 1 + widthOf(word) <= width ? [...lines.slice(0, -1), `${last} ${word}`] : [...lines, indent + word];
  }, []);
}

/** The columns of a terminal that a text takes: one for each character. */
function widthOf(text: string): number {
  return Array.from(text).length;
}
