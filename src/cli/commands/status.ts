import { printable, printableJson } from '../../abi/printable.ts';
import type { MachineStatus } from '../../control/status.ts';
import type { ObservedMachine } from '../../daemon/observing/observe.ts';
import { columns } from '../../language/columns.ts';
import { writeSize } from '../../language/values.ts';
import type { CliContext, HelpfulCommand } from '../command.ts';
import { ExitStatus } from '../exit-status.ts';
import { type OptionTable, valuesOf } from '../options/option.ts';
import { whichMachine } from './which-machine.ts';

/** Exit status if the machine has panicked. */
const HAS_PANICKED = 3;

const STATUS_TABLE = {
  json: { kind: 'flag', describe: 'one JSON object' },
} as const satisfies OptionTable;

/** `vmsysctld status [MNT]`: the state of a machine, no matter who mounted it. */
export function statusCommand(context: CliContext): HelpfulCommand {
  return {
    help: {
      usage: 'status [options] [MNT]',
      about: 'Shows the machine that is mounted on MNT: what it is, whether it lives, and what\nwas done to it. MNT may be left out if there is only one. It exits\nwith 0 if the machine lives, with 3 if it has panicked.',
      options: STATUS_TABLE,
      operands: { completion: { with: 'directories', words: [] }, most: 1 },
      examples: [
        ['status /mnt', 'for people'],
        ['status --json /mnt | jq .memory_failures', 'for scripts'],
      ],
    },
    async run(given, [place]) {
      const { json } = valuesOf(STATUS_TABLE, given);
      const observed = await whichMachine('status', place);
      if (json) context.print(printableJson(JSON.stringify(statusObject(observed), undefined, 2)));
      else for (const line of statusLines(observed)) context.print(line);
      if (observed.status.state !== 'running') throw new ExitStatus(HAS_PANICKED);
    },
  };
}

/** The state of a machine as one object for scripts: its mount point, and the content of its status.json. */
export function statusObject({ mountPoint, status }: ObservedMachine): object {
  return { mount: mountPoint, ...status };
}

function life({ state, reboot_in }: MachineStatus): string {
  switch (state) {
    case 'running': return 'running';
    case 'panicked': return 'panicked, dead until it is rebooted';
    case 'rebooting': return `panicked, about to reboot in ${(reboot_in ?? 0).toFixed(1)} s`;
  }
}

/** The state of a machine for people: lines. */
export function statusLines({ mountPoint, status }: ObservedMachine): string[] {
  const { pid, transport, subtree, memory_failures: { total, ignored, failed, delayed, recovered } } = status;
  const parts: readonly (readonly [title: string, lines: readonly string[]])[] = [
    [`${mountPoint}: ${life(status)}`, columns([
      ...(status.panic === null ? [] : [['panic', status.panic]]),
      ['kernel', `${status.release}, profile ${status.profile}`],
      ['memory', `${writeSize(status.memory)}, seed ${status.seed}`],
      ['uptime', `${status.uptime.toFixed(3)} s, boot ${status.boot}`],
      ...(pid === null ? [] : [
        ['daemon', `pid ${pid}, ${transport}${subtree === null ? '' : `, subtree ${subtree}`}`],
        ['log', `${status.log} (${status.log_format})`],
      ]),
    ])],
    ['sysctls', columns(Object.entries(status.sysctls).map(([name, value]) => [name, value === null ? 'not on this kernel' : String(value)]))],
    ['memory failures', [
      `${total}: ${ignored} ignored, ${failed} failed, ${delayed} delayed, ${recovered} recovered; HardwareCorrupted ${status.hardware_corrupted_kb} kB`,
    ]],
    ['files that misbehave', columns(status.faults.map(({ rule, left }) => [rule, left === null ? 'until reset' : `${left} more`]))],
    ['last refused', status.refused === null ? [] : [status.refused]],
    ['last commands', columns(status.commands.map(({ boot, uptime, result, command }) => [`boot ${boot}`, uptime.toFixed(6).padStart(12), result, command]))],
  ];
  return parts.filter(([, lines]) => lines.length > 0).flatMap(([title, lines]) => [title, ...lines.map((line) => `  ${line}`)]).map(printable);
}
