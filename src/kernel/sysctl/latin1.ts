/** The bytes of a string value, one a character. */
export function latin1Bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff);
}

/** The string value of bytes up to `end`, a NUL, or the end of the data, whichever comes first: what `%s` of printk() prints. */
export function latin1Text(data: Uint8Array, end: number = data.length): string {
  let text = '';
  for (const byte of data.subarray(0, end)) {
    if (byte === 0) break;
    text += String.fromCharCode(byte);
  }
  return text;
}
