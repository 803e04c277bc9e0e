// The table of coverage, and which thresholds are missed: no files, no processes.

/** `src/a/b.ts` is in src and in src/a. */
function foldersOf(path) {
  const names = path.split('/').slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join('/'));
}

function folderCounts(files) {
  const folders = new Map();
  for (const [path, { lines, branches }] of Object.entries(files)) {
    for (const folder of foldersOf(path)) {
      const counts = folders.get(folder) ?? { lines: { total: 0, covered: 0 }, branches: { total: 0, covered: 0 } };
      add(counts.lines, Object.values(lines));
      add(counts.branches, branches.map(({ count }) => count));
      folders.set(folder, counts);
    }
  }
  return folders;
}

function add(sum, counts) {
  sum.total += counts.length;
  sum.covered += counts.filter((count) => count > 0).length;
}

/** In hundredths of a percent, and never rounded up: only full coverage is 100.00. */
const percent = ({ total, covered }) => (total === 0 ? 100 : Math.floor((covered / total) * 10_000) / 100);

/** `12-14 30`: ranges of lines that nothing ran. */
export function gaps(lines) {
  const found = [];
  let open = false;
  for (const line of Object.keys(lines).map(Number).sort((a, b) => a - b)) {
    if (lines[line] > 0) open = false;
    else if (open) found.at(-1)[1] = line;
    else open = found.push([line, line]) > 0;
  }
  return found.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(' ');
}

function cells(counts, least) {
  return [String(counts.total).padStart(9), String(counts.covered).padStart(8), percent(counts).toFixed(2).padStart(8), String(least ?? '').padStart(10)].join('');
}

function row(folder, { lines, branches }, [leastLines, leastBranches] = []) {
  const name = `${'  '.repeat(folder.split('/').length - 1)}${folder.slice(folder.lastIndexOf('/') + 1)}`;
  return `${name.padEnd(22)}${cells(lines, leastLines)}${cells(branches, leastBranches)}`.trimEnd();
}

const HEAD = `${'folder'.padEnd(22)}    lines covered       %  at least branches covered       %  at least`;

/**
 * `files` has for each path its lines, `{ 3: COUNT }`, and its branches, `[{ line, count }]`. `thresholds` are `[FOLDER, LINES, BRANCHES]`:
 * the least coverage, in percent.
 */
export function coverageReport(files, thresholds) {
  const folders = folderCounts(files);
  const wanted = new Map(thresholds.map(([folder, ...least]) => [folder, least]));
  const report = [HEAD, ...[...folders].sort(([a], [b]) => (a < b ? -1 : 1)).map(([folder, counts]) => row(folder, counts, wanted.get(folder)))];
  const listed = (title, gapsOf) => {
    const open = Object.entries(files).map(([path, file]) => `  ${path}: ${gapsOf(file)}`).filter((line) => !line.endsWith(': ')).sort();
    if (open.length > 0) report.push('', title, ...open);
  };
  listed('Lines that no test runs:', ({ lines }) => gaps(lines));
  listed('Lines with a branch that no test takes:', ({ branches }) => missedLines(branches));
  const failures = thresholds.flatMap(([folder, leastLines, leastBranches]) => {
    const counts = folders.get(folder) ?? { lines: { total: 1, covered: 0 }, branches: { total: 1, covered: 0 } };
    return [['lines', leastLines], ['branches', leastBranches]]
      .filter(([kind, least]) => percent(counts[kind]) < least)
      .map(([kind, least]) => `${folder}: ${percent(counts[kind]).toFixed(2)} % of its ${kind} are covered, and ${least} % have to be`);
  });
  return { report, failures };
}

function missedLines(branches) {
  return [...new Set(branches.filter(({ count }) => count === 0).map(({ line }) => line))].sort((a, b) => a - b).join(' ');
}
