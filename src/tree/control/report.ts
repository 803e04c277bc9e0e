import { printable } from '../../abi/printable.ts';
import type { Machine, ServedBy } from '../machine.ts';
import { type Fields, lineSection, listSection, readFields, type Section, writeFields } from './report-sections.ts';
import { commandRun, count, failures, fault, life, profile, seconds, setting, size, text } from './report-values.ts';
import { type MachineStatus, statusOf } from './status.ts';
import { LEGEND, SYNOPSIS } from './synopsis.ts';

const MACHINE: Fields<Pick<MachineStatus, 'profile' | 'release' | 'memory' | 'seed' | 'uptime' | 'boot' | 'life'>> = {
  profile: ['profile', profile], release: ['release', text], memory: ['memory', size], seed: ['seed', count], uptime: ['uptime', seconds],
  boot: ['boot', count], life: ['state', life],
};

const SERVED: Fields<ServedBy> = {
  pid: ['pid', count], transport: ['transport', text], subtree: ['subtree', text], logPath: ['log', text], logFormat: ['format', text],
};

/** The report, in order. What a row writes, the same row reads. */
const SECTIONS: readonly Section[] = [
  { title: 'machine', write: (status) => writeFields(MACHINE, status), read: (lines) => readFields(MACHINE, lines) },
  listSection('sysctls', 'sysctls', setting),
  lineSection('memory failures', 'failures', failures),
  {
    title: 'served by',
    write: ({ served }) => (served ? writeFields(SERVED, served) : []),
    read: (lines) => {
      const served = readFields(SERVED, lines);
      return served && { served: served as ServedBy };
    },
  },
  listSection('files that misbehave', 'faults', fault),
  lineSection('last refused', 'refused', text),
  listSection('last commands', 'commands', commandRun),
];

/** What a report says nothing of where there is nothing. */
const NOTHING: Pick<MachineStatus, 'faults' | 'commands'> = { faults: [], commands: [] };
const REQUIRED = [
  'profile', 'release', 'memory', 'seed', 'life', 'uptime', 'boot', 'sysctls', 'failures',
] as const satisfies readonly (keyof MachineStatus)[];

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `# ${title}\n${lines.map((line) => `#   ${printable(line)}\n`).join('')}`;
}

/** What `cat control` shows: the machine, its counters, what was done last, and the grammar in short. All of it is comments. */
export function report(machine: Machine): string {
  return `${writeReport(statusOf(machine))}${section('commands, one a line', [...SYNOPSIS, ...LEGEND])}`;
}

/** A state as lines of comments, each with its newline. */
export function writeReport(status: MachineStatus): string {
  return SECTIONS.map(({ title, write }) => section(title, write(status))).join('');
}

/** The state a report tells of; undefined for what is no report, or one of a daemon whose reports are written otherwise. */
export function readReport(written: string): MachineStatus | undefined {
  const parts = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of written.split('\n')) {
    if (line.startsWith('#   ')) lines.push(line.slice(4));
    else if (line.startsWith('# ')) parts.set(line.slice(2), lines = []);
  }
  let status: Partial<MachineStatus> = NOTHING;
  for (const { title, read } of SECTIONS) {
    const there = parts.get(title);
    const said = there && read(there);
    if (there && !said) return undefined;
    status = { ...status, ...said };
  }
  return REQUIRED.every((key) => status[key] !== undefined) ? status as MachineStatus : undefined;
}
