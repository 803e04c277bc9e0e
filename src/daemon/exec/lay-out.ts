import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseMountInfo } from '../../fuse/mount-info.ts';
import { emulatedPlaces } from '../../tree/places.ts';
import { formatFstab, layOutMounts, mountsOnProc, planMounts } from './mount-plan.ts';
import { SCRATCH } from './scripts.ts';

/**
 * Makes in the scratch filesystem what the namespace's mounts are made from. `outside` is where this process sees that filesystem, `inside`
 * where the namespace does. Answers with the places that this host has no room for.
 */
export function layOut(outside: string, inside: string): readonly string[] {
  const plan = planMounts(emulatedPlaces());
  const rows = layOutMounts(plan, outside, inside, join(inside, SCRATCH.tree));
  const proc = join(inside, SCRATCH.proc);
  mkdirSync(join(outside, SCRATCH.proc));
  const mounts = parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8'));
  writeFileSync(join(outside, SCRATCH.fstab), formatFstab(rows));
  writeFileSync(join(outside, SCRATCH.procFstab), formatFstab(mountsOnProc(mounts, proc)));
  return plan.unplaceable;
}
