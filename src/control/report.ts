import { printable } from '../abi/printable.ts';
import { PROFILES } from '../kernel/profiles/profiles.ts';
import { writeSize } from '../language/sizes.ts';
import type { ControlledMachine } from './controlled-machine.ts';
import { type MachineStatus, statusOf } from './status.ts';
import { LEGEND, SYNOPSIS } from './synopsis.ts';

/** The sections of the report, in order: a title, and the lines under it. One without lines is left out. */
const SECTIONS: readonly (readonly [title: string, lines: (status: MachineStatus) => readonly string[]])[] = [
  ['machine', ({ profile, release, memory, seed, uptime, boot, ...status }) => fields([
    ['profile', `${profile}: ${PROFILES[profile].summary}`], ['release', release], ['memory', writeSize(memory)], ['seed', seed],
    ['uptime', `${uptime.toFixed(6)} s`], ['boot', boot], ['state', life(status)],
  ])],
  ['sysctls', ({ sysctls }) => Object.entries(sysctls).map(([name, value]) => `${name}=${value}`)],
  ['memory failures', ({ memory_failures: { total, ignored, failed, delayed, recovered }, hardware_corrupted_kb }) => [
    `total=${total} ignored=${ignored} failed=${failed} delayed=${delayed} recovered=${recovered} HardwareCorrupted=${hardware_corrupted_kb} kB`,
  ]],
  ['served by', ({ pid, transport, subtree, log, log_format }) => fields([
    ['pid', pid], ['transport', transport], ['subtree', subtree], ['log', log], ['format', log_format],
  ])],
  ['files that misbehave', ({ faults }) => faults.map(({ rule, left }) => `${rule} (${left === null ? 'until reset' : `${left} more`})`)],
  ['last refused', ({ refused }) => (refused === null ? [] : [refused])],
  ['last commands', ({ commands }) => commands.map(({ boot, uptime, command, result }) =>
    `boot ${boot} ${uptime.toFixed(6).padStart(12)}  ${command}: ${result}`)],
];

const LABEL_WIDTH = 10;

/** A line for each value that is there. */
function fields(all: readonly (readonly [label: string, value: string | number | null])[]): string[] {
  return all.flatMap(([label, value]) => (value === null ? [] : [`${label.padEnd(LABEL_WIDTH)}${value}`]));
}

function life({ state, panic, reboot_in }: Pick<MachineStatus, 'state' | 'panic' | 'reboot_in'>): string {
  if (state === 'running') return state;
  return `dead, ${reboot_in === null ? 'until reboot' : `reboots in ${reboot_in.toFixed(6)} s`}: ${panic ?? ''}`;
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `# ${title}\n${lines.map((line) => `#   ${printable(line)}\n`).join('')}`;
}

/**
 * What `cat control` shows: the machine, its counters, the last commands, and the grammar in short. Every line is a comment, so the report can be
 * written back. Programs read status.json instead.
 */
export function report(machine: ControlledMachine): string {
  const status = statusOf(machine);
  return SECTIONS.map(([title, lines]) => section(title, lines(status))).join('') + section('commands, one a line', [...SYNOPSIS, ...LEGEND]);
}
