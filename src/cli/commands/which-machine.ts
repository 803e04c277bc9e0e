// Apart from the commands: status and dmesg both ask which machine is meant.
import { shellWord } from '../../abi/printable.ts';
import { findMachines, observe, type ObservedMachine, ObservingError } from '../../daemon/observing/observe.ts';
import { UsageError } from '../exit-status.ts';

/**
 * The machine mounted on a directory; without one, the only machine. `command` is the name of the command. @throws ObservingError,
 * UsageError
 */
export async function whichMachine(command: string, place: string | undefined): Promise<ObservedMachine> {
  if (place !== undefined) return observe(place);
  const [only, ...others] = await findMachines();
  if (only === undefined) throw new ObservingError('no machine is mounted: vmsysctld mount MNT mounts one');
  if (others.length === 0) return observe(only);
  throw new UsageError(`${command} needs a MNT, because there are several: ${[only, ...others].map(shellWord).join(', ')}`);
}
