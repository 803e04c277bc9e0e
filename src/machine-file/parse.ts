/*
 * The machine file: the text that says where a machine has RAM, and what is in it.
 *
 * This file is the place to start: parseMachineFile() parses the text, checks it, and makes a description from which the model builds a
 * machine. statements.ts has one row for each statement, region-line.ts parses and writes lines of /proc/iomem. format.ts writes a
 * description as a machine file. The folder may import control, language, kernel and abi. It is pure: no I/O, nothing of Node.
 */
import { type Dimm, FIRST_DIMM_HANDLE } from '../kernel/memory/dimms.ts';
import type { ProfileName } from '../kernel/profiles/names.ts';
import { LEAST_MEMORY, MOST_MEMORY, PAGE_SIZE, size } from '../kernel/memory/frames.ts';
import { layOutMemory, type MachineDescription, ramFrames, TooLittleMemory } from '../kernel/memory/layout.ts';
import { PAGE_TYPES } from '../kernel/memory/page-types.ts';
import type { Population } from '../kernel/memory/population.ts';
import type { Process } from '../kernel/memory/processes.ts';
import { defaultRegions, isSystemRam, type Region, SYSTEM_RAM } from '../kernel/memory/regions.ts';
import { type LineError, type NumberedStatement, parseLines, parseStatement } from '../language/parse.ts';
import { writeSize } from '../language/values.ts';
import { type Bad, isBad, show, unknownWord } from '../language/words.ts';
import { isRegionLine, parseRegionLine, writeRange } from './region-line.ts';
import { MACHINE_STATEMENTS, MEMORY_RANGE, ofKind, type SizedPopulation, type SlottedDimm, type Statement, type StatementsOf } from './statements.ts';

/** A parsed machine file. */
export interface MachineFile {
  readonly description: MachineDescription;
  /** Whether the file gives the size or the addresses of RAM. */
  readonly saysMemory: boolean;
  readonly settings: FileSettings;
}

/** What a machine file says beside the memory: what options say too. */
export interface FileSettings {
  readonly profile?: ProfileName;
  /** Each with its line. */
  readonly interfaces: readonly NumberedText[];
  readonly modules: readonly NumberedText[];
  /** `NAME=VALUE`, not checked: that takes the whole model. */
  readonly sysctls: readonly NumberedText[];
}

interface NumberedText {
  readonly line: number;
  readonly text: string;
}

/** The longest machine file, in bytes. No user writes a longer one by hand. */
export const LONGEST_MACHINE_FILE = 1024 ** 2;

/**
 * Parses a machine file: lines of /proc/iomem, and the statements of statements.ts. `memoryBytes` is the size of RAM if the file gives
 * none. Checks all of it, also that the populations fit into RAM. Returns the first error, with its line.
 */
export function parseMachineFile(bytes: Uint8Array, memoryBytes: number): MachineFile | { readonly error: LineError } {
  const parsed = parseLines(bytes, parseLine);
  if ('error' in parsed) return parsed;
  const { statements } = parsed;
  if (statements.length === 0) return { error: { line: 1, message: 'there is nothing in it, it says what differs from the default machine' } };
  const error = checkStatements(statements);
  return error ? { error } : describe(statements, memoryBytes);
}

function parseLine(line: string): Statement | undefined | Bad {
  if (!isRegionLine(line)) return parseStatement('statement', MACHINE_STATEMENTS, line);
  const region = parseRegionLine(line);
  return isBad(region) ? region : { kind: 'region', region };
}

function describe(statements: readonly NumberedStatement<Statement>[], fallback: number): MachineFile | { readonly error: LineError } {
  const regions = ofKind(statements, 'region').map(({ statement }) => statement.region);
  const memory = ofKind(statements, 'memory')[0]?.statement.bytes;
  const memoryBytes = memory ?? fallback;
  const ram = ramFrames(regions.length > 0 ? regions : defaultRegions(memoryBytes)).reduce((sum, frames) => sum + size(frames), 0);
  const populations = ofKind(statements, 'population');
  const processes = ofKind(statements, 'process').map(({ statement }) => statement.process);
  const pages = ofKind(statements, 'page').map(({ statement }) => statement.pages);
  const dimms = ofKind(statements, 'dimm').map(({ statement }) => statement.dimm);
  const description: MachineDescription = {
    ...(regions.length > 0 ? { regions } : { memoryBytes }),
    ...(processes.length > 0 && { processes }),
    ...(populations.length > 0 && { populations: populations.map(({ statement }) => inPages(statement.population, ram)) }),
    ...(pages.length > 0 && { pages }),
    ...(dimms.length > 0 && { dimms: withHandles(dimms) }),
  };
  const error = tooFewDimms(statements, ram * PAGE_SIZE) ?? tooLittle(description, statements, populations);
  return error ? { error } : { description, saysMemory: regions.length > 0 || memory !== undefined, settings: settingsIn(statements) };
}

