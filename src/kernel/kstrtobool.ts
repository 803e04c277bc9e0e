/** Whether a text says yes or no by its first letters, among them those of `enable` and `disable`; undefined if neither. Mirrors kstrtobool() (lib/kstrtox.c). */
export function kstrtobool(text: string): boolean | undefined {
  if (/^(?:[eyt1]|on)/i.test(text)) return true;
  return /^(?:[dnf0]|of)/i.test(text) ? false : undefined;
}
