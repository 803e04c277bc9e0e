// Apart from the class: this function is the one way to make a machine.
import { assembleMachine } from '../machine/assemble-machine.ts';
import { EmulatedMachine } from './emulated-machine.ts';
import type { Machine, MachineOptions } from './machine.ts';
import { readOptions } from './read-options.ts';

/**
 * Boots a machine in this process: the model alone, without FUSE, files of the host's, timers or privileges.
 *
 * @example
 * const machine = createMachine({ profile: '7.3', sysctls: { 'vm.panic_on_unrecoverable_memory_failure': 1 } });
 * machine.inject({ type: 'slab' });  // { ok: false, errno: 'EIO' }
 * machine.panic;                     // 'Memory failure: 0x…: unrecoverable page'
 *
 * @throws MachineOptionError with one line, if an option is wrong
 */
export function createMachine(options: MachineOptions = {}): Machine {
  const startWallMs = options.startedAt?.getTime() ?? 0;
  const { machine, vfs } = assembleMachine({ ...readOptions(options), epoch: startWallMs * 1000 });
  return new EmulatedMachine(machine, vfs, startWallMs);
}
