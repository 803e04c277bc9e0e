import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { chooseFingerprints, committedSample, fingerprintsModule } from '../../../scripts/fingerprints/choose.mjs';
import { NEEDLES } from '../../../src/replay/scan/needles.ts';

/** The places of a text at which some fingerprint stands, even or odd. */
function placesOf(text: string, groups: readonly (readonly string[])[]): Set<number> {
  const places = Array.from(text, (_, at) => at).filter((at) => groups.some((group) => group.some((fingerprint) => text.startsWith(fingerprint, at))));
  return new Set(places.map((at) => at % 2));
}

describe('the fingerprints of the scanner', () => {
  it('are those that the program chooses for the needles, and they meet few places of ordinary logs', () => {
    const { groups, hits } = chooseFingerprints(NEEDLES, committedSample());
    expect(readFileSync('src/replay/scan/fingerprints.ts', 'utf8'), 'run node scripts/fingerprints/choose.mjs').toBe(fingerprintsModule(groups));
    // One in a hundred places would cost as much as the search itself.
    expect(hits / committedSample().length).toBeLessThan(0.007);
  });

  it('are found in every needle at an even and at an odd place, in one that is added too', () => {
    const needles = [...NEEDLES.slice(0, 4), 'soft lockup', 'crash'];
    const { groups } = chooseFingerprints(needles, committedSample().slice(0, 10_000));
    expect(groups.length).toBeLessThanOrEqual(8);
    for (const needle of needles) expect(placesOf(needle, groups), needle).toEqual(new Set([0, 1]));
  });

  it('cannot be chosen for a needle that is too short or beyond ASCII', () => {
    expect(() => chooseFingerprints(['Oops'], 'text')).toThrow('the needle "Oops" is too short: it needs 5 bytes');
    expect(() => chooseFingerprints(['größer'], 'text')).toThrow('the needle "größer" has bytes beyond ASCII');
  });
});
