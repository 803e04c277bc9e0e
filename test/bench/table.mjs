// The results as a table in Markdown, which is also readable in a terminal. src/language/columns.ts is TypeScript, which Node.js 20 cannot run.

/** Rows of texts. The first row has the headings. */
export function markdown([heads, ...rows]) {
  const all = [heads, heads.map(() => '---'), ...rows];
  const widths = heads.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  return all.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`).join('\n');
}

/** A number with its significant figures, and commas: 23,100, 12.3, 0.91, 0.0042. */
export function figure(value) {
  if (value === undefined) return '';
  const size = Math.abs(value);
  if (size >= 100) return Number(value.toPrecision(3)).toLocaleString('en');
  if (size >= 0.1 || size === 0) return value.toFixed(size >= 10 ? 1 : 2);
  return Number(value.toPrecision(2)).toString();
}

/** A median and the quartiles: `0.91 (0.88 to 0.93)`. */
export function withQuartiles({ median, low, high }) {
  return `${figure(median)} (${figure(low)} to ${figure(high)})`;
}
