// The machine a run was on, as far as the numbers depend on it: no names, no paths.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';

const said = (command, ...commandArguments) => spawnSync(command, commandArguments, { encoding: 'utf8' }).stdout?.trim() || undefined;

/** `directory` is where the logs were written. */
export function machineDescription(directory) {
  const virtual = /^flags\s*:.*\bhypervisor\b/m.test(readFileSync('/proc/cpuinfo', 'utf8'));
  return {
    cpu: `${cpus()[0]?.model.trim()}, ${cpus().length} CPUs${virtual ? ', virtual' : ''}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    linux: release().split('-', 1)[0],
    node: process.version,
    libfuse3: said('pkg-config', '--modversion', 'fuse3'),
    lxcfs: said('lxcfs', '--version'),
    logsOn: said('stat', '-f', '-c', '%T', directory),
    loadAtTheEnd: loadavg().map((load) => load.toFixed(1)).join(' '),
  };
}
