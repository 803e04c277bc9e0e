import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emulatedPlaces } from '../../machine/places.ts';
import { formatFstab, layOutMounts, planMounts } from './mount-plan.ts';
import { SCRATCH } from './scripts.ts';

/**
 * Makes in the scratch filesystem what the emulated files are put in their places from. `outside` is where this process sees that filesystem,
 * `inside` where the namespace does. Answers with the places that this host has no room for.
 */
export function layOut(outside: string, inside: string): readonly string[] {
  const plan = planMounts(emulatedPlaces());
  writeFileSync(join(outside, SCRATCH.fstab), formatFstab(layOutMounts(plan, outside, inside, join(inside, SCRATCH.tree))));
  return plan.unplaceable;
}
