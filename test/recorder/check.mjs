// --check: compares a new recording with the one in test/recordings.
import { compare } from './compare.mjs';
import { readRecording } from './make-recording.mjs';
import { goldenName } from './recordings.mjs';

const SHOWN = 40;

/** What to print about the comparison with the recording of a release, and whether there is a difference that is not noise. */
export function checkRecording(recording, now, release) {
  const name = goldenName(recording, release);
  let recorded;
  try {
    recorded = readRecording(name);
  } catch (error) {
    return { differs: true, text: `${error.message}: nothing to compare with` };
  }
  if (recorded === now) return { differs: false, text: `identical to ${name}, byte for byte (${now.split('\n').length - 1} lines)` };
  // A line of JSON has a hundred answers. Each is compared by itself.
  const units = (text) => (recording.unit === undefined ? text : text.replace(recording.unit, '\n'));
  const { lines, identical, noisy, noise, differences } = compare(units(recorded), units(now), recording.noise);
  const causes = Object.entries(noise).sort((a, b) => b[1] - a[1]).map(([cause, count]) => `${cause} ${count}`).join(', ');
  const summary = [
    `${name}: ${lines} lines compared, ${identical} identical`,
    ...(noisy > 0 ? [`${noisy} differ by noise (${causes})`] : []),
    `${differences.length} different`,
  ].join(', ');
  const shown = differences.slice(0, SHOWN).map((line) => `\n    ${line.length > 220 ? `${line.slice(0, 220)}…` : line}`);
  const more = differences.length > SHOWN ? `\n    … and ${differences.length - SHOWN} more` : '';
  return { differs: differences.length > 0, text: `${summary}${shown.join('')}${more}` };
}
