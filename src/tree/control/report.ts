import { errnoName } from '../../abi/errno.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { writeSize } from '../grammar/sizes.ts';
import type { Machine } from '../machine.ts';
import type { Event } from './history.ts';
import { LEGEND, SYNOPSIS } from './synopsis.ts';

/** What `cat control` shows: the machine, its counters, what was done last, and the grammar in short. */
export function report(machine: Machine): string {
  const { kernel, faults, history } = machine;
  kernel.tick();
  const { stats, poisonedPages } = kernel.failures;
  const sections: readonly (readonly [string, readonly string[]])[] = [
    ['machine', [
      `profile   ${kernel.profile.name}: ${kernel.profile.summary}`,
      `memory    ${writeSize(kernel.memoryBytes)}, seed ${kernel.seed}`,
      `uptime    ${(kernel.uptime() / 1e6).toFixed(3)} s, boot ${kernel.boots}`,
      `state     ${state(kernel)}`,
      `sysctls   panic_on_unrecoverable_memory_failure=${kernel.int('vm.panic_on_unrecoverable_memory_failure')}` +
        ` memory_failure_recovery=${kernel.int('vm.memory_failure_recovery')} kernel.panic=${kernel.int('kernel.panic')}`,
    ]],
    ['memory failures', [
      `total=${stats.total} ignored=${stats.ignored} failed=${stats.failed} delayed=${stats.delayed} recovered=${stats.recovered}` +
        ` HardwareCorrupted=${poisonedPages * 4} kB`,
    ]],
    ['files that misbehave', faults.describe()],
    ['last refused', history.lastError === undefined ? [] : [history.lastError]],
    ['last commands', history.events.map(describe)],
    ['commands, one a line', [...SYNOPSIS, ...LEGEND]],
  ];
  return sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => `# ${title}\n${lines.map((line) => `#   ${line}\n`).join('')}`)
    .join('');
}

function state({ death }: Kernel): string {
  if (!death) return 'running';
  return death.rebootAt === undefined ? `dead, until reboot: ${death.text}` : `dead, about to reboot: ${death.text}`;
}

function describe({ usec, boot, command, result }: Event): string {
  return `boot ${boot} ${(usec / 1e6).toFixed(6).padStart(12)}  ${command}: ${result === 0 ? 'ok' : errnoName(result)}`;
}
