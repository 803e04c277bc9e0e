// Compares two recordings of one thing line by line: the same, different by noise only, or different. Pure.

/**
 * A rule of noise. `pattern` (global): what differs between two boots of one kernel; it is replaced by `mask`, or where that is null the
 * whole line is left out of the comparison. `within`: only in sections whose header matches.
 * @typedef {{ name: string, pattern: RegExp, mask: string | null, within?: RegExp }} Rule
 */

/** A line that names the subject of the lines after it. */
const HEADER = /^(==|CASE |HOW |# |\{"kernel")/;

/** The lines of a recording that are compared: { raw, masked, noise }. `noise` is what each rule removed. */
export function maskedLines(text, rules) {
  let section = '';
  return text.replace(/\n$/, '').split('\n').flatMap((raw) => {
    if (HEADER.test(raw)) section = raw;
    let masked = raw;
    const noise = {};
    for (const { name, pattern, mask, within } of rules) {
      if (within !== undefined && !within.test(section)) continue;
      const found = masked.match(pattern);
      if (found === null) continue;
      if (mask === null) return [];
      noise[name] = [...(noise[name] ?? []), ...found];
      masked = masked.replace(pattern, mask);
    }
    return [{ raw, masked, noise }];
  });
}

/**
 * Compares texts of recordings. Answers the lines compared, how many are identical, how many differ only by noise and by which, and the
 * differences as lines of a diff: `-` as recorded, `+` as it is now.
 * @param {string} recorded @param {string} now @param {readonly Rule[]} rules
 */
export function compare(recorded, now, rules) {
  const [a, b] = [maskedLines(recorded, rules), maskedLines(now, rules)];
  const result = { lines: a.length, identical: 0, noisy: 0, noise: {}, differences: [] };
  for (const [n, m] of align(a.map((line) => line.masked), b.map((line) => line.masked))) {
    const [left, right] = [a[n], b[m]];
    if (left === undefined) result.differences.push(`+${m + 1}: ${right.raw}`);
    else if (right === undefined) result.differences.push(`-${n + 1}: ${left.raw}`);
    else if (left.raw === right.raw) result.identical += 1;
    else {
      result.noisy += 1;
      for (const name of differingNoise(left.noise, right.noise)) result.noise[name] = (result.noise[name] ?? 0) + 1;
    }
  }
  return result;
}

function differingNoise(left, right) {
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...names].filter((name) => left[name]?.join('\n') !== right[name]?.join('\n'));
}

/** Above this many pairs, lines are compared one to one: long recordings answer a script, line by line. */
const MAX_PAIRS = 16_000_000;

/** Pairs of indices: [n, m] of equal lines, [n, undefined] only in a, [undefined, m] only in b; by a longest common subsequence. */
function align(a, b) {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  const [rows, columns] = [a.length - head - tail, b.length - head - tail];
  const same = (count, n, m) => Array.from({ length: count }, (_, k) => [n + k, m + k]);
  const middle = rows * columns > MAX_PAIRS
    ? pairedOff(a, b, head, rows, columns)
    : alignMiddle(a, b, head, rows, columns);
  return [...same(head, 0, 0), ...middle, ...same(tail, a.length - tail, b.length - tail)];
}

function pairedOff(a, b, head, rows, columns) {
  return Array.from({ length: Math.max(rows, columns) }, (_, k) => {
    const [n, m] = [k < rows ? head + k : undefined, k < columns ? head + k : undefined];
    return n !== undefined && m !== undefined && a[n] !== b[m] ? [[n, undefined], [undefined, m]] : [[n, m]];
  }).flat();
}

function alignMiddle(a, b, head, rows, columns) {
  const width = columns + 1;
  const longest = new Uint32Array((rows + 1) * width);
  for (let n = rows - 1; n >= 0; n -= 1) {
    for (let m = columns - 1; m >= 0; m -= 1) {
      longest[n * width + m] = a[head + n] === b[head + m]
        ? longest[(n + 1) * width + m + 1] + 1
        : Math.max(longest[(n + 1) * width + m], longest[n * width + m + 1]);
    }
  }
  const pairs = [];
  let [n, m] = [0, 0];
  while (n < rows || m < columns) {
    if (n < rows && m < columns && a[head + n] === b[head + m]) pairs.push([head + n++, head + m++]);
    else if (m >= columns || (n < rows && longest[(n + 1) * width + m] >= longest[n * width + m + 1])) pairs.push([head + n++, undefined]);
    else pairs.push([undefined, head + m++]);
  }
  return pairs;
}
