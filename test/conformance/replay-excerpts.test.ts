import { describe, expect, it } from 'vitest';
import { replayText } from '../../src/replay/log-replay.ts';
import { type Excerpt, EXCERPTS } from '../support/excerpts.ts';

/** The results of a run, in the terms of the recording. */
function found(text: string): Excerpt['events'] {
  return replayText(text).events.map(({ pfn, type, result }) => ({ pfn, type, result }));
}

describe('real excerpts of kernel logs', () => {
  it.each(EXCERPTS)('$id: every event, and nothing else', ({ lines, events }) => {
    expect(found(`${lines.join('\n')}\n`)).toEqual(events);
  });

  it('are 65, of which some hold no event at all', () => {
    expect(EXCERPTS).toHaveLength(65);
    expect(EXCERPTS.filter(({ events }) => events.length === 0).length).toBeGreaterThan(8);
    expect(EXCERPTS.flatMap(({ events }) => events).length).toBeGreaterThan(70);
  });
});
