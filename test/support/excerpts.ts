import { recording } from './recording.ts';

/** A piece of a real kernel log as it was published, with the events that a person read out of it. */
export interface Excerpt {
  readonly id: string;
  readonly lines: readonly string[];
  readonly events: readonly { readonly pfn: string; readonly type: string; readonly result: string }[];
}

export const EXCERPTS: readonly Excerpt[] = recording('replay/excerpts.jsonl').trim().split('\n').map((line) => JSON.parse(line) as Excerpt);

/** The text of an excerpt. */
export function excerptText(id: string): string {
  const excerpt = EXCERPTS.find((each) => each.id === id);
  if (!excerpt) throw new Error(`no excerpt ${id}`);
  return `${excerpt.lines.join('\n')}\n`;
}
