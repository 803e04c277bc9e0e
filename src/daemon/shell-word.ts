import { printable } from '../abi/printable.ts';

/** A path as it can be pasted into a shell, always in one line: what is not printable, and a tab, is in the form of bash: $'\\xNN'. */
export function shellWord(path: string): string {
  if (/^[\w@%+=:,./-]+$/.test(path)) return path;
  if (printable(path) === path && !path.includes('\t')) return `'${path.replaceAll("'", String.raw`'\''`)}'`;
  return `$'${printable(path.replace(/[\\']/g, String.raw`\$&`)).replaceAll('\t', String.raw`\x09`)}'`;
}
