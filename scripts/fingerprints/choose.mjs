// node scripts/fingerprints/choose.mjs [SAMPLE…]: chooses the fingerprints that replay's scanner looks for, and writes them into
// src/replay/scan/fingerprints.ts. Run it when the needles of src/replay/scan/needles.ts change. It prints how often the scanner must look closer in
// the samples, texts of ordinary logs. Without any it takes sample.txt: a boot, a panic, syslog, English and source text.
//
// The scanner (src/replay/scan/scanner.wat) looks at the lower halves of four bytes. A group of fingerprints fits wherever each of the four is
// that of some fingerprint of the group. Such a hit costs a look at the hashes. If the bytes are a fingerprint, it also costs a call of
// JavaScript. So the choice is the one with the fewest hits in a sample of ordinary logs. A search finds it: it moves one fingerprint at a time to
// another part of its needle, or to another group, and accepts what makes things a little worse, less and less so. It always finds the same.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { randomNumbers } from '../random-numbers.mjs';

const NEEDLES = new URL('../../src/replay/scan/needles.ts', import.meta.url);
const FINGERPRINTS = new URL('../../src/replay/scan/fingerprints.ts', import.meta.url);
const SAMPLE = new URL('sample.txt', import.meta.url);

/** One group for each bit of a byte. */
const GROUPS = 8;
const SHORT = 4;
const LONG = 8;
/** The cost of a fingerprint in the sample, which calls JavaScript, as a number of hits. */
const CALL = 30;
const MOVES = 40_000;
const SEED = 1;

/** The lower halves of four characters, as an index. */
function halves(text, at) {
  return (text.charCodeAt(at) & 15) | ((text.charCodeAt(at + 1) & 15) << 4) | ((text.charCodeAt(at + 2) & 15) << 8) | ((text.charCodeAt(at + 3) & 15) << 12);
}

/** How often each four lower halves come in a row. */
function countHalves(sample) {
  const counts = new Uint32Array(16 ** 4);
  for (let at = 0; at + SHORT <= sample.length; at += 1) counts[halves(sample, at)] += 1;
  return counts;
}

/** The fingerprint of a needle at a place: eight bytes, or four if the needle ends before. */
function fingerprintAt(needle, at) {
  return needle.slice(at, at + LONG).length === LONG ? needle.slice(at, at + LONG) : needle.slice(at, at + SHORT);
}

/** The possible fingerprints of a needle at even places, or at odd ones, with the cost of the calls for each. */
function choicesOf(needle, odd, sample) {
  const places = Array.from({ length: needle.length - SHORT + 1 }, (_, at) => at).filter((at) => at % 2 === odd);
  if (places.length === 0) throw new Error(`the needle "${needle}" is too short: it needs ${SHORT + 1} bytes`);
  return places.map((at) => {
    const text = fingerprintAt(needle, at);
    return { text, halves: halves(text, 0), calls: CALL * (sample.split(text).length - 1) };
  });
}

/** How many places of the sample fit a group: those whose four lower halves are each that of some fingerprint of its slots. */
function hitsOf(slots, group, counts) {
  const masks = [0, 0, 0, 0];
  for (const slot of slots) {
    if (slot.group !== group) continue;
    for (let n = 0; n < SHORT; n += 1) masks[n] |= 1 << ((slot.choice.halves >> (4 * n)) & 15);
  }
  const [firsts, seconds, thirds, fourths] = masks.map((mask, n) => [...Array(16).keys()].filter((half) => (mask >> half) & 1).map((half) => half << (4 * n)));
  let hits = 0;
  for (const fourth of fourths) {
    for (const third of thirds) {
      for (const second of seconds) for (const first of firsts) hits += counts[first | second | third | fourth];
    }
  }
  return hits;
}

/**
 * The groups of fingerprints for needles, with the fewest hits in a sample of logs. Each needle has one at an even place and one at an odd place.
 * `hits` is how many places of the sample fit. @throws Error for a needle of fewer than five bytes, or beyond ASCII
 */
