import type { Extent } from '../kernel/memory/extents.ts';
import type { Population } from '../kernel/memory/population.ts';
import type { Process } from '../kernel/memory/processes.ts';
import type { Region } from '../kernel/memory/regions.ts';

/** A population as its line says it: so many pages, or so much of all RAM. */
export type SaidPopulation = Omit<Population, 'pages'> & ({ readonly pages: number } | { readonly share: number });

/** One line of a machine file, parsed. The grammar is in grammar.ts and, for the lines of /proc/iomem, in region-line.ts. */
export type Statement =
  | { readonly kind: 'region'; readonly region: Region }
  | { readonly kind: 'memory'; readonly bytes: number }
  | { readonly kind: 'process'; readonly process: Process }
  | { readonly kind: 'population'; readonly population: SaidPopulation }
  | { readonly kind: 'page'; readonly pages: Extent };

export type StatementOf<K extends Statement['kind']> = Extract<Statement, { kind: K }>;
