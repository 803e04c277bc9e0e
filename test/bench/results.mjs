// What comes of a run: the table, and the document that has it.
import { markdown } from './table.mjs';

const heads = (names) => ['', 'unit', ...names, '/proc/sys', 'dev-fuse of C', 'of C, threads', 'by the clock', 'target', ''];
const met = (result) => (result.met === undefined ? '' : result.met ? 'met' : 'MISSED');

/** One table of everything. */
export function resultsTable(names, results) {
  return markdown([heads(names), ...results.map((result) => [
    result.name, result.unit, ...[...names, '/proc/sys'].map((name) => result.cells[name] ?? ''), result.ratio ?? '', result.threaded ?? '', result.clock ?? '', result.target ?? '', met(result),
  ])]);
}

/** RESULTS.md: the table, how to read it, and the machine. */
export function resultsDocument(names, { date, quick, rounds, milliseconds, machine, results }) {
  return `# Results

\`npm run bench\`${quick ? ' with `--quick`' : ''}, ${date}: ${rounds} rounds, ${milliseconds} ms a measurement.

${resultsTable(names, results)}

The eight rows, from \`open-read-close, 1 thread\` on, are operations a second of CPU time, client, kernel and server together, all pinned to one CPU: what a clock
would show on a CPU that nobody else uses. After the comma stands the share of C libfuse3 in the same rounds. \`dev-fuse of C\` is that with
the quartiles of the ${rounds} rounds, \`of C, threads\` the same beside libfuse's default, and \`by the clock\` the first of operations a second as the
clock had them, others' work on the CPU included. Injections and
kpageflags are a second of CPU time as well, with what the clock had in its column; times to start are the clock's.

- **C libfuse3** is \`reference.c\`: the low-level API, and one thread. \`threads\` is the same with libfuse's default of several, which is slower on one CPU.
- **fuse-native** gets slower by being used by many threads, so that it was started anew for each round.
- **lxcfs** serves \`/proc/loadavg\`, the fastest of its files; none can be written.
- **/proc/sys** is the kernel's own \`vm.swappiness\`: no filesystem in user space can be as fast.

The machine: ${Object.entries(machine).filter(([, value]) => value !== undefined).map(([name, value]) => `${WORDS[name]} ${value}`).join('; ')}.
`;
}

const WORDS = {
  cpu: 'CPU', memory: 'memory', linux: 'Linux', node: 'Node.js', libfuse3: 'libfuse3', lxcfs: 'lxcfs', logsOn: 'logs on', loadAtTheEnd: 'load average at the end',
};
