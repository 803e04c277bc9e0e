// Random writes to the files below /proc/sys, for a comparison of the model with a kernel on inputs that nobody chose. Pure: a seed gives
// the same plan every time.
import { randomNumbers } from '../../scripts/random-numbers.mjs';
import { hexOf } from './golden.mjs';
import { elementsOf, isNumeric, isWhole, specialTexts, sysctlPlan } from './sysctl-plan.mjs';

const WRITES = 14;

/** What no random write goes to, beside the files that only certain texts are written to. */
const LEFT_OUT = [
  // The pids of the recorded machine.
  /^kernel\/cad_pid$/,
  // An ignored write rounds the other of the two files. The recorder looks for no change after it and restores none, but the comparison does.
  /^net\/ipv[46]\/neigh\/default\/unres_qlen(?:_bytes)?$/,
];

const DIGITS = { 8: '01234567', 10: '0123456789', 16: '0123456789abcdefABCDEF' };
const PREFIXES = { 8: ['0', '00', ''], 10: [''], 16: ['0x', '0X', '0x', ''] };
const SIGNS = ['', '', '', '', '', '-', '+', '--', '- '];
const LENGTHS = [1, 1, 1, 2, 2, 3, 4, 6, 9, 10, 12, 19, 20, 21, 24];
const NO_NUMBERS = ['x', '', '1e3', 'on', '0x', '0xg', '08', '1_000'];
const STARTS = ['', '', '', '', ' ', '\n', '\t ', '\0'];
const SEPARATORS = [' ', ' ', ' ', '\t', '  ', '\n', ',', '\0', '\v', ' \t ', ';', '-', '\r'];
const ENDS = ['\n', '\n', '\n', '', '', ' \n', '\t', '\0', 'x\n', ' x', '\n\n', '\r\n', '.', '\n1'];
const BYTES = [...'abcXYZ019 \t\n,.-/%@|:=\0\x01\x7f\x80\xff'];
const MUTATIONS = [...' ,-\t\n0123456789aXz/.@|%=\0'];
const TEXT_LENGTHS = [0, 1, 2, 3, 5, 8, 13, 20, 40, 70, 130];
const POSITIONS = [0, 1, 2, 3, 5, 70];

/** The plan with random writes to every file that is safe to write to; see sysctlPlan(). `seed` is not 0. */
export function randomPlan(files, seed) {
  const draw = randomNumbers(seed);
  const pick = (list) => list[draw(list.length)];
  const several = (count, one) => Array.from({ length: count }, (_, index) => one(index));

  const number = (value) => {
    if (draw(5) === 0 && isWhole(value)) return String(BigInt(value) + BigInt(draw(5) - 2));
    const base = pick([10, 10, 10, 16, 8]);
    return pick(SIGNS) + pick(PREFIXES[base]) + several(pick(LENGTHS), () => pick(DIGITS[base])).join('');
  };
  const vector = (elements) => {
    const count = pick([1, elements.length, elements.length, elements.length + 1, Math.max(1, elements.length - 1), 1]);
    return pick(STARTS) + several(count, (index) => (index > 0 ? pick(SEPARATORS) : '') + (draw(12) === 0 ? pick(NO_NUMBERS) : number(elements[index] ?? '1'))).join('');
  };
  const mutated = (texts) => {
    let text = pick(texts);
    for (let left = draw(3); left > 0; left -= 1) {
      const at = draw(text.length + 1);
      text = pick([text.slice(0, at) + text.slice(at + 1), text.slice(0, at) + pick(MUTATIONS) + text.slice(at), text + pick([' ', ',', '-']) + pick(texts)]);
    }
    return text;
  };
  const textFor = ({ path, value }) => {
    const special = specialTexts(path);
    if (special.length > 0 && draw(3) > 0) return mutated(special);
    return isNumeric(value) ? vector(elementsOf(value)) : several(pick(TEXT_LENGTHS), () => pick(BYTES)).join('');
  };
  return sysctlPlan(files, (file, safe) => {
    if (!safe || LEFT_OUT.some((pattern) => pattern.test(file.path))) return [];
    return several(WRITES, () => {
      const hex = hexOf(textFor(file) + pick(ENDS));
      return draw(8) === 0 ? `p ${pick(POSITIONS)} ${hex}` : `w ${hex}`;
    });
  });
}
