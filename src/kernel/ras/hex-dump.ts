const ROW_BYTES = 16;

/** Bytes as print_hex_dump() (lib/hexdump.c) prints them: offset, groups of bytes in the order of the machine, and characters unless `characters` is false. */
export function hexDump(data: Uint8Array, { group = 4, characters = true }: { readonly group?: 4 | 8; readonly characters?: boolean } = {}): readonly string[] {
  const lines: string[] = [];
  for (let at = 0; at < data.length; at += ROW_BYTES) {
    const row = data.subarray(at, at + ROW_BYTES);
    // A row that is not a multiple of the group falls back to single bytes.
    const size = row.length % group === 0 ? group : 1;
    const groups: string[] = [];
    for (let from = 0; from < row.length; from += size) groups.push([...row.subarray(from, from + size)].reverse().map(digits).join(''));
    // Columns of the bytes of a full row: the digits of each group, and a blank between two.
    const column = (ROW_BYTES / size) * (2 * size + 1) + 1;
    const text = [...row].map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${at.toString(16).padStart(8, '0')}: ${characters ? `${groups.join(' ').padEnd(column)}${text}` : groups.join(' ')}`);
  }
  return lines;
}

function digits(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
