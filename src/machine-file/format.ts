import type { Dimm } from '../kernel/memory/dimms.ts';
import type { MachineDescription } from '../kernel/memory/layout.ts';
import type { Population } from '../kernel/memory/population.ts';
import { formatCommand } from '../control/command.ts';
import { writeSize } from '../language/values.ts';
import { writeBareTask, writeBareWord, writeMapped, writeStatement } from '../language/write.ts';
import { writeRegionLine } from './region-line.ts';

/** Writes a description as a machine file, with a newline after each line. */
export function formatMachineFile({ regions, memoryBytes, processes = [], populations = [], pages = [], dimms = [] }: MachineDescription): string {
  const lines = [
    ...(regions?.map(writeRegionLine) ?? (memoryBytes === undefined ? [] : [`memory ${writeSize(memoryBytes)}`])),
    ...processes.map((process) => writeStatement('process', [writeBareTask(process), process.earlyKill && 'early-kill'])),
    ...populations.map(formatPopulation),
    ...pages.map((each) => formatCommand({ kind: 'page', ...each })),
    ...dimms.map(formatDimm),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function formatDimm({ label, bytes, type, ecc, handle }: Dimm): string {
  return writeStatement('dimm', [writeBareWord(label), `size=${writeSize(bytes)}`, type !== 'rddr4' && `type=${type}`, !ecc && 'no-ecc', `handle=0x${handle.toString(16)}`]);
}

function formatPopulation({ type, pages, order, mappers, earlyKill, atTheEnd }: Population): string {
  return writeStatement('population', [
    `type=${type}`, `pages=${pages}`, order !== undefined && `order=${order}`, mappers && writeMapped(mappers), earlyKill && 'early-kill',
    atTheEnd && 'at-end',
  ]);
}
