// Reading all of /proc/kpageflags, on a small machine and on the largest.
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { inTurns, spread } from '../statistics.mjs';
import { cpuSeconds, startSystem } from '../systems.mjs';
import { figure } from '../table.mjs';

const TARGET = 200;
const MEGABYTE = 1_000_000;
const PIECE = 128 * 1024;

/** Reads a number of bytes. At the end of the file it starts again from the beginning. */
function stream(system, bytes) {
  const buffer = Buffer.alloc(PIECE);
  const file = openSync(join(system.mountPoint, 'proc/kpageflags'), 'r');
  const own = process.cpuUsage();
  const [begun, server] = [performance.now(), cpuSeconds(system.pid)];
  for (let read = 0, position = 0; read < bytes;) {
    const length = readSync(file, buffer, 0, PIECE, position);
    if (length === 0 && position === 0) throw new Error(`kpageflags of ${system.name} is empty`);
    position = length === 0 ? 0 : position + length;
    read += length;
  }
  const seconds = (performance.now() - begun) / 1000;
  const { user, system: kernel } = process.cpuUsage(own);
  closeSync(file);
  return { perSecond: bytes / MEGABYTE / seconds, perCpuSecond: bytes / MEGABYTE / (cpuSeconds(system.pid) - server + (user + kernel) / 1e6) };
}

export async function kpageflags(bench) {
  const rows = [];
  for (const memory of ['1G', '64T']) {
    const systems = [];
    try {
      for (const name of bench.ours) systems.push(await startSystem(name, bench, ['--memory', memory]));
      for (const system of systems) stream(system, 20 * MEGABYTE);
      const measured = await inTurns(systems, bench.rounds, (system) => stream(system, (bench.quick ? 100 : 400) * MEGABYTE));
      const details = Object.fromEntries([...measured].map(([{ name }, all]) => [name, {
        perCpuSecond: spread(all.map((one) => one.perCpuSecond)), perSecond: spread(all.map((one) => one.perSecond)),
      }]));
      const ours = details['dev-fuse'];
      rows.push({
        name: `kpageflags, memory ${memory}`,
        unit: 'MB/s',
        cells: Object.fromEntries(Object.entries(details).map(([name, { perCpuSecond }]) => [name, figure(perCpuSecond.median)])),
        clock: ours && `${figure(ours.perSecond.median)} MB/s`,
        target: `${TARGET} MB/s`,
        met: ours && ours.perCpuSecond.median >= TARGET,
        details,
      });
    } finally {
      for (const system of systems) await system.stop();
    }
  }
  return rows;
}
