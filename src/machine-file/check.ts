import { ramFrames } from '../kernel/memory/layout.ts';
import { size } from '../kernel/memory/frames.ts';
import { isSystemRam, type Region, SYSTEM_RAM } from '../kernel/memory/regions.ts';
import { LEAST_MEMORY, MOST_MEMORY, PAGE_SIZE } from '../kernel/memory/sizes.ts';
import type { LineError } from '../language/parse-lines.ts';
import { show } from '../language/words.ts';
import { writeRange } from './region-line.ts';
import { MEMORY_RANGE } from './values.ts';

/** A line of /proc/iomem, and where in the machine file it is. */
export interface RegionLine extends Region {
  readonly line: number;
}

/** Many kernels show what lies deeper as if it lay here, new ones from the eighth on: MAX_IORES_LEVEL (kernel/resource.c). */
const DEEPEST_SHOWN = 5;
/** What firmware may keep of the least memory a machine can have. */
const KEPT_BY_FIRMWARE = 1024 ** 2;
/** More pieces of RAM than a boot protocol can tell of: E820_MAX_ENTRIES (arch/x86/include/asm/e820/types.h), with 1024 nodes. */
const MOST_RAM_LINES = 3200;

/** What is wrong with lines of /proc/iomem beside each other: the first line that is, or where RAM is said if there is too little or too much. */
export function checkRegions(lines: readonly RegionLine[]): LineError | undefined {
  const [first] = lines;
  if (!first) return undefined;
  if (lines.every(({ start, end }) => start === 0 && end === 0)) {
    return { line: first.line, message: 'all addresses are 0, as other users see them: read /proc/iomem as root' };
  }
  return checkPlaces(lines) ?? checkRam(lines);
}

function checkPlaces(lines: readonly RegionLine[]): LineError | undefined {
  // The last line at each depth within the lines above it.
  const path: RegionLine[] = [];
  for (const region of lines) {
    const message = misplaced(region, path);
    if (message !== undefined) return { line: region.line, message };
    path.length = region.depth;
    path.push(region);
  }
  return undefined;
}

function misplaced({ start, end, depth }: RegionLine, path: readonly RegionLine[]): string | undefined {
  if (depth > path.length) return `the indentation says it lies within a line ${path.length === 0 ? 'before it' : 'less indented'}, there is none`;
  const parent = path[depth - 1];
  if (parent && (start < parent.start || end > parent.end)) {
    return `${writeRange({ start, end })} does not lie within ${writeRange(parent)} of line ${parent.line}, as the indentation says`;
  }
  const before = path[depth];
  if (!before || start > before.end || (depth >= DEEPEST_SHOWN && start >= before.start && end <= before.end)) return undefined;
  const place = end < before.start ? 'lies before' : 'overlaps';
  return `${writeRange({ start, end })} ${place} ${writeRange(before)} of line ${before.line}, lines go up by address`;
}

function checkRam(lines: readonly RegionLine[]): LineError | undefined {
  const ram = lines.filter(({ name }) => isSystemRam(name));
  const [first] = ram;
  if (!first) return { line: lines[0]?.line ?? 1, message: `none of the lines of /proc/iomem is called '${SYSTEM_RAM}'` };
  const tooMany = ram[MOST_RAM_LINES];
  if (tooMany) return { line: tooMany.line, message: `more than ${MOST_RAM_LINES} lines of ${SYSTEM_RAM}` };
  const bytes = ramFrames(lines).reduce((sum, frames) => sum + size(frames), 0) * PAGE_SIZE;
  if (bytes >= LEAST_MEMORY - KEPT_BY_FIRMWARE && bytes <= MOST_MEMORY) return undefined;
  return { line: first.line, message: `the lines of ${show(SYSTEM_RAM)} add up to ${Math.floor(bytes / 1024)}K, a machine has ${MEMORY_RANGE}` };
}
