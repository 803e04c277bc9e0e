import { shellWord } from '../daemon/shell-word.ts';
import { LookError } from '../daemon/look/look-error.ts';
import { findMachines, type Look, lookAt } from '../daemon/look/look.ts';
import { UsageError } from './host.ts';

/** The machine mounted on a directory, or the only one there is where none is named. `command` is what asks. @throws LookError, UsageError */
export async function whichMachine(command: string, place: string | undefined): Promise<Look> {
  if (place !== undefined) return lookAt(place);
  const [only, ...others] = await findMachines();
  if (only === undefined) throw new LookError('no machine is mounted: vmsysctld mount MNT mounts one');
  if (others.length === 0) return lookAt(only);
  throw new UsageError(`${command} needs a MNT, for there are several: ${[only, ...others].map(shellWord).join(', ')}`);
}