function settingsIn(statements: readonly NumberedStatement<Statement>[]): FileSettings {
  const profile = ofKind(statements, 'profile')[0]?.statement.profile;
  return {
    ...(profile !== undefined && { profile }),
    interfaces: ofKind(statements, 'interface').map(({ line, statement }) => ({ line, text: statement.name })),
    modules: ofKind(statements, 'module').map(({ line, statement }) => ({ line, text: statement.name })),
    sysctls: ofKind(statements, 'sysctl').map(({ line, statement }) => ({ line, text: statement.setting })),
  };
}

/** The population with its number of pages. A share of RAM is a number of whole folios, at least one. */
function inPages(sized: SizedPopulation, ramPages: number): Population {
  if ('pages' in sized) return sized;
  const { share, ...rest } = sized;
  const folio = 2 ** (sized.order ?? PAGE_TYPES[sized.type].order ?? 0);
  return { ...rest, pages: Math.max(1, Math.floor((ramPages * share) / folio)) * folio };
}

/** The DIMMs with a handle each: that of the line, or one by the slot. */
function withHandles(dimms: readonly SlottedDimm[]): readonly Dimm[] {
  return dimms.map((dimm, slot) => ({ ...dimm, handle: dimm.handle ?? FIRST_DIMM_HANDLE + slot }));
}

/** RAM is in DIMMs: together they hold at least all of it. */
function tooFewDimms(statements: readonly NumberedStatement<Statement>[], ramBytes: number): LineError | undefined {
  const dimms = ofKind(statements, 'dimm');
  const bytes = dimms.reduce((sum, { statement }) => sum + statement.dimm.bytes, 0);
  const [first] = dimms;
  if (!first || bytes >= ramBytes) return undefined;
  return { line: first.line, message: `the DIMMs add up to ${writeSize(bytes)}, less than the machine's RAM of ${writeSize(ramBytes)}` };
}

/** Lays the machine out, and says which line does not fit into RAM. */
function tooLittle(
  description: MachineDescription, statements: readonly NumberedStatement<Statement>[], populations: StatementsOf<'population'>,
): LineError | undefined {
  try {
    layOutMemory(description);
    return undefined;
  } catch (error) {
    if (!(error instanceof TooLittleMemory)) throw error;
    const { index, left } = error;
    const line = populations[index]?.line;
    const { pages = 0 } = description.populations?.[index] ?? {};
    if (line !== undefined) return { line, message: `there is no room for its ${pages} pages in whole folios, ${left} pages of RAM are left` };
    return { line: statements[0]?.line ?? 1, message: 'RAM is in pieces too small for the default populations, say what is in it: population …' };
  }
}

/** What is wrong with statements that are right each by itself: the first line that does not fit to the others. */
export function checkStatements(statements: readonly NumberedStatement<Statement>[]): LineError | undefined {
  return checkMemory(statements) ?? checkProcesses(statements) ?? checkDimms(statements) ?? checkProfile(statements);
}

function checkProfile(statements: readonly NumberedStatement<Statement>[]): LineError | undefined {
  const [profile, again] = ofKind(statements, 'profile');
  return profile && again && { line: again.line, message: `profile is given in line ${profile.line} already` };
}

function checkMemory(statements: readonly NumberedStatement<Statement>[]): LineError | undefined {
  const regions = ofKind(statements, 'region').map(({ line, statement: { region } }) => ({ ...region, line }));
  const [memory, again] = ofKind(statements, 'memory');
  if (memory && again) return { line: again.line, message: `memory is given in line ${memory.line} already` };
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
/**
 * A boot protocol reports no more pieces of RAM than this. Source: E820_MAX_ENTRIES (arch/x86/include/asm/e820/types.h), with 1024 nodes.
 */
const MOST_RAM_LINES = 3200;

/**
 * Checks lines of /proc/iomem against each other. The line of the error is the first wrong one, or the first of RAM if its size is wrong.
 */
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
