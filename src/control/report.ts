import { ERRNO } from '../abi/errno.ts';
import { LOG_LEVEL } from '../abi/log-level.ts';
import { printable } from '../abi/printable.ts';
import { PAGE_TYPE_NAMES } from '../kernel/memory/page-types.ts';
import { RACES } from '../kernel/memory-failure/injection.ts';
import { PROFILES } from '../kernel/profiles/profiles.ts';
import { writeSize } from '../language/values.ts';
import { CONTROL_COMMANDS } from './commands.ts';
import { KIND_NAMES } from './values.ts';
import type { ControlledMachine } from './controlled-machine.ts';
import { type MachineStatus, statusOf } from './status.ts';

const WIDTH = 100;
const INDENT = '   ';

/** `X  words, words…` in lines of at most WIDTH columns. All but the first are indented. */
function legend(letter: string, meaning: string, words: readonly string[]): readonly string[] {
  const lines = [`${letter}  ${meaning}`];
  words.forEach((word, index) => {
    const item = `${word}${index === words.length - 1 ? '' : ','}`;
    const last = lines.at(-1) ?? '';
    if (last.length + 1 + item.length > WIDTH) lines.push(`${INDENT}${item}`);
    else lines[lines.length - 1] = `${last} ${item}`;
  });
  return lines;
}

/** The grammar of the control file, one line for each command. */
export const SYNOPSIS: readonly string[] = Object.values(CONTROL_COMMANDS).map(({ synopsis }) => synopsis);

/** What the letters of the synopsis stand for, with the words they can be. */
export const LEGEND: readonly string[] = [
  ...legend('T', 'page type:', PAGE_TYPE_NAMES),
  ...legend('R', 'race:', Object.keys(RACES)),
  ...legend('K', 'kind of memory error, or its number:', KIND_NAMES),
  ...legend('L', 'log level:', [...Object.keys(LOG_LEVEL), '0 to 7']),
  ...legend('E', 'errno:', [`a name such as EIO, or its number (${ERRNO.EIO})`]),
  ...legend('P', 'page frame number; A: physical address; N, MS, X: numbers; all decimal or 0x hex', []),
  ...legend('C', 'name of a task, up to 15 bytes; a value with blanks stands in double quotes, with \\" and \\\\ inside', []),
];

/** The sections of the report, in order: a title, and the lines under it. A section without lines is left out. */
const SECTIONS: readonly (readonly [title: string, lines: (status: MachineStatus) => readonly string[]])[] = [
  ['machine', ({ profile, release, memory, seed, uptime, boot, ...status }) => fields([
    ['profile', `${profile}: ${PROFILES[profile].summary}`], ['release', release], ['memory', writeSize(memory)], ['seed', seed],
    ['uptime', `${uptime.toFixed(6)} s`], ['boot', boot], ['state', life(status)],
  ])],
  ['sysctls', ({ sysctls }) => Object.entries(sysctls).map(([name, value]) => (value === null ? `${name}: not on this kernel` : `${name}=${value}`))],
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

/** A line for each value that is not null. */
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
