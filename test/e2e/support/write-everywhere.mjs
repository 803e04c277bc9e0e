// Runs under exec, as root: opens every file of /proc and /sys for writing, and writes to those of the machine. Prints in JSON the files
// that could be opened and belong neither to the machine nor to this process, and what else accepts writes. write-everywhere.mjs
// HOST_USER_NAMESPACE: refuses to run in that namespace.
import { closeSync, constants, lstatSync, openSync, readdirSync, readlinkSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** FUSE_SUPER_MAGIC of include/uapi/linux/magic.h. */
const FUSE = 0x65735546;
const OWN = ['/proc/self', '/proc/thread-self', `/proc/${process.pid}`];
/** The machine's tree a second time, beside exec's log. */
const SCRATCH = '/sys/fs/fuse/connections';

if (readlinkSync('/proc/self/ns/user') === process.argv[2]) throw new Error('this would write to the host');

/**
 * Files by result. `written`: files of the machine; `refused`: how often with which errno; `leaks`: the kernel of the host accepted the
 * write.
 */
const outcome = { files: 0, written: 0, refused: {}, leaks: [], hostSwappiness: [] };

const isFuse = (path) => statfsSync(path).type === FUSE;

function refuse({ code }) {
  outcome.refused[code] = (outcome.refused[code] ?? 0) + 1;
}

function tryWrite(path) {
  outcome.files += 1;
  let file;
  try {
    file = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch (error) {
    return refuse(error);
  }
  try {
    const machines = isFuse(path);
    // An empty text changes nothing, but shows whether Linux would accept another.
    writeSync(file, machines ? '0\n' : '');
    if (machines) outcome.written += 1;
    else outcome.leaks.push(path);
  } catch (error) {
    refuse(error);
  } finally {
    try { closeSync(file); } catch (error) { refuse(error); }
  }
}

function walk(directory) {
  let entries;
  try {
    entries = readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    return refuse(error);
  }
  for (const entry of entries) {
    const path = join(directory, entry.name);
    if (OWN.includes(path) || /^\/proc\/\d+$/.test(path)) continue;
    if (entry.name === 'swappiness' && !isFuse(path)) outcome.hostSwappiness.push(path);
    if (entry.isDirectory()) walk(path);
    else if (!entry.isSymbolicLink() && !path.startsWith(SCRATCH) && lstatSync(path, { throwIfNoEntry: false })) tryWrite(path);
  }
}

// First, while the sysctls have their boot values: with others an injected error causes a panic.
walk('/sys');
walk('/proc');
console.log(JSON.stringify(outcome));
