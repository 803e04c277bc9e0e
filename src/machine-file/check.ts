import { FIRST_DIMM_HANDLE } from '../kernel/memory/dimms.ts';
import { size } from '../kernel/memory/frames.ts';
import { ramFrames } from '../kernel/memory/layout.ts';
import type { Process } from '../kernel/memory/processes.ts';
import { isSystemRam, type Region, SYSTEM_RAM } from '../kernel/memory/regions.ts';
import { LEAST_MEMORY, MOST_MEMORY, PAGE_SIZE } from '../kernel/memory/sizes.ts';
import { unknownWord } from '../language/nearest.ts';
import type { LineError, NumberedStatement } from '../language/parse.ts';
import { show } from '../language/words.ts';
import { writeRange } from './region-line.ts';
import { MEMORY_RANGE, ofKind, type Statement } from './statements.ts';

/** What is wrong with statements that are right each by itself: the first line that does not fit to the others. */
export function checkStatements(statements: readonly NumberedStatement<Statement>[]): LineError | undefined {
  return checkMemory(statements) ?? checkProcesses(statements) ?? checkDimms(statements);
}

function checkMemory(statements: readonly NumberedStatement<Statement>[]): LineError | undefined {
  const regions = ofKind(statements, 'region').map(({ line, statement: { region } }) => ({ ...region, line }));
  const [memory, again] = ofKind(statements, 'memory');
  if (memory && again) return { line: again.line, message: `memory is said in line ${memory.line} already` };
  const [region] = regions;
  if (!memory || !region) return checkRegions(regions);
  const [before, line] = memory.line < region.line ? [memory.line, region.line] : [region.line, memory.line];
  return { line, message: `memory and lines of /proc/iomem exclude each other, line ${before} says where RAM is already` };
}

/** A line of /proc/iomem, and its line in the machine file. */
interface RegionLine extends Region {
  readonly line: number;
}

/** Many kernels show deeper regions at this depth, new kernels only from the eighth on. Source: MAX_IORES_LEVEL (kernel/resource.c). */
const DEEPEST_SHOWN = 5;
/** How much of the smallest machine's memory the firmware may reserve, in bytes. */
const FIRMWARE_MOST = 1024 ** 2;
/** A boot protocol reports no more pieces of RAM than this. Source: E820_MAX_ENTRIES (arch/x86/include/asm/e820/types.h), with 1024 nodes. */
const MOST_RAM_LINES = 3200;

/** Checks lines of /proc/iomem against each other. The line of the error is the first wrong one, or the first of RAM if its size is wrong. */
function checkRegions(lines: readonly RegionLine[]): LineError | undefined {
  const [first] = lines;
  if (!first) return undefined;
  if (lines.every(({ start, end }) => start === 0 && end === 0)) {
    return { line: first.line, message: 'all addresses are 0, as other users see them: read /proc/iomem as root' };
  }
  return checkPlaces(lines) ?? checkRam(lines);
}

function checkPlaces(lines: readonly RegionLine[]): LineError | undefined {
  // The last line at each depth: the lines that enclose the present one.
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
  if (bytes >= LEAST_MEMORY - FIRMWARE_MOST && bytes <= MOST_MEMORY) return undefined;
  return { line: first.line, message: `the lines of ${show(SYSTEM_RAM)} add up to ${Math.floor(bytes / 1024)}K, a machine has ${MEMORY_RANGE}` };
}

/** Checks processes: no two have one pid, and if the file lists any, it lists every process that maps memory. */
function checkProcesses(statements: readonly NumberedStatement<Statement>[]): LineError | undefined {
  const byPid = new Map<number, { readonly line: number; readonly comm: string }>();
  for (const { line, statement: { process: { comm, pid } } } of ofKind(statements, 'process')) {
    const other = byPid.get(pid);
    if (other) return { line, message: `pid ${pid} is that of ${show(other.comm)} in line ${other.line} already` };
    byPid.set(pid, { line, comm });
  }
  if (byPid.size === 0) return undefined;
  const names = [...byPid].map(([pid, { comm }]) => written({ comm, pid }));
  for (const { line, statement } of statements) {
    const unknown = mappers(statement).find(({ comm, pid }) => byPid.get(pid)?.comm !== comm);
    if (unknown) return { line, message: unknownWord('process', written(unknown), names, 'say it in a line of its own, process COMM:PID') };
  }
  return undefined;
}

/** The most slots: a board has fewer. */
const MOST_DIMMS = 256;

/** Checks DIMMs: a record of an error names one by its handle. */
function checkDimms(statements: readonly NumberedStatement<Statement>[]): LineError | undefined {
  const dimms = ofKind(statements, 'dimm');
  const tooMany = dimms[MOST_DIMMS];
  if (tooMany) return { line: tooMany.line, message: `more than ${MOST_DIMMS} DIMMs` };
  const byHandle = new Map<number, number>();
  for (const [slot, { line, statement }] of dimms.entries()) {
    const handle = statement.dimm.handle ?? FIRST_DIMM_HANDLE + slot;
    const other = byHandle.get(handle);
    if (other !== undefined) return { line, message: `handle 0x${handle.toString(16)} is that of the DIMM in line ${other} already` };
    byHandle.set(handle, line);
  }
  return undefined;
}

function mappers(statement: Statement): readonly Process[] {
  switch (statement.kind) {
    case 'population': return statement.population.mappers ?? [];
    case 'page': return statement.pages.shape.mappers ?? [];
    default: return [];
  }
}

function written({ comm, pid }: Process): string {
  return `${comm}:${pid}`;
}
