import type { Dimm } from '../kernel/memory/dimms.ts';
import type { MachineDescription } from '../kernel/memory/layout.ts';
import type { Population } from '../kernel/memory/population.ts';
import { formatCommand } from '../control/command.ts';
import { writeSize } from '../language/values.ts';
import { writeBareTask, writeBareWord, writeFreeText, writeMapped, writeStatement } from '../language/write.ts';
import { writeRegionLine } from './region-line.ts';

/** What {@link formatMachineFile} writes beside the memory. */
export interface WrittenSettings {
  readonly profile?: string;
  readonly interfaces?: readonly string[];
  readonly modules?: readonly string[];
  readonly sysctls?: readonly string[];
}

/** Writes a description as a machine file, with a newline after each line. */
export function formatMachineFile(
  { regions, memoryBytes, processes = [], populations = [], pages = [], dimms = [] }: MachineDescription, { profile, interfaces = [], modules = [], sysctls = [] }: WrittenSettings = {},
): string {
  const lines = [
    ...(profile === undefined ? [] : [`profile ${profile}`]),
    ...(regions?.map(writeRegionLine) ?? (memoryBytes === undefined ? [] : [`memory ${writeSize(memoryBytes)}`])),
    ...processes.map((process) => writeStatement('process', [writeBareTask(process), process.earlyKill && 'early-kill'])),
    ...populations.map(formatPopulation),
    ...pages.map((each) => formatCommand({ kind: 'page', ...each })),
    ...dimms.map(formatDimm),
    ...interfaces.map((name) => writeStatement('interface', [writeBareWord(name)])),
    ...modules.map((name) => writeStatement('module', [name])),
    ...sysctls.map((setting) => writeStatement('sysctl', [writeFreeText(setting)])),
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
