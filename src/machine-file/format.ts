import type { MachineDescription } from '../kernel/memory/layout.ts';
import type { Population } from '../kernel/memory/population.ts';
import { formatCommand } from '../control/command.ts';
import { writeSize } from '../language/values.ts';
import { writeBareTask, writeMapped, writeStatement } from '../language/write.ts';
import { writeRegionLine } from './region-line.ts';

/** Writes a description as a machine file, with a newline after each line. */
export function formatMachineFile({ regions, memoryBytes, processes = [], populations = [], pages = [] }: MachineDescription): string {
  const lines = [
    ...(regions?.map(writeRegionLine) ?? (memoryBytes === undefined ? [] : [`memory ${writeSize(memoryBytes)}`])),
    ...processes.map((process) => writeStatement('process', [writeBareTask(process), process.earlyKill && 'early-kill'])),
    ...populations.map(formatPopulation),
    ...pages.map((each) => formatCommand({ kind: 'page', ...each })),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function formatPopulation({ type, pages, order, mappers, earlyKill, atTheEnd }: Population): string {
  return writeStatement('population', [
    `type=${type}`, `pages=${pages}`, order !== undefined && `order=${order}`, mappers && writeMapped(mappers), earlyKill && 'early-kill',
    atTheEnd && 'at-end',
  ]);
}
