// Escape sequences of terminals: CSI … letter, OSC … BEL or ST, and the two-character ones.
const ANSI = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])/g;
/** Some programs write the escape character as a caret and a bracket, or drop it from a paste. */
const ANSI_SHOWN = /(?:\^\[|\u241b)\[[0-?]*[ -/]*[@-~]/g;

/** Removes control sequences of terminals, the carriage return of CRLF, and a byte order mark. */
export function clean(line: string): string {
  let text = line;
  if (text.includes('\x1b')) text = text.replace(ANSI, '');
  if (text.includes('[', 1) && (text.includes('^[[') || text.includes('\u241b['))) text = text.replace(ANSI_SHOWN, '');
  if (text.endsWith('\r')) text = withoutReturns(text);
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

/** Without the carriage returns at the end. Not with /\r+$/, which takes quadratic time on a run that is not at the end. */
function withoutReturns(text: string): string {
  let end = text.length;
  while (text[end - 1] === '\r') end -= 1;
  return text.slice(0, end);
}

/** Decodes quoted-printable in one line, except the soft break at its end: `=3D` is `=`, `=20` a blank. */
export function decodeQuotedPrintable(text: string): string {
  return text.includes('=') ? text.replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))) : text;
}
