import type { Process } from '../kernel/memory/processes.ts';
import { quote } from './words.ts';

/** A part of a statement's line; what is as by default is left out. */
export type Part = string | false | undefined;

/** A statement as a line, without newline. */
export function writeStatement(name: string, parts: readonly Part[]): string {
  return [name, ...parts.filter((part) => typeof part === 'string')].join(' ');
}

export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

/** A value, in quotes where it would not be read back as one word. */
export function word(text: string): string {
  return /[\s",]/.test(text) ? quote(text) : text;
}

/** A process as a bare word, in quotes also where it would be taken for a key or a comment. */
export function bareTask({ comm, pid }: Process): string {
  return `${/[\s",=#]/.test(comm) ? quote(comm) : comm}:${pid}`;
}

export function mapped(by: readonly Process[]): string {
  return by.length === 0 ? 'mapped=none' : `mapped=${by.map(({ comm, pid }) => `${word(comm)}:${pid}`).join(',')}`;
}
