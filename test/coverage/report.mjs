// The table of coverage and what it says of the thresholds: no files, no processes.

/** `src/a/b.ts` is in src and in src/a. */
function foldersOf(path) {
  const names = path.split('/').slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join('/'));
}

function folderCounts(files) {
  const folders = new Map();
  for (const [path, lines] of Object.entries(files)) {
    const counts = Object.values(lines);
    for (const folder of foldersOf(path)) {
      const { total, covered } = folders.get(folder) ?? { total: 0, covered: 0 };
      folders.set(folder, { total: total + counts.length, covered: covered + counts.filter((count) => count > 0).length });
    }
  }
  return folders;
}

/** In hundredths of a percent and never rounded up: what is not all is not 100.00. */
const percent = ({ total, covered }) => (total === 0 ? 100 : Math.floor((covered / total) * 10_000) / 100);

/** `12-14 30`: from a line that nothing ran to the last before one that something did. */
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

function row(folder, counts, wanted) {
  const name = `${'  '.repeat(folder.split('/').length - 1)}${folder.slice(folder.lastIndexOf('/') + 1)}`;
  return [name.padEnd(24), String(counts.total).padStart(7), String(counts.covered).padStart(8), percent(counts).toFixed(2).padStart(8), wanted].join('').trimEnd();
}

export function coverageReport(files, thresholds) {
  const folders = folderCounts(files);
  const wanted = new Map(thresholds);
  const report = [`${'folder'.padEnd(24)}  lines covered       %  at least`];
  for (const [folder, counts] of [...folders].sort(([a], [b]) => (a < b ? -1 : 1))) {
    report.push(row(folder, counts, String(wanted.get(folder) ?? '').padStart(10)));
  }
  const open = Object.entries(files).map(([path, lines]) => `  ${path}: ${gaps(lines)}`).filter((line) => !line.endsWith(': ')).sort();
  if (open.length > 0) report.push('', 'Lines that no test runs:', ...open);
  const failures = thresholds
    .map(([folder, least]) => ({ folder, least, is: percent(folders.get(folder) ?? { total: 1, covered: 0 }) }))
    .filter(({ least, is }) => is < least)
    .map(({ folder, least, is }) => `${folder}: ${is.toFixed(2)} % of its lines are covered, and ${least} % have to be`);
  return { report, failures };
}
