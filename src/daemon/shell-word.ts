/** A path as it can be pasted into a shell, always in one line. */
export function shellWord(path: string): string {
  if (/^[\w@%+=:,./-]+$/.test(path)) return path;
  if (!/[\x00-\x1f\x7f]/.test(path)) return `'${path.replaceAll("'", String.raw`'\''`)}'`;
  const escaped = path.replace(/[\\']/g, String.raw`\$&`).replace(/[\x00-\x1f\x7f]/g, (character) =>
    character === '\n' ? String.raw`\n` : String.raw`\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return `$'${escaped}'`;
}
