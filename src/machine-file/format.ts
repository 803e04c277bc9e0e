import type { MachineDescription } from '../kernel/memory/layout.ts';
import type { Population } from '../kernel/memory/population.ts';
import { formatCommand } from '../control/format.ts';
import { pageCommand } from '../control/pages-of.ts';
import { writeSize } from '../language/sizes.ts';
import { bareTask, mapped, writeStatement } from '../language/write.ts';
import { writeRegionLine } from './region-line.ts';

/** A machine file that says what a description does, with a newline after each line. */
export function formatMachineFile({ regions, memoryBytes, processes = [], populations = [], pages = [] }: MachineDescription): string {
  const lines = [
    ...(regions?.map(writeRegionLine) ?? (memoryBytes === undefined ? [] : [`memory ${writeSize(memoryBytes)}`])),
    ...processes.map((process) => writeStatement('process', [bareTask(process), process.earlyKill && 'early-kill'])),
    ...populations.map(formatPopulation),
    ...pages.map((each) => formatCommand(pageCommand(each))),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function formatPopulation({ type, pages, order, mappers, earlyKill, atTheEnd }: Population): string {
  return writeStatement('population', [
    `type=${type}`, `pages=${pages}`, order !== undefined && `order=${order}`, mappers && mapped(mappers), earlyKill && 'early-kill',
    atTheEnd && 'at-end',
  ]);
}
