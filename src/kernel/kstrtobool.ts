/** Whether a text says yes or no by its first letters; undefined if neither. Mirrors kstrtobool() (lib/kstrtox.c). */
export function kstrtobool(text: string): boolean | undefined {
  if (/^(?:[yt1]|on)/i.test(text)) return true;
  return /^(?:[nf0]|of)/i.test(text) ? false : undefined;
}
