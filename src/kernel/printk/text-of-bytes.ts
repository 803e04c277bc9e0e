// Apart from /dev/kmsg: kernel.ts makes records of bytes too.
import type { PrintkRecord } from '../effect.ts';

const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const LENIENT = new TextDecoder('utf-8', { ignoreBOM: true });

/** What a record keeps of bytes that a program gave: their text, and the bytes themselves where they are not UTF-8. */
export function textOfBytes(bytes: Uint8Array): Pick<PrintkRecord, 'text' | 'bytes'> {
  try {
    return { text: STRICT.decode(bytes) };
  } catch {
    return { text: LENIENT.decode(bytes), bytes: bytes.slice() };
  }
}
