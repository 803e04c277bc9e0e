// Lists sentences that a reader may have to decode: words that the style in CONTRIBUTING.md advises against, and sentences of more than 40 words.
// It reads README.md and its companions, docs, man, and the comments of src, test, scripts and examples, and prints FILE:LINE: WORD: the line.
// A reader decides. It always exits with 0.
//
//   node scripts/unclear-wording.mjs [FILE|DIRECTORY…]
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';

/** Words and phrases to avoid. Markdown's `code` and quotes of the kernel's text are ignored. */
const UNCLEAR = [
  /\b(?:told|tells?|said)\b/i, /\bwhoever\b/i, /\bwhat there is\b/i, /\bso (?:many|much)\b/i, /\banew\b/i,
  /\bby the way\b/i, /(?<!\bnot |\bnone )\byet\b/i,
  /\b(?:comes|came|come) to\b(?! (?:the|an?) end)/i, /(?:^|[.;:] )(?:Has|Have|Had|Is|Are|Does|Do|Can|Should|Were) [^.?]*, (?:it|they|the|then)\b/,
  /\b(?:he|him|his)\b/i, /\bbe it\b/i, /\b(?:whereof|whereby|thereof|hence|thus)\b/i, /\ba (?:line|key|failure|host) a\b/i,
  /\bhas (?:it|them|him|the \w+) \w+ed\b/, /\b(?:to|can|could) be had\b/i, /\blikewise\b/i, /\bhowever (?:long|many|often)\b/i,
  /\bmanieth\b/i, /\bwhat (?:comes?|came) of\b/i, /\bis to become of\b/i, /\bamid\b/i, /\bthere is none of\b/i, /\bwhat is owed\b/i, /\bwho asks\b/i,
  /\bnone of (?:our|its|the kernel's) (?:affair|business)\b/i, /\bis its affair\b/i, /\bby the book\b/i,
];

const DEFAULTS = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'docs', 'man', 'src', 'test', 'scripts', 'examples', 'systemd'];
const CODE = new Set(['.ts', '.mts', '.mjs', '.js']);
const PROSE = /\.(?:md|[158]|conf|machine|control|service|ya?ml)$/;

/** @param {string} path @returns {string[]} the files at or below a path that have prose, without recordings */
function filesAt(path) {
  if (statSync(path).isDirectory()) {
    return readdirSync(path).filter((name) => !/^(?:recordings|node_modules|dist)$/.test(name)).flatMap((name) => filesAt(join(path, name)));
  }
  return CODE.has(extname(path)) || PROSE.test(path) ? [path] : [];
}

/** @param {string} path @returns {string[]} its lines, with everything blanked that is not prose */
function proseLines(path) {
  const lines = readFileSync(path, 'utf8').split('\n');
  let fenced = false;
  return lines.map((line) => {
    if (CODE.has(extname(path))) return (/^\s*(?:\/\/|\/?\*+)(.*)$/.exec(line)?.[1] ?? / \/\/ (.*)$/.exec(line)?.[1] ?? '').replaceAll(/`[^`]*`|'[^']*'/g, '…');
    if (line.startsWith('```') || /^\.(?:Bd|Ed)/.test(line)) fenced = !fenced;
    return fenced || /^\.(?:Dl|Ql|Cm|Xr)/.test(line) ? '' : line.replaceAll(/`[^`]*`/g, '…');
  });
}

let found = 0;
for (const file of (process.argv.length > 2 ? process.argv.slice(2) : DEFAULTS).flatMap(filesAt)) {
  if (file.endsWith('unclear-wording.mjs')) continue;
  proseLines(file).forEach((line, index) => {
    const words = UNCLEAR.map((pattern) => pattern.exec(line)?.[0].trim()).filter((word) => word !== undefined);
    const long = line.split(/[.;:|] /).some((sentence) => sentence.split(/\s+/).length > 40);
    if (long) words.push('over 40 words');
    for (const word of words) console.log(`${file}:${index + 1}: ${word.length > 30 ? `${word.slice(0, 30)}…` : word}: ${line.trim()}`);
    found += words.length;
  });
}
console.log(`${found} places to look at`);
