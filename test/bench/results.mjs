// The results of a run: the table, and the document that contains it.
import { figure, markdown } from './table.mjs';

const heads = (names) => ['', 'unit', ...names, '/proc/sys', 'dev-fuse of C', 'of C, threads', 'by the clock', 'target', ''];
const met = (result) => (result.met === undefined ? '' : result.met ? 'met' : 'MISSED');

/** One table of everything. */
export function resultsTable(names, results) {
  return markdown([heads(names), ...results.map((result) => [
    result.name, result.unit, ...[...names, '/proc/sys'].map((name) => result.cells[name] ?? ''), result.ratio ?? '', result.threaded ?? '', result.clock ?? '',
    result.target ?? '', met(result),
  ])]);
}

/** What a server in Node.js can reach: the share of C libfuse3 that the least JavaScript has, and the share of that which dev-fuse has. */
function bounds(results) {
  const added = results.find(({ details }) => details.added)?.details.added.median;
  const shares = results.flatMap(({ name, details }) => {
    const [least, ours] = ['Node.js, minimal', 'dev-fuse'].map((system) => details[system]?.ofReference?.median);
    return least === undefined || ours === undefined ? [] : [`${name}: ${figure(least)} and ${figure(ours / least)}`];
  });
  if (added === undefined || shares.length === 0) return '';
  return `
What bounds dev-fuse: \`fs.readSync\` and \`fs.writeSync\` cost ${figure(added)} us a request more than read(2) and write(2) do in a loop, and more where other
programs run between them. How much of C libfuse3 the least JavaScript reaches, and how much of that dev-fuse reaches: ${shares.join('; ')}. The rest is
its own JavaScript: who may do what, positions, sizes for splice(2), the log and the audit. \`docs/architecture.md\` says what bounds the start.
`;
}

const WORDS = {
  cpu: 'CPU', memory: 'memory', linux: 'Linux', node: 'Node.js', libfuse3: 'libfuse3', lxcfs: 'lxcfs', logsOn: 'logs on', loadAtTheEnd: 'load average at the end',
};

/** RESULTS.md: the table, how to read it, and the machine. */
export function resultsDocument(names, { date, quick, rounds, milliseconds, machine, results }) {
  return `# Results

\`npm run bench\`${quick ? ' with `--quick`' : ''}, ${date}: ${rounds} rounds, ${milliseconds} ms a measurement. Made by \`--markdown FILE\`.

${resultsTable(names, results)}

The eight rows, from \`open-read-close, 1 thread\` on, are operations a second of CPU time, client, kernel and server together, all pinned to one
CPU: what a clock would show on a CPU that nobody else uses. After the comma stands the share of C libfuse3 in the same rounds. \`dev-fuse of C\` is
that with the quartiles of the ${rounds} rounds, \`of C, threads\` the same beside libfuse's default, and \`by the clock\` the first of operations a second
as the clock had them, others' work on the CPU included. Injections and kpageflags are a second of CPU time as well, with what the clock had in
its column, and targets are held against CPU time, except those of the start, of \`sysctl -a\` and of small logs, which run on all CPUs, as
users run them. \`sysctl -a\` is sysctl(8) itself, with the mount in place of /proc/sys.

- **C libfuse3** is \`reference.c\`: the low-level API, and one thread, the fastest there is on one CPU. \`threads\` is the same with libfuse's default
  of several.
- **Node.js, minimal** is \`reference.mjs\`: the same filesystem as that of \`reference.c\` in as little JavaScript as can serve it.
- **fuse-native** gets slower by being used by many threads, so it was started again for each round.
- **lxcfs** serves \`/proc/loadavg\`, the fastest of its files; none can be written.
- **/proc/sys** is the kernel's own \`vm.swappiness\`: no filesystem in user space can be as fast.
${bounds(results)}
The machine: ${Object.entries(machine).filter(([, value]) => value !== undefined).map(([name, value]) => `${WORDS[name]} ${value}`).join('; ')}.
`;
}
