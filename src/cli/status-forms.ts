import { printable } from '../abi/printable.ts';
import type { Look } from '../daemon/look/look.ts';
import type { Life } from '../tree/control/status.ts';
import { writeSize } from '../tree/grammar/sizes.ts';

/** The state of a machine as one object for scripts. Its keys stay what they are; more may come. */
export function statusObject({ mountPoint, status }: Look): object {
  const { life, served, sysctls, failures, faults, commands } = status;
  const { hardwareCorrupted, ...counters } = failures;
  return {
    mount: mountPoint,
    state: life.state,
    panic: life.state === 'running' ? null : life.panic,
    reboot_in: life.state === 'rebooting' ? life.rebootIn : null,
    profile: status.profile, release: status.release, memory: status.memory, seed: status.seed, uptime: status.uptime, boot: status.boot,
    pid: served?.pid ?? null, transport: served?.transport ?? null, subtree: served?.subtree ?? null,
    log: served?.logPath ?? null, log_format: served?.logFormat ?? null,
    sysctls: Object.fromEntries(sysctls.map(({ name, value }) => [name, value])),
    memory_failures: counters, hardware_corrupted_kb: hardwareCorrupted,
    faults: faults.map(({ rule, left = null }) => ({ rule, left })),
    refused: status.refused ?? null,
    commands: commands.map(({ boot, uptime, command, result }) => ({ boot, uptime, command, result })),
  };
}

function lives(life: Life): string {
  switch (life.state) {
    case 'running': return 'running';
    case 'panicked': return 'panicked, dead until it is rebooted';
    case 'rebooting': return `panicked, about to reboot in ${life.rebootIn.toFixed(1)} s`;
  }
}

/** Rows in columns, two blanks between, each as wide as its widest cell. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>((widest, row) => row.map((cell, at) => Math.max(cell.length, widest[at] ?? 0)), []);
  return rows.map((row) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ').trimEnd());
}

/** The state of a machine for people: lines. */
export function statusLines({ mountPoint, status }: Look): string[] {
  const { life, served, failures: { total, ignored, failed, delayed, recovered, hardwareCorrupted } } = status;
  const parts: readonly (readonly [title: string, lines: readonly string[]])[] = [
    [`${mountPoint}: ${lives(life)}`, columns([
      ...(life.state === 'running' ? [] : [['panic', life.panic]]),
      ['kernel', `${status.release}, profile ${status.profile}`],
      ['memory', `${writeSize(status.memory)}, seed ${status.seed}`],
      ['uptime', `${status.uptime.toFixed(3)} s, boot ${status.boot}`],
      ...(served ? [
        ['daemon', `pid ${served.pid}, ${served.transport}${served.subtree === undefined ? '' : `, subtree ${served.subtree}`}`],
        ['log', `${served.logPath} (${served.logFormat})`],
      ] : []),
    ])],
    ['sysctls', columns(status.sysctls.map(({ name, value }) => [name, String(value)]))],
    ['memory failures', [
      `${total}: ${ignored} ignored, ${failed} failed, ${delayed} delayed, ${recovered} recovered; HardwareCorrupted ${hardwareCorrupted} kB`,
    ]],
    ['files that misbehave', columns(status.faults.map(({ rule, left }) => [rule, left === undefined ? 'until reset' : `${left} more`]))],
    ['last refused', status.refused === undefined ? [] : [status.refused]],
    ['last commands', columns(status.commands.map(({ boot, uptime, result, command }) => [`boot ${boot}`, uptime.toFixed(6).padStart(12), result, command]))],
  ];
  return parts.filter(([, lines]) => lines.length > 0).flatMap(([title, lines]) => [title, ...lines.map((line) => `  ${line}`)]).map(printable);
}
