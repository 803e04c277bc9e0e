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

/** How many requests Linux makes for an operation: open, read or write, and release. For the other operations it is one. */
const REQUESTS = { open: 3, pread: 1, pwrite: 1 };

/**
 * The greatest share of C libfuse3's speed that a server in Node.js can reach. It follows from the higher cost of reading a request and
 * writing its reply.
 */
function bounds(results) {
  const added = results.find(({ details }) => details.added)?.details.added.median;
  if (added === undefined) return '';
  const reached = results.flatMap(({ name, details }) => {
    const [, requests] = Object.entries(REQUESTS).find(([operation]) => name.startsWith(`${operation}-`) || name.startsWith(`${operation},`)) ?? [];
    const perSecond = details['C libfuse3']?.perCpuSecond?.median;
    if (requests === undefined || perSecond === undefined) return [];
    const microseconds = 1e6 / perSecond;
    return [`${name}: ${figure(microseconds / (microseconds + requests * added))}`];
  });
  return `
What bounds dev-fuse: \`fs.readSync\` and \`fs.writeSync\` cost ${figure(added)} us a request more than read(2) and write(2) do, whatever is done between
them. A server in Node.js that did nothing else than C does would reach these shares of C libfuse3: ${reached.join('; ')}. What is missing to that is its own
JavaScript. \`docs/architecture.md\` says what bounds the start.
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
its column, and targets are held against CPU time, except those of the start.

- **C libfuse3** is \`reference.c\`: the low-level API, and one thread, the fastest there is on one CPU. \`threads\` is the same with libfuse's default
  of several.
- **fuse-native** gets slower by being used by many threads, so it was started again for each round.
- **lxcfs** serves \`/proc/loadavg\`, the fastest of its files; none can be written.
- **/proc/sys** is the kernel's own \`vm.swappiness\`: no filesystem in user space can be as fast.
${bounds(results)}
The machine: ${Object.entries(machine).filter(([, value]) => value !== undefined).map(([name, value]) => `${WORDS[name]} ${value}`).join('; ')}.
`;
}
