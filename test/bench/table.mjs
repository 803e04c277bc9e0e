// The results as a table in Markdown, which is also readable in a terminal.
import Table from 'cli-table3';

const SIDES = { left: '|', right: '|', middle: '|' };
const NO_LINES = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right', 'mid', 'left-mid', 'mid-mid', 'right-mid'].map((name) => [name, '']),
);

/** Rows of texts. The first row has the headings. */
export function markdown([heads, ...rows]) {
  const table = new Table({ chars: { ...NO_LINES, ...SIDES }, style: { head: [], border: [] } });
  table.push(heads, heads.map(() => '---'), ...rows);
  return table.toString();
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
