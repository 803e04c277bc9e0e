/*
 * The machine file: the text that says where a machine has RAM, and what is in it.
 *
 * This file is the place to start: parseMachineFile() parses the text, checks it, and makes a description from which the model builds a machine.
 * statements.ts has one row for each statement, region-line.ts parses and writes lines of /proc/iomem, check.ts checks the statements against
 * each other. format.ts writes a description as a machine file. The folder may import control, language, kernel and abi. It is pure: no I/O,
 * nothing of Node.
 */
import { type Dimm, FIRST_DIMM_HANDLE } from '../kernel/memory/dimms.ts';
import { size } from '../kernel/memory/frames.ts';
import { layOutMemory, type MachineDescription, ramFrames, TooLittleMemory } from '../kernel/memory/layout.ts';
import { PAGE_TYPES } from '../kernel/memory/page-types.ts';
import type { Population } from '../kernel/memory/population.ts';
import { defaultRegions } from '../kernel/memory/regions.ts';
import { PAGE_SIZE } from '../kernel/memory/sizes.ts';
import { type LineError, type NumberedStatement, parseLines, parseStatement } from '../language/parse.ts';
import { writeSize } from '../language/sizes.ts';
import { type Bad, isBad } from '../language/words.ts';
import { checkStatements } from './check.ts';
import { isRegionLine, parseRegionLine } from './region-line.ts';
import { MACHINE_STATEMENTS, ofKind, type SizedPopulation, type SlottedDimm, type Statement, type StatementsOf } from './statements.ts';

/** A parsed machine file. */
export interface MachineFile {
  readonly description: MachineDescription;
  /** Whether the file gives the size or the addresses of RAM. */
  readonly saysMemory: boolean;
}

/** The longest machine file, in bytes. No user writes a longer one by hand. */
export const LONGEST_MACHINE_FILE = 1024 ** 2;

/**
 * Parses a machine file: lines of /proc/iomem, and the statements of statements.ts. `memoryBytes` is the size of RAM if the file gives none.
 * Checks all of it, also that the populations fit into RAM. Returns the first error, with its line.
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
  return error ? { error } : { description, saysMemory: regions.length > 0 || memory !== undefined };
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
