import type { Process } from '../kernel/memory/processes.ts';
import { quote } from './words.ts';

/** A part of a statement's line. False and undefined are left out: they stand for a default. */
export type Part = string | false | undefined;

/** A statement as a line, without newline. */
export function writeStatement(name: string, parts: readonly Part[]): string {
  return [name, ...parts.filter((part) => typeof part === 'string')].join(' ');
}

/** A value, in quotes if it would not parse as one word. */
export function writeWord(text: string): string {
  return /[\s",]/.test(text) ? quote(text) : text;
}

/** A bare word, in quotes also if it would parse as a key or a comment. */
export function writeBareWord(text: string): string {
  return /[\s",=#]/.test(text) ? quote(text) : text;
}

/** A free text, in quotes if the parser would otherwise drop its own quotes or blanks, or take its start for a key. */
export function writeFreeText(text: string): string {
  return text === '' || text !== text.trim() || /^(?:"|#|\w+=)/.test(text) ? quote(text) : text;
}

/** A process as a bare word, in quotes also if it would parse as a key or a comment. */
export function writeBareTask({ comm, pid }: Process): string {
  return `${writeBareWord(comm)}:${pid}`;
}

/** `mapped=` and the processes, as the value `mapped` parses them. */
export function writeMapped(by: readonly Process[]): string {
  return by.length === 0 ? 'mapped=none' : `mapped=${by.map(({ comm, pid }) => `${writeWord(comm)}:${pid}`).join(',')}`;
}