export function chooseFingerprints(needles, sample) {
  const strange = needles.find((needle) => /[^ -~]/.test(needle));
  if (strange !== undefined) throw new Error(`the needle "${strange}" has bytes beyond ASCII`);
  const random = randomNumbers(SEED);
  const counts = countHalves(sample);
  const slots = needles.flatMap((needle) => [0, 1].map((odd) => choicesOf(needle, odd, sample)))
    .map((choices, index) => ({ choices, choice: choices[0], group: index % GROUPS }));
  const hits = Array.from({ length: GROUPS }, (_, group) => hitsOf(slots, group, counts));

  /** Tries another choice and group for a slot, and takes it back if that adds more than `most` to the cost. Returns what it added. */
  const move = (slot, choice, group, most) => {
    const before = { choice: slot.choice, group: slot.group };
    Object.assign(slot, { choice, group });
    const changed = [...new Set([before.group, group])].map((each) => [each, hitsOf(slots, each, counts)]);
    const added = changed.reduce((sum, [each, now]) => sum + now - hits[each], choice.calls - before.choice.calls);
    if (added > most) {
      Object.assign(slot, before);
      return 0;
    }
    for (const [each, now] of changed) hits[each] = now;
    return added;
  };

  const first = sample.length / 500;
  for (let n = 0; n < MOVES; n += 1) {
    const slot = slots[random(slots.length)];
    move(slot, slot.choices[random(slot.choices.length)], random(GROUPS), Math.floor(first * (1 - n / MOVES) ** 2));
  }
  // Then nothing worse is accepted, until no single move improves anything.
  for (let gained = -1; gained < 0;) {
    gained = 0;
    for (const slot of slots) for (const choice of slot.choices) for (let group = 0; group < GROUPS; group += 1) gained += move(slot, choice, group, -1);
  }
  const textsOf = (group) => new Set(slots.filter((slot) => slot.group === group).map(({ choice }) => choice.text));
  const groups = Array.from({ length: GROUPS }, (_, group) => [...textsOf(group)].sort()).filter((texts) => texts.length > 0);
  return { groups, hits: hits.reduce((sum, each) => sum + each, 0) };
}

/** The text of src/replay/scan/fingerprints.ts. */
export function fingerprintsModule(groups) {
  const rows = groups.map((group) => `  [${group.map((text) => `'${text}'`).join(', ')}],`);
  return [
    '// scripts/fingerprints/choose.mjs wrote this file: run it again when needles.ts changes.',
    '',
    '/**',
    ' * Parts of the needles, in groups. needles.ts says what they are for. Eight bytes are searched in two halves, others have four bytes.',
    ' */',
    'export const FINGERPRINTS: readonly (readonly string[])[] = [',
    ...rows,
    '];',
    '',
  ].join('\n');
}

/** The sample that is committed. A byte is a character. */
export function committedSample() {
  return readFileSync(SAMPLE, 'latin1');
}

/** The needles of the source. Node 20 does not read TypeScript. */
async function needlesOfSource() {
  const { default: ts } = await import('typescript');
  const { outputText } = ts.transpileModule(readFileSync(NEEDLES, 'utf8'), { compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 } });
  const module = await import(`data:text/javascript,${encodeURIComponent(outputText)}`);
  return module.NEEDLES;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const paths = process.argv.slice(2);
  const sample = paths.length === 0 ? committedSample() : paths.map((path) => readFileSync(path, 'latin1')).join('\n');
  const { groups, hits } = chooseFingerprints(await needlesOfSource(), sample);
  writeFileSync(FINGERPRINTS, fingerprintsModule(groups));
  console.log(`${hits} hits in ${sample.length} bytes of ordinary text: ${((1000 * hits) / sample.length).toFixed(1)} in a thousand`);
}
