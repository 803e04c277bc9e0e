// Looks at a machine that another daemon serves: its status here, its log in log-tail.ts and log-line.ts, what changes in file-changes.ts
// and machine-watch.ts. The folder may import what daemon may. Start with observe() below.
import { PlainError } from '../../abi/plain-error.ts';
import { whyNot } from '../../abi/errno-words.ts';
import { shellWord } from '../../abi/printable.ts';
import type { MachineStatus } from '../../control/status.ts';
import { isOurs, machineMounts, readMounts } from '../../fuse/mount-info.ts';
import { probeInChild } from '../probe-in-child.ts';

/** Why a machine, or its log, cannot be observed, in one line, with what would be right. */
export class ObservingError extends PlainError {
  override readonly name = 'ObservingError';
}

/** A machine that a daemon serves, and its state. */
export interface ObservedMachine {
  /** Where it is mounted: canonical. */
  readonly mountPoint: string;
  readonly status: MachineStatus;
}

/** How long a daemon may take to answer before it counts as stopped, in milliseconds. */
const PATIENCE = 5000;

interface Findings {
  /** The path with all symbolic links followed. */
  readonly real: string;
  /** The text of status.json. */
  readonly status: string;
  /** The errno name of what failed. */
  readonly code: string;
  readonly finished: boolean;
}

/** Reads only mounts of this program: a file of that name elsewhere may be anything. */
const SCRIPT = `
const fs = require('node:fs');
const tell = (finding) => { fs.writeSync(1, JSON.stringify(finding) + '\\n'); };
const [path, ...mounts] = process.argv.slice(1);
try {
  const real = fs.realpathSync.native(path.replace(/(\\/+\\.?)+$/, '') || '/');
  tell({ real });
  if (mounts.includes(real)) {
    const read = (name) => fs.readFileSync(real + '/' + name, 'utf8');
    let status;
    try { status = read('status.json'); } catch (error) {
      if (error.code !== 'ENOENT') throw error;
      status = read('.status.json');
    }
    tell({ status });
  }
} catch (error) {
  tell({ code: error.code ?? String(error) });
}
tell({ finished: true });
process.exit(0);
`;

const LOOK_AS = 'look as root, or as the user who mounted it';
const START_AGAIN = 'mount one there again, or umount -l %';

/** What would be right if the machine on `%` cannot be observed, by errno. */
const ADVICE: Readonly<Record<string, string>> = { EACCES: LOOK_AS, EPERM: LOOK_AS, ENOTCONN: START_AGAIN, ECONNABORTED: START_AGAIN };

function fill(text: string, place: string): string {
  return text.replaceAll('%', () => shellWord(place));
}

/** Why the path itself cannot be reached. */
function unreachable(code: string, place: string): string {
  return fill(`% ${whyNot(code)}: ${code === 'EACCES' ? LOOK_AS : 'name the directory on which a machine is mounted'}`, place);
}

/** Why the status of a machine cannot be read. */
function unreadable(code: string, place: string): string {
  const advice = ADVICE[code];
  return fill(`% ${whyNot(code)}${advice === undefined ? '' : `: ${advice}`}`, place);
}

/** Where machines are mounted, as this process sees it: canonical paths. */
export async function findMachines(): Promise<string[]> {
  return machineMounts(await readMounts()).map(({ mountPoint }) => mountPoint);
}

/** Why there is no machine on a directory. `machines` is where there are some. */
function noneThere(real: string, word: string, machines: readonly string[]): string {
  const around = machines.find((machine) => real.startsWith(`${machine}/`));
  if (around !== undefined) return `${word} lies in the machine on ${shellWord(around)}: name that`;
  const others = machines.length === 0 ? 'none is mounted: vmsysctld mount MNT mounts one' : `there is one on ${machines.map(shellWord).join(', on ')}`;
  return `there is no machine on ${word}: ${others}`;
}

/**
 * Observes the machine that is mounted on a directory. It takes a few seconds at most, whatever the state of its daemon.
 * @throws ObservingError if there is none, or it cannot be observed
 */
export async function observe(place: string, { patience = PATIENCE }: { patience?: number } = {}): Promise<ObservedMachine> {
  const machines = (await readMounts()).filter((mount) => isOurs(mount) && mount.root === '/').map(({ mountPoint }) => mountPoint);
  const { real, status: text, code, finished } = await probeInChild<Findings>(SCRIPT, [place, ...machines], patience);
  const word = shellWord(place);
  if (real === undefined) {
    if (finished !== true) throw new ObservingError(`${word} does not answer, some server on the way there is stopped: continue or kill it`);
    throw new ObservingError(unreachable(code ?? '', place));
  }
  if (!machines.includes(real)) throw new ObservingError(noneThere(real, word, machines));
  if (finished !== true) throw new ObservingError(`the daemon of the machine on ${word} does not answer: continue or kill it`);
  if (text === undefined) throw new ObservingError(unreadable(code ?? '', place));
  const status = parseStatus(text);
  if (status === undefined) throw new ObservingError(`the daemon of the machine on ${word} is of another version and reports its state differently: use the vmsysctld of that version`);
  return { mountPoint: real, status };
}

/** The keys that every state needs: a daemon that leaves one out is of another version. */
const REQUIRED = ['state', 'profile', 'release', 'memory', 'uptime', 'boot', 'sysctls', 'memory_failures', 'faults', 'commands'] as const;

/** The state that a daemon wrote. Undefined if the text is no such object. */
export function parseStatus(text: string): MachineStatus | undefined {
  try {
    const parsed = JSON.parse(text) as MachineStatus | null;
    return typeof parsed === 'object' && parsed !== null && REQUIRED.every((key) => key in parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
