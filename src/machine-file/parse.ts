import { size } from '../kernel/memory/frames.ts';
import { layOutMemory, type MachineDescription, ramFrames, TooLittleMemory } from '../kernel/memory/layout.ts';
import type { Population } from '../kernel/memory/population.ts';
import { PAGE_TYPES } from '../kernel/memory/page-types.ts';
import { defaultRegions } from '../kernel/memory/regions.ts';
import { type LineError, type NumberedStatement, parseLines } from '../language/parse-lines.ts';
import { type Language, parseStatement } from '../language/parse-statement.ts';
import type { Bad } from '../language/words.ts';
import { checkProcesses } from './check-processes.ts';
import { checkRegions } from './check-regions.ts';
import { MACHINE_GRAMMAR } from './grammar.ts';
import { isRegionLine, parseRegionLine } from './region-line.ts';
import type { SaidPopulation, Statement } from './statement.ts';
import { ofKind, type Said } from './said.ts';

/** A machine file, understood. */
export interface MachineFile {
  readonly description: MachineDescription;
  /** Whether the file says how much RAM there is, or where. */
  readonly saysMemory: boolean;
}

/** Longer files are none that somebody wrote: bytes. */
export const LONGEST_MACHINE_FILE = 1024 ** 2;

const LANGUAGE: Language<Statement> = { noun: 'statement', rows: MACHINE_GRAMMAR };

/**
 * Parses a machine file: lines of /proc/iomem as they stand, and the statements of grammar.ts. `memoryBytes` is the RAM of a machine whose
 * file says none. All of it is checked, also that it fits into RAM; the first error is the answer, with its line.
 */
export function parseMachineFile(bytes: Uint8Array, memoryBytes: number): MachineFile | { readonly error: LineError } {
  const parsed = parseLines(bytes, parseLine);
  if ('error' in parsed) return parsed;
  const { statements } = parsed;
  if (statements.length === 0) return { error: { line: 1, message: 'there is nothing in it, it says what differs from the default machine' } };
  const error = checkMemory(statements) ?? checkProcesses(statements);
  return error ? { error } : describe(statements, memoryBytes);
}

function parseLine(line: string): Statement | undefined | Bad {
  if (!isRegionLine(line)) return parseStatement(LANGUAGE, line);
  const region = parseRegionLine(line);
  return 'bad' in region ? region : { kind: 'region', region };
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

function describe(statements: readonly NumberedStatement<Statement>[], fallback: number): MachineFile | { readonly error: LineError } {
  const regions = ofKind(statements, 'region').map(({ statement }) => statement.region);
  const memory = ofKind(statements, 'memory')[0]?.statement.bytes;
  const memoryBytes = memory ?? fallback;
  const ram = ramFrames(regions.length > 0 ? regions : defaultRegions(memoryBytes)).reduce((sum, frames) => sum + size(frames), 0);
  const populations = ofKind(statements, 'population');
  const processes = ofKind(statements, 'process').map(({ statement }) => statement.process);
  const pages = ofKind(statements, 'page').map(({ statement }) => statement.pages);
  const description: MachineDescription = {
    ...(regions.length > 0 ? { regions } : { memoryBytes }),
    ...(processes.length > 0 && { processes }),
    ...(populations.length > 0 && { populations: populations.map(({ statement }) => inPages(statement.population, ram)) }),
    ...(pages.length > 0 && { pages }),
  };
  const error = tooLittle(description, statements, populations);
  return error ? { error } : { description, saysMemory: regions.length > 0 || memory !== undefined };
}

/** Of a part of RAM the whole folios, or one. */
function inPages(said: SaidPopulation, ramPages: number): Population {
  if ('pages' in said) return said;
  const { share, ...rest } = said;
  const folio = 2 ** (said.order ?? PAGE_TYPES[said.type].order ?? 0);
  return { ...rest, pages: Math.max(1, Math.floor((ramPages * share) / folio)) * folio };
}

function tooLittle(
  description: MachineDescription, statements: readonly NumberedStatement<Statement>[], populations: Said<'population'>,
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
